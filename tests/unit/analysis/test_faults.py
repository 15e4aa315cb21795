"""Verification of the default study's LSTM, as trained here, against the kept reference:
it accepts another seed and another processor, and finds every fault."""

import io
import json
from pathlib import Path

import pandas as pd
import pytest
import torch
import yaml

from recall_horizon.analysis.experiment import Trained
from recall_horizon.analysis.reference import KEPT
from recall_horizon.analysis.verification import EARLY, TOLERANCE, compare
from recall_horizon.config import jobs
from recall_horizon.config.load import load
from recall_horizon.data import datasets
from recall_horizon.data.datasets import Split
from recall_horizon.storage import tables
from recall_horizon.training import losses
from recall_horizon.training.loop import train_shard

REFERENCE = Path(__file__).parents[3] / "report" / "reference" / "default"


def train(settings, replicates, fault=None, lengths=(5, 10), epochs=EARLY):
    """The losses of the default study's LSTM in its first epochs, as CSV.

    `fault` changes a job's spec and its data, but not the study's config.
    """
    study = load(settings)
    rows = []
    for length in lengths:
        spec = jobs.training_spec(study, "lstm", f"T{length}", 0, replicates - 1)
        evaluate_at = [epoch for epoch in KEPT if epoch < epochs]
        spec = changed(spec, {"epochs": epochs, "evaluate_at": evaluate_at, "device": "cpu"})
        tensors = datasets.generate(jobs.dataset_spec(study, length))
        splits = {n: Split(tensors[f"{n}_x"], tensors[f"{n}_y"]) for n in ("pool", "test")}
        if fault:
            spec, splits = fault(spec, splits)
        rows += train_shard(spec, {length: splits}, torch.device("cpu")).losses
    return losses.as_csv(rows)


def changed(spec, training=None, **changes):
    how = spec.training.model_copy(update=training or {})
    return spec.model_copy(update={"training": how, **changes})


FAULTS = {
    "learning rate": lambda spec, splits: (changed(spec, {"learning_rate": 0.003}), splits),
    "forget bias": lambda spec, splits: (changed(spec, options={"forget_bias": 1.0}), splits),
    "training sequences": lambda spec, splits: (changed(spec, {"samples": 900}), splits),
    "targets one step off": lambda spec, splits: (
        spec,
        {name: Split(split.x, split.x[:, 1].copy()) for name, split in splits.items()},
    ),
}


@pytest.fixture
def verify(settings):
    """Compares the losses from `train` with the reference's up to the same epoch."""
    made = json.loads((REFERENCE / "provenance.json").read_text())["study"]
    reference = tables.read(REFERENCE / "losses.csv.gz")
    reference = reference[reference["model"] == "lstm"]

    def check(csv):
        table = pd.read_csv(io.StringIO(csv))
        there = reference[reference["epoch"] <= table["epoch"].max()]
        experiment = jobs.experiment(load(settings))
        sides = Trained(table, experiment, {}), Trained(there, made, {})
        return pd.DataFrame(compare(*sides, 2000))

    return check


def test_the_reference_is_reproduced(settings, verify):
    rows = verify(train(settings, 1))
    assert set(rows["verdict"]) <= {"identical", "consistent"}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_caught_under_an_unchanged_config(settings, verify, fault):
    rows = verify(train(settings, 1, FAULTS[fault]))
    assert set(rows["verdict"]) == {"different"}


def test_another_processors_numbers_are_consistent(settings, verify, python):
    program = (
        f"import sys, yaml; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from test_faults import train\n"
        f"print(train(yaml.safe_load({yaml.dump(settings)!r}), 1))"
    )
    environment = {"ONEDNN_MAX_CPU_ISA": "SSE41", "ATEN_CPU_CAPABILITY": "default"}
    csv = python(program, **environment, OMP_NUM_THREADS="1")
    if torch.backends.cpu.get_cpu_capability() != "DEFAULT":  # else there is no other
        assert csv != train(settings, 1).strip()
    rows = verify(csv)
    assert set(rows["verdict"]) == {"consistent"}
    assert (rows["early_difference"] < TOLERANCE / 10).all()


def test_another_seed_is_consistent(settings, verify):
    settings["seed"] = 7
    rows = verify(train(settings, 6))
    assert set(rows["verdict"]) == {"consistent"}
    assert rows["early_difference"].isna().all()


def test_with_another_seed_a_fault_shows_where_scores_are_apart(settings, verify):
    settings["seed"] = 7
    rows = verify(train(settings, 5, FAULTS["learning rate"], lengths=[5], epochs=20))
    assert rows["verdict"].to_list() == ["different"] * 2
