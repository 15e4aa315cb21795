"""The end of a run names the jobs that failed, says why, and shows what they have written.

That Snakemake's records are as here is seen where it runs: tests/workflow, tests/cluster.
"""

import logging
import os

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

from recall_horizon.cli._failures import SHOWN, WHY_KILLED, Failures

LOG = "results/pub/logs/train/lstm/T3/seeds-0-1.log"
TRAIN = "train of lstm, T = 3, replicates 0 to 1"
SHARD = {"model": "lstm", "place": "T3", "first": "0", "last": "1"}
CALL = '\n    sbatch call:\n        sbatch --parsable -p gpuu --wrap="python -m snakemake"\n'
REFUSED = (
    "SLURM sbatch failed. The error message was 'sbatch: error: invalid partition: gpuu\n"
    "sbatch: error: Batch job submission failed: Invalid partition name specified'."
)
TOLD = [f"    {line}" for line in REFUSED.splitlines()]


class Run:
    """A run of which Snakemake says what the methods are named after."""

    def __init__(self, folder):
        self.folder = folder
        self.failures = Failures()
        self.logger = logging.Logger("snakemake")
        self.logger.addHandler(self.failures)

    def starts(self, jobid, **wildcards):
        self._says(LogEvent.JOB_INFO, jobid=jobid, wildcards=wildcards or None)

    def fails(self, jobid, message=None, rule="train", output="out.csv", log=(LOG,)):
        fields = {"rule_name": rule, "rule_msg": message, "output": [output], "log": list(log)}
        self._says(LogEvent.JOB_ERROR, jobid=jobid, **fields)

    def kills(self, output):
        says = f"Command '… train --losses {output}' returned non-zero exit status 137."
        record = {"event": LogEvent.ERROR, "exception": "RuleException"}
        self.logger.error(says, extra=record)

    def finishes(self, jobid):
        self._says(LogEvent.JOB_FINISHED, job_id=jobid)

    def _says(self, event, **fields):
        self.logger.info("in English", extra={"event": event, **fields})

    def writes(self, path, content, at=1001):
        path = self.folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        os.utime(path, (at, at))

    def told(self):
        *lines, stays, again = self.failures.told(self.folder / "results/pub", "snakemake.log")
        assert "resumes from the checkpoints that there are" in stays
        assert "run the same command again" in again
        return lines


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = Run(tmp_path)
    run.writes("results/pub/jobs.json", "{}", at=1000)
    run.starts(4, **SHARD)
    return run


@pytest.mark.parametrize("details", ["", CALL, "\n    sbatch script:\n#!/bin/sh\n"])
def test_a_refused_submission_says_what_sbatch_said_and_of_which_job(run, details):
    more = "\nFor further error details see the cluster/cloud log and the log files of the rule(s)."
    run.fails(4, REFUSED + details + more)
    assert run.told() == ["1 job failed:", f"  {TRAIN}: it has written no log", *TOLD]


@pytest.mark.parametrize(("content", "at"), [("error: of an earlier run\n", 999), ("\n", 1001)])
def test_a_log_of_an_earlier_run_or_an_empty_one_which_snakemake_makes_is_none(run, content, at):
    run.writes(LOG, content, at)
    run.fails(4, REFUSED)
    assert run.told() == ["1 job failed:", f"  {TRAIN}: it has written no log", *TOLD]


def test_a_job_that_has_written_a_log_is_shown_with_its_last_line(run):
    run.writes(LOG, "lstm, T = 3\nerror: R² is ∞\n\n")
    run.fails(4)
    assert run.told() == ["1 job failed:", f"  {TRAIN}: {LOG}", "    error: R² is ∞"]


def test_slurms_state_of_a_job_and_its_log_are_shown_beside_the_jobs_own(run):
    of_slurm = ".snakemake/slurm_logs/rule_train/3.log"
    run.writes(LOG, "error: stopped by SIGTERM.\n")
    run.writes(of_slurm, "CANCELLED DUE TO TIME LIMIT\n")
    run.fails(4, "SLURM-job '3' failed, SLURM status is: 'TIMEOUT'.", log=(LOG, of_slurm))
    assert run.told() == [
        "1 job failed:",
        f"  {TRAIN}: {LOG}, {of_slurm}",
        "    SLURM-job '3' failed, SLURM status is: 'TIMEOUT'.",
        "    error: stopped by SIGTERM.",
        "    CANCELLED DUE TO TIME LIMIT",
    ]


@pytest.mark.parametrize(
    ("rule", "wildcards", "name"),
    [
        ("train", SHARD, TRAIN),
        (
            "train",
            {**SHARD, "place": "all", "last": "0"},
            "train of lstm, all lengths, replicate 0",
        ),
        (
            "search_train",
            {"model": "gru", "place": "T6", "candidate": "learning_rate-0.01"},
            "search_train of gru, T = 6, candidate learning_rate-0.01",
        ),
        ("select", {"model": "gru", "place": "T6"}, "select of gru, T = 6"),
        ("controls", {}, "controls"),
    ],
)
def test_several_jobs_are_told_one_by_one_with_what_they_are_of(run, rule, wildcards, name):
    run.fails(4, REFUSED)
    run.starts(7, **wildcards)
    run.fails(7, rule=rule, log=["x.log"])
    told = ["2 jobs failed:", f"  {TRAIN}: it has written no log", *TOLD]
    assert run.told() == [*told, f"  {name}: it has written no log"]


def test_a_job_whose_rule_has_no_log_is_told_with_its_output(run):
    run.fails(9, rule="own", output="own.txt", log=())
    assert run.told() == ["1 job failed:", "  own of own.txt: it has written no log"]


def test_a_job_that_failed_and_succeeded_when_it_was_tried_again_has_not_failed(run):
    run.starts(5, **{**SHARD, "place": "T6"})
    run.fails(4, REFUSED)
    run.fails(5, REFUSED)
    run.finishes(4)
    run.fails(5, "SLURM-job '9' failed")
    other = TRAIN.replace("3", "6")
    expected = ["1 job failed:", f"  {other}: it has written no log", "    SLURM-job '9' failed"]
    assert run.told() == expected


def test_a_job_that_was_killed_is_told_from_others(run):
    run.starts(5, **{**SHARD, "place": "T6"})
    run.kills("killed.csv")
    run.fails(4, output="killed.csv")
    run.fails(5)
    killed, other = (f"  {TRAIN.replace('3', n)}: it has written no log" for n in "36")
    assert run.told() == ["2 jobs failed:", killed, f"    {WHY_KILLED}", other]


def test_of_very_many_jobs_the_first_are_told(run):
    for jobid in range(SHOWN + 3):
        run.fails(jobid)
    told = run.told()
    assert told[0] == f"{SHOWN + 3} jobs failed:"
    assert sum("it has written no log" in line for line in told) == SHOWN
    assert told[-1] == "  and 3 more: snakemake.log lists them"


def test_a_run_that_ends_without_a_failed_job_points_to_the_log(run):
    run.logger.error("WorkflowError:\nno space left")
    assert list(run.failures.told(run.folder, "snakemake.log")) == [
        "No job has failed, but the run is not complete: snakemake.log says why."
    ]


def test_without_the_time_of_the_start_a_log_is_shown(run):
    (run.folder / "results/pub/jobs.json").unlink()
    run.writes(LOG, "error: so\n", at=1)
    run.fails(4)
    assert run.told()[1:] == [f"  {TRAIN}: {LOG}", "    error: so"]
