"""Off a terminal, a run prints a line for each job, and errors whole."""

import re

import pytest

LINES = ["--cores", "2", "--logger", "lines", "--configfile", "config/smoke.yaml"]


@pytest.fixture
def printed(ran):
    """What a run with `--logger lines` prints; that it fails is no error."""
    package = str(ran.root / "workflow")
    return lambda *words: ran.forked([*LINES, *words], PYTHONPATH=package)[1]


def test_a_job_that_is_done_is_one_line_and_the_end_is_as_ever(ran, printed):
    (ran.root / "results/smoke/runs/lstm/T6/seeds-0-1.losses.csv").unlink()
    said = printed("--", "results/smoke/runs/lstm/T6/seeds-0-1.losses.csv")
    assert re.search(r"^1 of 1 done: train model=lstm place=T6 first=0 last=1, \d+ s$", said, re.M)
    assert not re.findall("rule train:|input:|reason:|Select jobs", said)
    assert "seeds-0-1" not in said.partition("Job stats:")[2]
    assert "Done: 4 of 4 training jobs are done." in said


def test_an_error_has_the_rule_the_log_and_what_the_job_said(ran, printed):
    (ran.root / "results/smoke/runs/lstm/T6/seeds-0-1.losses.csv").unlink()
    (ran.root / "results/smoke/datasets/T6.safetensors").write_text("damaged")
    said = printed("--", "results/smoke/runs/lstm/T6/seeds-0-1.losses.csv")
    log = "results/smoke/logs/train/lstm/T6/seeds-0-1.log"
    error = said.partition("Error in rule train:")[2]
    assert f"    log: {log} (check log file(s) for error details)\n    shell:\n" in error
    assert "T6.safetensors is damaged" in error.partition(f"Logfile {log}:")[2]
    assert error.rstrip().partition("1 job failed:")[2]


def test_a_dry_run_lists_jobs_as_snakemake_does(ran, printed):
    (ran.root / "results/smoke/report.html").unlink()
    said = printed("--dry-run")
    assert "rule report:\n    input: " in said
    assert "reason: Missing output files: results/smoke/report.html\n" in said
