import numpy as np
import pandas as pd
import pytest

from recall_horizon.analysis.frontier import frontier

SIZES = {"small": 8, "large": 32, "wide": 32, "none": 4, "growing": None, "other": 64}
FAMILIES = dict.fromkeys(("small", "large", "wide", "none", "growing"), "net")


def tables(passes, on_all=()):
    """The tables of models that pass at these lengths, of 5, 10 and 20, at the score 0.9; those on
    all lengths are tested at 50, too."""
    horizons, beyond, models, budgets = [], [], [], []
    for model, best in passes.items():
        ends = {"passes": best, "fails": {0: 5, 5: 10, 10: 20, 20: np.inf, 50: np.inf}[best]}
        row = {"model": model, "threshold": 0.9, **ends, "low": best, "high": ends["fails"]}
        row |= {"coverage": 0.96, "trained_on": "mixed" if model in on_all else "5"}
        beyond.append(row)
        horizons.append({**row, "passes": min(best, 20)})
        for length in (5, 10, 20):
            # One keeps a number for each element.
            size = {"model": model, "length": length, "state": SIZES[model] or length}
            models.append({**size, "width": 2, "parameters": 100})
        budgets += [{"model": model, "epoch": e, "elements": 1000 * e} for e in (2, 4)]
    return tuple(map(pd.DataFrame, (horizons, beyond, models, budgets)))


def test_a_row_has_the_horizon_and_what_it_costs_there():
    table = frontier(*tables({"growing": 10, "none": 0, "other": 20}), FAMILIES)
    rows = table.set_index("model").to_dict("index")
    assert set(rows) == {"growing", "none"}  # the other is of no family
    assert rows["growing"]["state"] == rows["growing"]["length"] == 10
    assert (rows["growing"]["passes"], rows["growing"]["fails"]) == (10, 20)
    assert rows["growing"]["elements"] == 4000
    assert rows["none"]["length"] == 5


def test_who_recalls_beyond_what_it_was_trained_on_costs_what_it_does_at_its_longest_length():
    table = frontier(*tables({"growing": 50, "small": 50}, on_all=["growing"]), FAMILIES)
    rows = table.set_index("model").to_dict("index")
    assert rows["growing"]["passes"] == 50
    assert rows["growing"]["length"] == rows["growing"]["state"] == 20
    assert rows["small"]["passes"] == 20  # each network at its own length only


@pytest.mark.parametrize(
    ("passes", "leaders"),
    [
        ({"small": 5, "large": 20}, {"small", "large"}),
        ({"small": 20, "large": 20}, {"small"}),  # as far, with less
        ({"small": 20, "large": 10}, {"small"}),
        ({"large": 10, "wide": 20}, {"wide"}),  # further, with as much
        ({"large": 20, "wide": 20}, {"large", "wide"}),
        ({"none": 0, "small": 5}, {"small"}),  # who recalls nothing leads nowhere
    ],
)
def test_on_the_frontier_is_who_recalls_as_far_with_no_more_state(passes, leaders):
    table = frontier(*tables(passes), FAMILIES)
    assert set(table.loc[table["frontier"], "model"]) == leaders
