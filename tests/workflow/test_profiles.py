"""The SLURM profile without a SLURM: it plans, and its stand-in for sacct answers."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SACCT = ROOT / "profiles/slurm/bin/sacct"
ASKED = ["sacct", "-X", "--parsable2", "--noheader", "--name", "a-run"]


def test_the_profile_plans_a_study_where_there_is_no_slurm(project):
    jobs = project.would_run("--workflow-profile", "profiles/slurm")
    assert jobs["train"] == 4


def test_the_site_example_holds_resources_alone():
    """What --workflow-profile sets would win over it."""
    site = yaml.safe_load((ROOT / "profiles/slurm/site-example.yaml").read_text())
    profile = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text())
    assert not site.keys() & profile.keys()
    assert "set-resources" not in profile


@pytest.fixture
def answer(tmp_path):
    """What the stand-in answers where SLURM's own commands are these scripts."""

    def ask(**commands):
        for name, script in commands.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
            (tmp_path / name).chmod(0o755)
        path = os.pathsep.join([str(SACCT.parent), str(tmp_path), "/usr/bin", "/bin"])
        return subprocess.run(
            ASKED, env={"PATH": path}, capture_output=True, text=True, timeout=30, check=False
        )

    return ask


def test_accounts_answer_where_there_are_any(answer):
    done = answer(sacct="echo '7|COMPLETED'", squeue="echo '7|RUNNING'")
    assert (done.returncode, done.stdout) == (0, "7|COMPLETED\n")


def test_the_queue_answers_where_there_are_no_accounts(answer):
    done = answer(sacct="echo disabled >&2; exit 1", squeue='echo "7|RUNNING $*"')
    assert done.returncode == 0
    assert done.stdout.startswith("7|RUNNING ")
    assert "--states=all" in done.stdout
    assert done.stdout.endswith("--name a-run\n")


def test_no_answer_is_a_failure_that_is_asked_again(answer):
    assert answer(sacct="exit 1", squeue="exit 1").returncode != 0
