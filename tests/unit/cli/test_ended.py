"""The end of a run names the jobs that failed, says why, and shows what they have written."""

import os

import pytest

from recall_horizon.cli.ended import SHOWN, failure

OUTPUT = "results/pub/runs/lstm/T3/seeds-0-1.losses.csv"
LOG = "results/pub/logs/train/lstm/T3/seeds-0-1.log"
# What Snakemake and its plugin for SLURM write: by the version that is pinned, and by others.
REFUSED = """\
Error in rule train:
    message: SLURM sbatch failed. The error message was 'sbatch: error: invalid partition: gpuu
sbatch: error: Batch job submission failed: Invalid partition name specified'.
    sbatch call:
        sbatch --parsable -p gpuu --wrap="python -m snakemake"

For further error details see the cluster/cloud log and the log files of the involved rule(s).
"""
REFUSED_ON_ONE_LINE = """\
Error in rule train:
    message: SLURM sbatch failed. The error message was 'sbatch: error: Invalid qos'.
    sbatch call:
        sbatch --parsable
    sbatch script:
#!/bin/sh
python -m snakemake

For further error details see the cluster/cloud log and the log files of the involved rule(s).
"""
REFUSED_WITHOUT_QUOTES = """\
Error in rule train:
    message: SLURM sbatch failed. The error message was sbatch: error: invalid partition: gpuu
sbatch: error: Batch job submission failed: Invalid partition name specified
For further error details see the cluster/cloud log and the log files of the involved rule(s).
"""
FAILED_ON_SLURM = """\
Error in rule train:
    message: SLURM-job '3' failed, SLURM status is: 'TIMEOUT'. Reasons: Step 0: Unable to \
retrieve reason, Step 1: Unable to retrieve reason.
For further error details see the cluster/cloud log and the log files of the involved rule(s).
"""
FAILED_LOCALLY = "Error in rule train:\n    message: None\n"


def fields(jobid=4, output=OUTPUT, log=LOG):
    files = {"output": output, "log": f"{log} (check log file(s) for error details)" if log else ""}
    lines = [f"    {name}: {file}\n" for name, file in files.items() if file]
    shell = "    shell:\n        python -m recall_horizon\n"
    shell += "        (command exited with non-zero exit code)\n"
    return "".join([f"    jobid: {jobid}\n    input: in.csv\n", *lines, shell])


@pytest.fixture
def end(tmp_path, monkeypatch):
    """What is said of a run whose log holds `text`, of which jobs have written `logs`."""
    monkeypatch.chdir(tmp_path)

    def said(text, logs=None, old=None):
        (tmp_path / "results/pub").mkdir(parents=True, exist_ok=True)
        planned = tmp_path / "results/pub/jobs.json"
        planned.write_text("{}")
        os.utime(planned, (1000, 1000))
        for written, at in ((logs or {}, 1001), (old or {}, 999)):
            for name, content in written.items():
                path = tmp_path / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content)
                os.utime(path, (at, at))
        (tmp_path / "snakemake.log").write_text(f"Building DAG of jobs...\n{text}Exiting\n")
        *lines, stays, again = failure(tmp_path / "snakemake.log", planned.parent)
        assert "resumes from the checkpoints that there are" in stays
        assert "run the same command again" in again
        return lines

    return said


TRAIN = "train of lstm, T = 3, replicates 0 to 1"


@pytest.mark.parametrize("refused", [REFUSED, REFUSED_WITHOUT_QUOTES])
def test_a_refused_submission_says_what_sbatch_said_and_of_which_job(end, refused):
    assert end(refused + fields()) == [
        "1 job failed:",
        f"  {TRAIN}: it has written no log",
        "    sbatch: error: invalid partition: gpuu",
        "    sbatch: error: Batch job submission failed: Invalid partition name specified",
    ]


def test_a_refusal_of_one_line_is_told_without_the_call_and_the_script(end):
    assert end(REFUSED_ON_ONE_LINE + fields())[2:] == ["    sbatch: error: Invalid qos"]


@pytest.mark.parametrize("content", ["error: of an earlier run\n", ""])
def test_a_log_of_an_earlier_run_is_not_shown(end, content):
    told = end(REFUSED + fields(), old={LOG: content})
    assert told[1] == f"  {TRAIN}: it has written no log"
    assert "earlier" not in "".join(told)


def test_an_empty_log_which_snakemake_makes_is_none(end):
    assert end(REFUSED + fields(), logs={LOG: "\n"})[1] == f"  {TRAIN}: it has written no log"


def test_a_job_that_has_written_a_log_is_shown_with_its_last_line(end):
    told = end(FAILED_LOCALLY + fields(), logs={LOG: "lstm, T = 3\nerror: R² is ∞\n\n"})
    assert told == ["1 job failed:", f"  {TRAIN}: {LOG}", "    error: R² is ∞"]


def test_slurms_state_of_a_job_and_its_log_are_shown_beside_the_jobs_own(end):
    of_slurm = ".snakemake/slurm_logs/rule_train/3.log"
    logs = {LOG: "error: stopped by SIGTERM.\n", of_slurm: "CANCELLED DUE TO TIME LIMIT\n"}
    text = FAILED_ON_SLURM + fields(log=f"{LOG}, {of_slurm}")
    # Snakemake shows the logs, of which SLURM's holds what Snakemake said within the job.
    text += f"Logfile {of_slurm}:\n=====\n" + FAILED_LOCALLY + fields(jobid=0) + "=====\n"
    assert end(text, logs=logs) == [
        "1 job failed:",
        f"  {TRAIN}: {LOG}, {of_slurm}",
        "    SLURM-job '3' failed, SLURM status is: 'TIMEOUT'.",
        "    error: stopped by SIGTERM.",
        "    CANCELLED DUE TO TIME LIMIT",
    ]


def test_several_jobs_are_told_one_by_one(end):
    other = "results/pub/logs/tables/controls.log"
    table = fields(jobid=7, output="results/pub/tables/controls.csv", log=other)
    search = "results/pub/search/gru/T6/learning_rate-0.01.losses.csv"
    text = REFUSED + fields() + "[Sun Nov 29 11:49:30 2026]\n"
    text += FAILED_LOCALLY.replace("train", "controls") + table
    text += REFUSED_ON_ONE_LINE.replace("train", "search_train")
    text += fields(jobid=9, output=f"{search}, results/pub/search/gru/T6/x.run.json", log="x.log")
    assert end(text, logs={other: "error: a control is violated\n"}) == [
        "3 jobs failed:",
        f"  {TRAIN}: it has written no log",
        "    sbatch: error: invalid partition: gpuu",
        "    sbatch: error: Batch job submission failed: Invalid partition name specified",
        f"  controls: {other}",
        "    error: a control is violated",
        "  search_train of gru, T = 6, candidate learning_rate-0.01: it has written no log",
        "    sbatch: error: Invalid qos",
    ]


def test_a_job_whose_rule_has_no_log_is_told_with_its_output(end):
    text = "Error in rule own:\n" + fields(output="own.txt, other.txt", log=None)
    assert end(text) == ["1 job failed:", "  own of own.txt: it has written no log"]


def test_a_job_of_a_group_is_told(end):
    text = FAILED_LOCALLY + fields()
    indented = "".join(f"    {line}" for line in text.splitlines(keepends=True))
    assert end(indented, logs={LOG: "error: so\n"})[1:] == [f"  {TRAIN}: {LOG}", "    error: so"]


def test_a_job_that_failed_and_succeeded_when_it_was_tried_again_has_not_failed(end):
    other = fields(jobid=5, output=OUTPUT.replace("T3", "T6"))
    text = REFUSED + fields() + "Trying to restart job 4.\n"
    text += REFUSED + other + "Trying to restart job 5.\n"
    text += "[Sun Nov 29 11:49:30 2026]\nFinished jobid: 4 (Rule: train)\n1 of 2 steps\n"
    text += REFUSED_ON_ONE_LINE + other
    assert end(text) == [
        "1 job failed:",
        f"  {TRAIN.replace('3', '6')}: it has written no log",
        "    sbatch: error: Invalid qos",
    ]


def test_a_job_that_failed_at_every_try_is_told_once(end):
    text = (FAILED_LOCALLY + fields() + "Trying to restart job 4.\n") * 2
    text += FAILED_LOCALLY + fields()
    assert end(text, logs={LOG: "the last try\n"}) == [
        "1 job failed:",
        f"  {TRAIN}: {LOG}",
        "    the last try",
    ]


def test_of_very_many_jobs_the_first_are_told(end):
    many = (OUTPUT.replace("T3", f"T{length}") for length in range(SHOWN + 3))
    told = end("".join(REFUSED + fields(n, output) for n, output in enumerate(many)))
    assert told[0] == f"{SHOWN + 3} jobs failed:"
    assert sum("it has written no log" in line for line in told) == SHOWN
    assert told[-1].startswith("  and 3 more: ")


@pytest.mark.parametrize("text", ["", "WorkflowError:\nno space left\n"])
def test_a_run_that_ends_without_a_failed_job_points_to_the_log(tmp_path, text):
    log = tmp_path / "snakemake.log"
    log.write_text(text)
    assert list(failure(log, tmp_path)) == [
        f"No job has failed, but the run is not complete: {log} says why."
    ]


def test_without_the_time_of_the_start_a_log_is_shown(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.log").write_text("error: so\n")
    (tmp_path / "snakemake.log").write_text(FAILED_LOCALLY + fields(log="own.log"))
    told = list(failure(tmp_path / "snakemake.log", tmp_path))
    assert told[1:3] == [f"  {TRAIN}: own.log", "    error: so"]
