import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recall_horizon.analysis import experiment
from recall_horizon.analysis.budgets import budgets
from recall_horizon.analysis.outcomes import outcomes
from recall_horizon.analysis.reference import KEPT, kept_rows, whole_tables
from recall_horizon.config import jobs
from recall_horizon.config.load import load
from recall_horizon.explore import open_study
from recall_horizon.storage import tables

REFERENCES = Path(__file__).parents[3] / "report" / "reference"
STUDIES = sorted(path.name for path in REFERENCES.iterdir())


def made(study):
    return json.loads((REFERENCES / study / "provenance.json").read_text())["study"]


def test_the_default_reference_is_of_the_default_study(settings):
    """With the present config: if not, run it and then `make reference`."""
    study = load(settings)
    for model in study.models:
        known = (
            experiment.settings(side, model) for side in (jobs.experiment(study), made("default"))
        )
        assert next(known) == next(known)
    losses = tables.read(REFERENCES / "default" / "losses.csv.gz")
    halfway = max(e for e in study.training.evaluate_at if e <= study.training.epochs / 2)
    epochs = [*KEPT, halfway, study.training.epochs]
    assert sorted(set(losses["epoch"])) == epochs
    cells = len(study.models) * len(study.lengths) * study.replicates
    assert len(losses) == cells * len(epochs)


@pytest.mark.parametrize("study", STUDIES)
def test_a_reference_has_the_name_of_its_study_and_all_of_its_tables(study):
    assert made(study)["study"] == study
    losses = tables.read(REFERENCES / study / "losses.csv.gz")
    assert len(kept_rows(losses)) == len(losses)
    assert set(losses["study"]) == {study}
    tested = (REFERENCES / study / "transfer_summary.csv.gz").exists()  # else it is older
    for name in whole_tables(open_study(REFERENCES / study).optional):
        if not tested and name in ("transfer_summary", "generalisation"):
            continue
        table = tables.read(REFERENCES / study / f"{name}.csv.gz")
        if name == "claims":  # which may name what the study lacks
            table = table[table["verdict"] != "not tested"]
        shuffled = made(study)["controls"]["shuffled_models"] if name == "controls" else []
        assert set(table.get("model", [])) <= {*made(study)["models"], *shuffled, ""}


def test_a_reference_keeps_some_first_epochs_and_every_last_one(losses_table):
    """And the last evaluated one of the first half of a model's training."""
    losses = losses_table(
        {
            ("net", 5, 0): [(e, 1, 1) for e in (0, 3, 5, 18, 25, 30, 40)],
            ("net", 5, 1): [(0, 1, 1), (7, 1, 1, "diverged")],
        }
    )
    kept = kept_rows(losses)[["replicate", "epoch"]].to_records(index=False).tolist()
    assert kept == [(0, 0), (0, 5), (0, 18), (0, 40), (1, 0), (1, 7)]


def test_what_is_kept_gives_the_same_growth_and_the_same_outcomes(losses_table):
    """Regardless of when replicates diverge, and of how long each model trains."""
    rng = np.random.default_rng(0)
    runs = {}
    for model, epochs in (("a", (0, 3, 8, 30, 45, 100)), ("b", (0, 7, 33, 70)), ("c", (0, 50))):
        for length in (5, 10, 50):
            for r in range(6):
                curve = [(e, *rng.uniform(0, 1.2, 2)) for e in epochs]
                if r < 2:  # after the epoch that growth is measured from, and within the first half
                    stop = [(epochs[-1] // 2 - r, 1, 1, "diverged")]
                    curve = [row for row in curve if row[0] < stop[0][0]] + stop
                runs[model, length, r] = curve
    losses = losses_table(runs)
    kept = kept_rows(losses)
    spent = {m: {"lengths": 1, "steps": 2, "sequences": 10, "elements": 90} for m in "abc"}
    growth, of_kept = (budgets(table, [0.9, 0.5], 0.95, spent)[1] for table in (losses, kept))
    assert dict(zip(growth["model"], growth["from_epoch"], strict=True)) == {"a": 45, "b": 33}
    pd.testing.assert_frame_equal(growth, of_kept)
    ended = [outcomes(t, dict.fromkeys((5, 10, 50), 1.0), 0.95, 0.9) for t in (losses, kept)]
    pd.testing.assert_frame_equal(*ended)
