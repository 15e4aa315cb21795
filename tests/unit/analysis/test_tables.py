"""The tables that follow from a study's losses, made together."""

import numpy as np
import pandas as pd
import pytest

from recall_horizon.analysis.claims import judge
from recall_horizon.analysis.tables import of_losses
from recall_horizon.config.claims import Claim

CLAIM = {"source": "Somebody", "says": "It is.", "bound": {"models": ["gru"], "at_most": 0.5}}


@pytest.fixture
def made(losses_table):
    """The tables of two models with six replicates at lengths 5 and 10."""
    rng = np.random.default_rng(0)
    ranges = {"gru": (0.6, 1.0), "lstm": (0.0, 0.05)}
    losses = losses_table(
        {
            (model, t, r): [(e, *rng.uniform(*ends, 2)) for e in (0, 2, 4)]
            for model, ends in ranges.items()
            for t in (5, 10)
            for r in range(6)
        }
    )

    def tables(selection=None, claims=()):
        datasets = pd.DataFrame({"length": [5, 10], "baseline_loss": [1.1, 1.2]})
        one = {"lengths": 1, "steps": 1, "sequences": 10, "elements": 100}
        spent = dict.fromkeys(("gru", "lstm"), one)
        made = of_losses(losses, datasets, selection, 0.95, [0.9, 0.5], 0.9, "lstm", [], spent)
        return {**made, "claims": judge(map(Claim.model_validate, claims), made, 0.95)}

    return tables


def test_all_tables_are_of_the_same_medians(made):
    tables = made(claims=[{**CLAIM, "length": 5}])
    assert set(tables) == {"summary", "horizons", "budgets", "growth", "outcomes", "claims"}
    summary = tables["summary"].query("model == 'gru' and length == 5 and epoch == 4").iloc[0]
    (outcome,) = tables["outcomes"].query("model == 'gru' and length == 5").to_dict("records")
    (claimed,) = tables["claims"].to_dict("records")
    ends = summary[["score_median", "score_median_low", "score_median_high"]].to_list()
    assert [outcome[f"score{end}"] for end in ("", "_low", "_high")] == ends
    assert [claimed[name] for name in ("measured", "low", "high")] == ends
    assert summary["coverage"] == outcome["coverage"] == claimed["coverage"] == 1 - 2 / 64


def test_constants_and_the_headline_reach_their_tables(made):
    tables = made()
    for length, constant in ((5, 1.1), (10, 1.2)):
        assert set(tables["outcomes"].query(f"length == {length}")["chance_loss"]) == {constant}
    assert set(tables["horizons"].query("model == 'lstm'")["versus_headline"]) == {"headline"}
    assert set(tables["horizons"].query("model == 'gru'")["versus_headline"]) == {"shorter"}


def test_steps_are_those_of_what_was_selected(made):
    """Where a batch is smaller, an epoch has more of them: in the budgets, in growth, in claims."""
    selection = pd.DataFrame(
        [(m, t, 2.0 if t == 5 else 5.0, True) for m in ("gru", "lstm") for t in (5, 10)],
        columns=["model", "length", "batch_size", "chosen"],
    )
    tables = made(selection, [{**CLAIM, "length": 5}])
    last = tables["budgets"].query("epoch == 4")
    assert set(last["steps"]) == {20}
    assert set(last["fewest_steps"]) == {8}
    assert set(tables["growth"]["steps"]) == set(tables["claims"]["steps"]) == {20}
