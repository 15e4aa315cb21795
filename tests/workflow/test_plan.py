"""The plan is what Snakemake then does."""

import re

import pytest


@pytest.fixture
def plan(ran):
    """What `plan` prints in a copy of the project whose study has run."""
    return lambda *words, **how: ran.python("plan", *words, **how)


SMOKE = ["--configfile", "config/smoke.yaml"]


def under(said, *reasons):
    """What the plan lists under reasons that begin so, and no others: {"train": "2  lstm"}."""
    jobs = r"((?:    \w.*\n)+)"
    pattern = "".join(rf" +{re.escape(reason)}.*\n" for reason in reasons)
    (found,) = re.findall(rf"(?:words|^    \w.*)\n{pattern}{jobs}", said, re.MULTILINE)
    lines = (line.strip().partition(" ") for line in found.splitlines())
    return {rule: which.strip() for rule, _, which in lines}


MADE, FOLLOWS = "Missing output files: ", "Input files updated by another job: "
OTHERS = "Set of input files has changed since last execution"
CHANGED = "Params have changed since last execution"


def test_a_new_length_is_costed_from_the_others_and_nothing_is_run(ran, plan):
    # Two chains lead to the tables. The other one was the shorter, whatever it took here.
    took = ran.root / "results/smoke/benchmarks/describe.tsv"
    took.write_text(re.sub(r"\n[\d.]+", "\n0.1", took.read_text()))
    before = ran.files("results/smoke/**/*.*")
    said = plan(*SMOKE, "--cores", "2", "--config", "lengths=[3,6,9]")
    assert under(said, MADE) == {"dataset": "1  T = 9"}
    assert under(said, MADE, FOLLOWS) == {"train": "2  lstm; T = 9"}
    more = under(said, FOLLOWS, OTHERS, CHANGED, "lstm.lengths: added 9")
    assert more["probe"] == "1  lstm"
    assert under(said, FOLLOWS)["tables"] == "1"
    assert "How long, from the benchmarks of results/smoke\n  CPU time " in said
    assert "  on 2 cores " in said
    assert "dataset T = 9 → train lstm; T = 9 → " in said
    assert ran.files("results/smoke/**/*.*") == before
    assert not list((ran.root / ".snakemake/locks").glob("*"))


def test_a_study_that_never_ran_is_costed_from_one_that_did(plan):
    said = plan(*SMOKE, "--config", "study=other", "replicates=6")
    assert "results/other: " in said
    assert under(said, MADE, FOLLOWS)["train"] == "6  lstm; T = 3, 6"
    assert "How long, from the benchmarks of results/smoke\n" in said
    assert "  not counted      dataset, shuffled_dataset: without benchmarks\n" in said


def test_edited_code_is_named(ran, plan):
    ran.edit(
        "workflow/recall_horizon/models/lstm.py", "bias_hh_l0[rows] = 0.0", "bias_hh_l0[rows] = 0"
    )
    said = plan(*SMOKE)
    edited = under(said, CHANGED, "recall_horizon.models.lstm: edited")
    assert edited["train"] == "4  lstm; T = 3, 6"
    jobs = ran.would_run()
    assert said.startswith(f"results/smoke: {sum(jobs.values()) - jobs['all']} jobs to run")


def test_a_target_can_be_asked_for(plan):
    assert "results/smoke: nothing to run" in plan(*SMOKE, "--", "figures")


def test_a_config_that_is_refused_is_refused_here_too(plan):
    said = plan(*SMOKE, "--config", "lengths=[6,3]", fails=True)
    assert "lengths = [6, 3]: should be ascending" in said
    assert "Traceback" not in said
