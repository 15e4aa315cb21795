"""One network on all lengths beside one for each: trained, tested and kept by the real pipeline."""

import pandas as pd
import pytest
import torch

import recall_horizon
from recall_horizon.storage.files import read_tensors

from ..conftest import DOWNSTREAM
from .test_plan import CHANGED, FOLLOWS, OTHERS, SMOKE, under

BOTH = ["--config", "models=[lstm,lstm-mixed]", "analysis={test_lengths: [9], test_sequences: 20}"]


@pytest.fixture(scope="module")
def both(copy):
    """A project in which a smoke study of both has run."""
    project = copy("both")
    project.snakemake(*BOTH)
    return project


@pytest.fixture
def study(both):
    return recall_horizon.open_study(both.root / "results/smoke")


def test_a_job_trains_a_shard_on_all_lengths(both):
    runs = {path.parent for path in (both.root / "results/smoke/runs").rglob("*.losses.csv")}
    names = {str(path.relative_to(both.root / "results/smoke/runs")) for path in runs}
    assert names == {"lstm/T3", "lstm/T6", "lstm-mixed/all"}


def test_every_network_is_tested_at_every_length_and_the_mixed_ones_beyond(study):
    rows = study.transfer
    cells = set(zip(rows["model"], rows["trained_on"], rows["tested_at"], strict=True))
    alone = {("lstm", on, at) for on in "36" for at in (3, 6)}
    assert cells == alone | {("lstm-mixed", "mixed", at) for at in (3, 6, 9)}
    assert (rows.groupby(["model", "trained_on", "tested_at"]).size() == 4).all()
    assert set(rows["status"]) == {"ok"}


def test_a_score_at_a_length_that_it_is_trained_on_is_that_of_the_losses(study):
    last = study.losses[study.losses["epoch"] == 3]
    scores = last.set_index(["model", "length", "replicate"])["score"]
    rows = study.transfer
    mixed = (rows["trained_on"] == "mixed") & (rows["tested_at"] < 9)
    own = rows[mixed | (rows["trained_on"] == rows["tested_at"].astype(str))]
    assert len(own) == 4 * (2 + 2)
    for row in own.to_dict("records"):
        expected = scores[row["model"], row["tested_at"], row["replicate"]]
        assert row["score"] == pytest.approx(expected, abs=1e-6)


def test_at_other_lengths_it_is_asked_the_first_sequences(study):
    x, y = (part[:20] for part in study.held_out(6))
    with torch.no_grad():
        loss = float(((study.model("lstm", 3, replicate=2)(x) - y) ** 2).mean())
    rows = study.transfer.query("model == 'lstm' and trained_on == '3' and tested_at == 6")
    (row,) = rows.query("replicate == 2").to_dict("records")
    assert row["test_loss"] == pytest.approx(loss, rel=1e-5)
    assert row["score"] == pytest.approx(1 - loss / float(y.var(correction=0)), rel=1e-5)


def test_the_network_is_the_same_at_every_length(study):
    one, other = (study.model("lstm-mixed", length).state_dict() for length in (3, 6))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_steps_sequences_and_elements_are_of_all_lengths_together(study):
    last = study.budgets.groupby("model").last()
    spent = last[["steps", "sequences", "elements"]].T.to_dict("list")
    assert spent == {"lstm": [3, 150, 900], "lstm-mixed": [6, 300, 1350]}


def test_a_new_length_trains_all_lengths_anew_and_the_plan_says_why(both):
    longer = ["--config", "lengths=[3,6,9]", *BOTH[1:]]
    jobs = both.would_run(*longer)
    assert jobs["train"] == 2 + 2  # two shards at the new length, two on all
    assert set(jobs) == {"dataset", "describe", "train", *DOWNSTREAM}
    said = both.python("plan", *SMOKE, *longer, "--", "trained")
    together = ("length, shape.steps: 6 → 9", "lengths trained on together: added 9")
    anew = under(said, FOLLOWS, OTHERS, CHANGED, *together)
    assert anew == {"train": "2  lstm-mixed; all lengths"}


def test_another_test_length_trains_nothing(both):
    jobs = both.would_run(*BOTH[:2], "analysis={test_lengths: [9, 12], test_sequences: 20}")
    assert jobs["test_dataset"] == 1
    assert jobs["probe"] == 1  # of the model that is trained on all lengths
    assert not set(jobs) & {"dataset", "train"}


def test_a_changed_curriculum_trains_that_model_alone(both):
    zoo = "model_zoo={lstm-mixed: {training: {curriculum: growing}}}"
    jobs = both.would_run(*BOTH, zoo)
    assert jobs["train"] == 2


def weights(project):
    """Every replicate's weights, by model, place and name, however they are cut into shards."""
    return {
        (*path.parts[-3:-1], name): tensor.tobytes()
        for path in project.root.glob("results/smoke/runs/*/*/*.safetensors")
        for name, tensor in read_tensors(path)[0].items()
    }


def test_one_core_and_other_shards_give_the_same_bytes(both, copy):
    again = copy("again")
    targets = ["figures", "results/smoke/tables/controls.csv"]
    again.snakemake(*BOTH, "replicates_per_job=3", "--", *targets, cores=1)
    for folder in ("datasets", "tables", "figures"):
        made = both.files(f"results/smoke/{folder}/**/*.*")
        assert made
        assert again.files(f"results/smoke/{folder}/**/*.*") == made, folder
    assert weights(again) == weights(both)
    losses = pd.read_csv(both.root / "results/smoke/tables/losses.csv")
    assert set(losses.query("model == 'lstm-mixed'")["length"]) == {3, 6}
