"""The SLURM profile without a SLURM: the plugin accepts it, and its stand-in for sacct answers."""

import asyncio
import logging
import os
import re
import shlex
import subprocess
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace

import pytest
import snakemake_executor_plugin_slurm as slurm
import snakemake_executor_plugin_slurm_jobstep as jobstep
import yaml
from snakemake_executor_plugin_slurm.efficiency_report import get_sacct_data
from snakemake_executor_plugin_slurm.job_status_query import (
    query_job_status,
    query_job_status_sacct,
    query_job_status_squeue,
)
from snakemake_executor_plugin_slurm.validation import validate_slurm_extra

ROOT = Path(__file__).resolve().parents[2]
SACCT = ROOT / "profiles/slurm/bin/sacct"
PROFILES = sorted(ROOT.glob("profiles/slurm/*.yaml"))
CLUSTER = ROOT / "docs/cluster.md"
ADVICE = [*PROFILES, *sorted(ROOT.glob("docs/*.md")), ROOT / "README.md"]
LOG = logging.getLogger("test")


def test_the_site_example_has_only_resources():
    """Anything else would be overridden by --workflow-profile."""
    site = yaml.safe_load((ROOT / "profiles/slurm/site-example.yaml").read_text())
    profile = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text())
    assert not site.keys() & profile.keys()
    assert "set-resources" not in profile


def test_the_plugin_accepts_every_slurm_extra_that_we_recommend():
    """Including the commented lines, which users may enable."""
    advised = [
        extra for path in ADVICE for extra in re.findall(r"slurm_extra\b(.*-.*)", path.read_text())
    ]
    assert advised
    for extra in advised:
        validate_slurm_extra(SimpleNamespace(resources=SimpleNamespace(slurm_extra=extra)))


def test_the_plugin_knows_every_resource_that_we_name():
    """It ignores a resource that it does not know."""
    sources = [
        file.read_text()
        for module in (slurm, jobstep)
        for file in Path(module.__file__).parent.glob("*.py")
    ]
    known = set(re.findall(r"resources(?:\.get\(\s*\"|\.)(\w+)", "".join(sources)))
    named = {
        name
        for path in PROFILES
        for name in re.findall(r"^(?:# *| +)(\w+): *\S", path.read_text(), re.MULTILINE)
    }
    cells = re.findall(r"^\| (`.*?) \|", section("Your site's facts"), re.MULTILINE)
    codes = [code for cell in cells for code in re.findall(r"`([^`]+)`", cell)]
    named |= {code.split(":")[-1].strip() for code in codes if not code.startswith("-")}
    assert {"slurm_partition", "qos", "gpu_model", "mem_mb", "runtime"} <= named
    assert named <= known


@pytest.mark.pinned  # those before 2.7 lack --slurm-no-requeue
def test_the_plugin_knows_every_option_that_we_name():
    settings = {field.name.replace("_", "-") for field in fields(slurm.ExecutorSettings)}
    options = {
        name
        for path in ADVICE
        for name in re.findall(r"(?:^|`|--)slurm-([a-z-]+)\b(?!/)", path.read_text(), re.MULTILINE)
    }
    assert {"requeue", "no-requeue", "partition-config", "efficiency-report"} <= options
    assert options <= settings


def section(heading: str) -> str:
    """A section of docs/cluster.md."""
    return CLUSTER.read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("device", ["cuda", "cpu"])
def test_only_training_jobs_request_a_gpu_and_only_if_the_study_uses_cuda(project, device):
    words = ["--dry-run", "--workflow-profile", "profiles/slurm"]
    study = "gpu" if device == "cuda" else "smoke"
    plan = project.snakemake(*words, study=study)
    jobs = re.findall(r"^(?:local)?rule (\w+):\n((?:    .*\n)+)", plan, re.MULTILINE)
    asked = {(rule, "gpu=1" in text) for rule, text in jobs}
    training = {"train", "shuffled_train"}
    assert asked == {(rule, device == "cuda" and rule in training) for rule, _ in jobs}
    assert training < {rule for rule, _ in jobs}


@pytest.fixture
def commands(tmp_path, monkeypatch):
    """Replaces SLURM's own commands by these scripts, after the stand-in on the PATH."""

    def put(**scripts):
        for name, script in scripts.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
            (tmp_path / name).chmod(0o755)

    path = os.pathsep.join([str(SACCT.parent), str(tmp_path), "/usr/bin", "/bin"])
    monkeypatch.setenv("PATH", path)
    return put


def states() -> dict[str, str] | None:
    """The states of a run's jobs as the plugin queries and reads them; None if that fails."""
    return asyncio.run(query_job_status(query_job_status_sacct("a-run"), LOG))[0]


def test_accounting_answers_if_there_is_any(commands):
    commands(sacct="printf '7|COMPLETED\\n8|RUNNING\\n'", squeue="echo '7|PENDING'")
    assert states() == {"7": "COMPLETED", "8": "RUNNING"}


def test_the_plugin_recognises_a_job_whose_accounting_names_who_cancelled_it(commands):
    commands(sacct="echo '7|CANCELLED by 1000'")
    assert states() == {"7": "CANCELLED"}


def test_the_queue_answers_without_accounting(commands, tmp_path):
    commands(
        sacct="echo disabled >&2; exit 1",
        squeue=f"printf '%s\\n' \"$@\" > {tmp_path}/asked; echo '7|RUNNING'",
    )
    assert states() == {"7": "RUNNING"}
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked == shlex.split(query_job_status_squeue("a-run"))[1:]


def test_no_answer_is_a_failure_and_the_query_is_repeated(commands):
    commands(sacct="exit 1", squeue="exit 1")
    assert states() is None


def test_the_efficiency_report_comes_from_accounting_and_never_from_the_queue(commands, caplog):
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
def test_any_other_query_fails_with_a_message(commands, question):
    commands(sacct="echo disabled >&2; exit 3", squeue="echo '7|RUNNING'")
    done = subprocess.run([SACCT, *question], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert "disabled" in done.stderr
    assert f"the queue cannot answer: sacct {' '.join(question)}" in done.stderr
