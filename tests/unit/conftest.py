"""What several unit tests use: the default configuration, and small hand-made tables."""

import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import yaml

from recall_horizon.analysis import controls
from recall_horizon.analysis.claims import judge
from recall_horizon.analysis.dry_run import Job
from recall_horizon.analysis.experiment import Trained
from recall_horizon.analysis.selection import selection_table
from recall_horizon.analysis.tables import (
    of_losses,
    of_probes,
    of_selection,
    of_sizes,
    of_transfers,
)
from recall_horizon.analysis.verification import compare
from recall_horizon.config import shown
from recall_horizon.config.load import load
from recall_horizon.presentation.content import content
from recall_horizon.storage import provenance
from recall_horizon.training.losses import Loss

ROOT = Path(__file__).parents[2]
UNIQUE = count()
RATES = {f"learning_rate-{rate}": {"learning_rate": rate} for rate in (0.001, 0.01)}
MADE = {}  # small tables by their ends: each takes a tenth of a second, and many tests ask

torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _denormals():
    """A job flushes the numbers that are too small to compute with quickly, for all its process."""
    torch.set_flush_denormal(False)
    yield
    torch.set_flush_denormal(False)


@pytest.fixture
def settings():
    """The default study's configuration, fresh for each test to change."""
    return yaml.safe_load((ROOT / "config" / "config.yaml").read_text())


@pytest.fixture
def python():
    """Runs a program in a fresh Python that finds the package; returns what it prints."""

    def run(program, **environment):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONPATH": str(ROOT / "workflow"), **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Makes an importable module from the given code; returns its name, a new one each time."""

    def write(code):
        name = f"written_for_a_test_{next(UNIQUE)}"
        (tmp_path / f"{name}.py").write_text(code)
        monkeypatch.syspath_prepend(tmp_path)
        return name

    return write


@pytest.fixture
def losses_table():
    """A losses table of {(model, length, replicate): [(epoch, train_loss, test_loss), …]}.

    The targets' variance is 1. A fourth entry, "diverged", is a row's status.
    """

    def table(runs):
        return pd.DataFrame(
            [
                Loss(
                    *("hand-made", "first_element", model, length, replicate, epoch),
                    *(train, test, 1.0, 1 - test, 0.02, None, *(status or ["ok"])),
                )
                for (model, length, replicate), curve in runs.items()
                for epoch, train, test, *status in curve
            ],
            columns=Loss._fields,
        )

    return table


@pytest.fixture
def ends_table(losses_table):
    """A losses table of {(model, length): [(train, test), …]}: replicates' losses after epoch 4.

    All start at a loss of 1. An end of None is a replicate that diverged at epoch 3.
    """
    return lambda cells: losses_table(
        {
            (*cell, r): [(0, 1.0, 1.0), (4, *end) if end else (3, np.inf, np.inf, "diverged")]
            for cell, ends in cells.items()
            for r, end in enumerate(ends)
        }
    )


@pytest.fixture
def scores_table(ends_table):
    """The same of {(model, length): held-out scores}; a score of None is one that diverged."""
    return lambda cells: ends_table(
        {
            cell: [None if score is None else (0.5, 1 - score) for score in scores]
            for cell, scores in cells.items()
        }
    )


def probed(losses, made):
    """The tables of probes in which every untrained profile decays and no trained one does."""
    rows = [
        (model, length, replicate, stage, t, np.exp(rate * (t - length)))
        for model, length, replicate in losses.groupby(["model", "length", "replicate"]).groups
        for stage, rate in (("initial", 0.5), ("final", 0.0))
        for t in range(1, length + 1)
    ]
    probes = pd.DataFrame(
        rows, columns=["model", "length", "replicate", "stage", "position", "sensitivity"]
    )
    models = losses[["model", "length"]].drop_duplicates(ignore_index=True)
    models = models.assign(recurrent=True, parameters=1234, state=64, score_ceiling=np.nan, width=8)
    models = models.assign(steps=models["length"])
    models = models.assign(reaches_ceiling=False, curriculum="none")
    return {"models": models, **of_probes(probes, {**made, "models": models}, 0.9)}


def transferred(losses):
    """The tables of networks that score one less at every length but their own, and follow their
    targets at each."""
    ends = losses.sort_values("epoch").groupby(["model", "length", "replicate"]).last()
    rows = [
        {
            **{"model": model, "trained_on": str(length), "tested_at": at, "replicate": replicate},
            **{"test_loss": row["test_loss"], "chance_loss": 1.0, "status": row["status"]},
            **{"score": row["score"] - (at != length), "score_error": 0.01, "accuracy": np.nan},
            **{"correlation": 0.9 if row["status"] == "ok" else np.nan, "each": ""},
        }
        for (model, length, replicate), row in ends.iterrows()
        for at in sorted(set(losses["length"]))
    ]
    lengths = losses.groupby("model")["length"].unique().to_dict()
    return of_transfers(pd.DataFrame(rows), lengths, [0.9, 0.5], 0.95)


@pytest.fixture
def experiment():
    """What hand-made models were trained on, in the form of `jobs.experiment`."""

    def described(models=("lstm",), seed=1, **training):
        return {
            "seed": seed,
            "task": {"name": "first_element", "options": {}},
            "dataset": {"pool": 100, "test": 50},
            "training": {"samples": 10, "epochs": 4, "learning_rate": 0.01, **training},
            "model_zoo": {
                model: {"architecture": "lstm", "options": {}, "training": {}} for model in models
            },
        }

    return described


@pytest.fixture
def tables_of(experiment):
    """The tables that follow from a table of losses, and from a search for training settings."""

    def make(losses, candidates=RATES):
        models, lengths = sorted(set(losses["model"])), sorted(set(losses["length"]))
        dataset = {"pool": 100, "validation": 30, "test": 50, "digest": "0123456789abcdef" * 4}
        dataset |= {"loss": "mse", "outputs": 1, "chance_error": 0.01}
        dataset |= dict.fromkeys(("chance", "chance_loss", "baseline_loss"), 1.0)
        datasets = pd.DataFrame([{"length": length, **dataset} for length in lengths])
        spent = {"lengths": 1, "steps": 1, "sequences": 10, "elements": 10 * lengths[-1]}
        per_epoch = dict.fromkeys(models, spent)
        headline = "lstm" if "lstm" in models else models[0]
        searched = selected(candidates, models, lengths)
        made = of_losses(losses, datasets, None, 0.95, [0.9, 0.5], 0.9, headline, [], per_epoch)
        trained = Trained(losses, experiment(models), {})
        return {
            "losses": losses,
            "datasets": datasets,
            "examples": EXAMPLE.copy(),
            "selection": searched,
            **made,
            "claims": judge([], made, 0.95),
            "verification": pd.DataFrame(compare(trained, trained, 50)).assign(reference="kept"),
            **(known := {**probed(losses, made), **transferred(losses)}),
            **of_selection(searched, known["models"], 0.9, 0.95),
            "memory": remembered(losses),
            **of_sizes({**made, **known}, dict.fromkeys(models, "net")),
        }

    return make


@pytest.fixture
def small_tables(ends_table, tables_of):
    """The tables of one model, "lstm", whose replicates end at {length: [(train, test), …]}."""

    def tables(ends):
        made = MADE.get(repr(ends)) or MADE.setdefault(repr(ends), make(ends))
        copies = {name: table.copy() for name, table in made.items()}
        checked = controls.check(*(copies[n] for n in ("summary", "models", "datasets")), None)
        return {**copies, "controls": pd.DataFrame(checked)}

    def make(ends):
        return tables_of(ends_table({("lstm", length): each for length, each in ends.items()}))

    return tables


def remembered(losses):
    """A memory function of each model, as of a task that asks for all delays at once."""
    rows = [
        {
            **{"model": model, "trained_on": str(length), "tested_at": length, "answer": delay},
            **{"replicates": 2, "score": 1 / delay, "score_low": 0.5 / delay, "score_high": 1.0},
            **{"coverage": 0.5, "capacity": 3.5, "capacity_low": 3.0, "capacity_high": 4.0},
        }
        for model, length in losses.groupby(["model", "length"]).groups
        for delay in range(1, length + 1)
    ]
    return pd.DataFrame(rows)


def selected(candidates, models, lengths):
    """A selection of settings, as the search jobs of `candidates` decide: the last is chosen."""
    columns = ["length", "replicate", "epoch", "score", "status"]
    searched = {
        (model, length): {
            name: pd.DataFrame(
                [(length, r, 4, place / length, "ok") for r in range(3)], columns=columns
            )
            for place, name in enumerate(candidates)
        }
        for model in models
        for length in lengths
    }
    steps = {model: dict.fromkeys(candidates, 4) for model in models}
    return selection_table(candidates, searched, steps, 0.95, 0.9)


@pytest.fixture
def spread():
    """Six replicates' ends around (train, test), so close that intervals are narrow."""

    def ends(train, test):
        return [(train * scale, test * scale) for scale in (0.97, 0.98, 0.99, 1.01, 1.02, 1.03)]

    return ends


# Three steps, the first of which is asked for.
EXAMPLE = pd.DataFrame(
    [
        {"length": 3, "part": part, "position": step, "feature": 0, "value": value}
        for part, values in (("sequence", (0.35, -1.21, 0.8)), ("answer", (0.35,)))
        for step, value in enumerate(values, 1)
    ]
)

ON_A_CPU = {"spec": {"model": "lstm", "files": {}}, "device": "cpu: AVX2", "threads": 1}
RECORDS = [
    {
        **{"device": "cpu", "device_name": "Test Processor 3000", "threads": 1},
        **{"versions": {"python": "3.99.0", "torch": "2.99.1"}, "seconds": [30.0, 40.0]},
        "fingerprint": ON_A_CPU,
    }
] * 2


@pytest.fixture
def written(small_tables, spread, settings):
    """The content made from small tables, with the tables and the study."""

    def write(label="LSTM", ends=None):
        settings["model_zoo"]["lstm"]["label"] = label
        settings["models"] = ["lstm"]
        settings["analysis"]["headline_model"] = None
        study = load(settings)
        tables = small_tables(ends or {5: spread(0.01, 0.02), 50: spread(0.1, 1.3)})
        tables["claims"] = judge(study.claims, tables, study.analysis.confidence)
        origin = provenance.gather(study.model_dump(mode="json"), shown.asked(study), RECORDS)
        said = content(
            tables, origin, shown.look_of(study), study.analysis.solved_score, "Recall it."
        )
        return said, tables, study

    return write


@pytest.fixture
def job():
    """Makes a job of a plan from its rule and outputs; other fields are optional."""

    def make(rule, outputs, inputs=(), **more):
        fields = {"wildcards": {}, "benchmark": None, "threads": 1, "gpus": 0, "options": {}}
        fields |= {"reason": "Missing output files: x"}
        return Job(rule, inputs=list(inputs), outputs=list(outputs), **{**fields, **more})

    return make
