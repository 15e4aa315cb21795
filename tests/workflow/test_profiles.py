"""The SLURM profile without a SLURM: the plugin accepts it, and its stand-in for sacct answers."""

import asyncio
import logging
import os
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml
from snakemake_executor_plugin_slurm.efficiency_report import get_sacct_data
from snakemake_executor_plugin_slurm.job_status_query import (
    query_job_status,
    query_job_status_sacct,
    query_job_status_squeue,
)

ROOT = Path(__file__).resolve().parents[2]
SACCT = ROOT / "profiles/slurm/bin/sacct"
LOG = logging.getLogger("test")


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
def commands(tmp_path, monkeypatch):
    """SLURM's own commands are these scripts, with the stand-in before them."""

    def put(**scripts):
        for name, script in scripts.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
            (tmp_path / name).chmod(0o755)

    path = os.pathsep.join([str(SACCT.parent), str(tmp_path), "/usr/bin", "/bin"])
    monkeypatch.setenv("PATH", path)
    return put


def states() -> dict[str, str] | None:
    """The states of a run's jobs as the plugin asks and understands them; None if that fails."""
    return asyncio.run(query_job_status(query_job_status_sacct("a-run"), LOG))[0]


def test_accounts_answer_where_there_are_any(commands):
    commands(sacct="printf '7|COMPLETED\\n8|RUNNING\\n'", squeue="echo '7|PENDING'")
    assert states() == {"7": "COMPLETED", "8": "RUNNING"}


def test_the_plugin_learns_of_a_cancelled_job_whose_accounts_name_who_cancelled_it(commands):
    commands(sacct="echo '7|CANCELLED by 1000'")
    assert states() == {"7": "CANCELLED"}


def test_the_queue_answers_where_there_are_no_accounts(commands, tmp_path):
    commands(
        sacct="echo disabled >&2; exit 1",
        squeue=f"printf '%s\\n' \"$@\" > {tmp_path}/asked; echo '7|RUNNING'",
    )
    assert states() == {"7": "RUNNING"}
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked == shlex.split(query_job_status_squeue("a-run"))[1:]


def test_no_answer_is_a_failure_that_is_asked_again(commands):
    commands(sacct="exit 1", squeue="exit 1")
    assert states() is None


def test_the_efficiency_report_has_accounts_or_none_and_never_the_queue(commands, caplog):
    commands(sacct="echo disabled >&2; exit 1", squeue="echo '7|RUNNING'")
    assert get_sacct_data("a-run", LOG) is None
    assert "Failed to retrieve job data" in caplog.text
    row = "7|a-run|rule_train|00:00:09|00:08|1|1||600M"
    commands(sacct=f"echo '{row}'")
    assert get_sacct_data("a-run", LOG) == [row]


@pytest.mark.parametrize(
    "question",
    [
        ["-j", "7.0", "--format=Reason", "--noheader"],
        ["-X", "--parsable2", "--noheader", "--name", "a-run"],
        [*shlex.split(query_job_status_sacct("a-run"))[1:], "--user=root"],
    ],
)
def test_any_other_question_fails_and_says_so(commands, question):
    commands(sacct="echo disabled >&2; exit 3", squeue="echo '7|RUNNING'")
    done = subprocess.run([SACCT, *question], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert "disabled" in done.stderr
    assert f"the queue cannot answer: sacct {' '.join(question)}" in done.stderr
