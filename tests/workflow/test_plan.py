"""The plan is what Snakemake then does."""

import itertools
import os
import re
import subprocess
import sys

import pytest


@pytest.fixture
def plan(ran):
    """What `plan` prints in a copy of the project whose study has run."""

    def ask(*words, status=0):
        done = subprocess.run(
            [sys.executable, "-m", "recall_horizon", "plan", *words],
            cwd=ran.root,
            env={**os.environ, "PYTHONPATH": str(ran.root / "workflow")},
            capture_output=True,
            text=True,
        )
        assert done.returncode == status, done.stderr
        return done.stdout or done.stderr

    return ask


SMOKE = ["--configfile", "config/smoke.yaml"]


def test_after_a_run_there_is_nothing_to_do(plan):
    assert "results/smoke: nothing to run" in plan(*SMOKE)


def under(said, cause):
    """What the plan lists under a cause: {"train": "2  lstm; T = 9"}.

    Raises:
        ValueError: the plan has no such cause.
    """
    lines = said.splitlines()
    other_causes_and_below = lines[lines.index(f"  {cause}") + 1 :]
    is_job = re.compile(r"    \w").match
    below = itertools.dropwhile(lambda line: not is_job(line), other_causes_and_below)
    jobs = itertools.takewhile(is_job, below)
    return {rule: which.strip() for rule, _, which in (job.strip().partition(" ") for job in jobs)}


def test_a_new_length_is_called_new_and_costed_from_the_others_and_nothing_is_run(ran, plan):
    before = ran.files("results/smoke/**/*.*")
    said = plan(*SMOKE, "--cores", "2", "--config", "lengths=[3,6,9]")
    assert under(said, "not made yet") == {"dataset": "1  T = 9", "train": "2  lstm; T = 9"}
    assert "How long, from the benchmarks of results/smoke\n  CPU time " in said
    assert "  on 2 cores " in said
    assert "dataset T=9 → train lstm T=9 → " in said
    more = under(said, "made from more jobs than before (T = 9)")  # and each is listed once
    assert more["probe"] == "1  lstm"
    assert under(said, "follows from these")["tables"] == "1"
    assert ran.files("results/smoke/**/*.*") == before
    assert not list((ran.root / ".snakemake/locks").glob("*"))


def test_a_study_that_never_ran_is_costed_from_one_that_did(plan):
    said = plan(*SMOKE, "--config", "study=other", "replicates=6")
    assert "results/other: " in said
    assert under(said, "not made yet")["train"] == "6  lstm; T = 3, 6"
    assert "How long, from the benchmarks of results/smoke\n" in said
    assert "  not counted      dataset, shuffled_dataset: without benchmarks\n" in said


def test_edited_code_is_named(ran, plan):
    ran.edit(
        "workflow/recall_horizon/models/lstm.py", "bias_hh_l0[rows] = 0.0", "bias_hh_l0[rows] = 0"
    )
    said = plan(*SMOKE)
    assert under(said, "edited code: recall_horizon/models/lstm.py")["train"] == "4  lstm; T = 3, 6"
    jobs = ran.would_run()
    assert said.startswith(f"results/smoke: {sum(jobs.values()) - jobs['all']} jobs to run")


def test_a_changed_option_is_named(plan):
    said = plan(*SMOKE, "--config", "training={learning_rate: 0.02}")
    changed = under(said, "changed: training.learning_rate, 0.01 → 0.02")
    assert changed["train"] == "4  lstm; T = 3, 6"


def test_a_target_can_be_asked_for(plan):
    assert "nothing to run" in plan("figures", *SMOKE)


def test_a_config_that_is_refused_is_refused_here_too(plan):
    said = plan(*SMOKE, "--config", "lengths=[6,3]", status=1)
    assert "lengths = [6, 3]: should be ascending" in said
    assert "Traceback" not in said
