import json
from pathlib import Path

import pytest

from recall_horizon.analysis import experiment
from recall_horizon.analysis.reference import KEPT, kept_rows, whole_tables
from recall_horizon.config.load import load
from recall_horizon.storage import tables

REFERENCES = Path(__file__).parents[3] / "report" / "reference"
STUDIES = sorted(path.name for path in REFERENCES.iterdir())


def made(study):
    return json.loads((REFERENCES / study / "provenance.json").read_text())["study"]


def test_the_default_reference_is_of_the_default_study(settings):
    """With the present config: if not, run it and then `make reference`."""
    study = load(settings)
    for model in study.models:
        known = (experiment.settings(side, model) for side in (study.experiment(), made("default")))
        assert next(known) == next(known)
    losses = tables.read(REFERENCES / "default" / "losses.csv.gz")
    assert sorted(set(losses["epoch"])) == [*KEPT, study.training.epochs]
    assert len(losses) == len(study.models) * len(study.lengths) * study.replicates * 5


@pytest.mark.parametrize("study", STUDIES)
def test_a_reference_has_the_name_of_its_study_and_all_of_its_tables(study):
    assert made(study)["study"] == study
    losses = tables.read(REFERENCES / study / "losses.csv.gz")
    assert len(kept_rows(losses)) == len(losses)
    assert set(losses["study"]) == {study}
    for name in whole_tables(made(study)):
        table = tables.read(REFERENCES / study / f"{name}.csv.gz")
        shuffled = made(study)["controls"]["shuffled_models"] if name == "controls" else []
        assert set(table.get("model", [])) <= {*made(study)["models"], *shuffled, ""}


def test_a_reference_keeps_some_first_epochs_and_every_last_one(losses_table):
    losses = losses_table(
        {
            ("net", 5, 0): [(e, 1, 1) for e in (0, 3, 5, 20, 30, 40)],
            ("net", 5, 1): [(0, 1, 1), (7, 1, 1, "diverged")],
        }
    )
    kept = kept_rows(losses)[["replicate", "epoch"]].to_records(index=False).tolist()
    assert kept == [(0, 0), (0, 5), (0, 20), (0, 40), (1, 0), (1, 7)]
