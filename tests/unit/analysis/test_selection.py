"""Which candidate is chosen, on scores made by hand."""

import numpy as np
import pandas as pd
import pytest

from recall_horizon.analysis.selection import (
    choose,
    chosen_settings,
    edges,
    last_scores,
    selection_table,
)
from recall_horizon.storage import tables

RATES = {f"learning_rate-{rate}": {"learning_rate": rate} for rate in (0.001, 0.01, 0.1)}


def run(scores, model="lstm", length=5):
    """The losses of a search job whose replicates end at `scores`; None is one that diverged."""
    rows = []
    for replicate, score in enumerate(scores):
        rows.append((model, length, replicate, 0, 0.0, "ok"))
        last = (model, length, replicate, 10, np.nan, "diverged")
        rows.append(last if score is None else (model, length, replicate, 10, score, "ok"))
    columns = ["model", "length", "replicate", "epoch", "score", "status"]
    return pd.DataFrame(rows, columns=columns)


def test_a_score_is_that_of_the_last_epoch_and_a_diverged_replicates_is_the_lowest():
    assert last_scores(run([0.3, None, 0.5])).tolist() == [0.3, -np.inf, 0.5]


@pytest.mark.parametrize(
    ("scores", "chosen"),
    [
        ([[0.1] * 4, [0.9] * 4, [0.5] * 4], "learning_rate-0.01"),
        ([[0.9] * 4, [0.9] * 4, [0.9] * 4], "learning_rate-0.001"),  # a tie: the smaller rate
        ([[0.1] * 4, [0.5] * 4, [0.5] * 4], "learning_rate-0.01"),
        ([[-np.inf] * 4, [-np.inf] * 4, [-np.inf] * 4], "learning_rate-0.001"),
        # the interquartile mean, of four the middle two: one lucky run chooses nothing
        ([[0.5, 0.5, 0.5, 0.5], [0.4, 0.4, 0.4, 1.0], [0, 0, 0, 0]], "learning_rate-0.001"),
        ([[-np.inf, 0.8, 0.8, 0.8], [0.7] * 4, [0] * 4], "learning_rate-0.001"),
    ],
)
def test_the_best_interquartile_mean_is_chosen(scores, chosen):
    assert choose(RATES, dict(zip(RATES, map(np.array, scores), strict=True))) == chosen


def test_of_equal_candidates_with_equal_rates_the_order_in_the_config_decides_nothing():
    settings = {"b": {"batch_size": 10}, "a": {"batch_size": 20}}
    scores = {name: np.ones(3) for name in settings}
    assert choose(settings, scores) == choose(dict(reversed(settings.items())), scores) == "a"


def test_the_edge_of_a_grid_is_its_lowest_or_highest_of_three_values_or_more():
    assert edges({"learning_rate": 0.001}, RATES) == "lowest learning_rate"
    assert edges({"learning_rate": 0.01}, RATES) == ""
    assert edges({"learning_rate": 0.1}, RATES) == "highest learning_rate"
    two = dict(list(RATES.items())[:2])
    assert edges({"learning_rate": 0.001}, two) == ""
    sizes = {str(size): {"batch_size": size} for size in (None, 10, 100)}
    assert edges({"batch_size": None}, sizes) == "highest batch_size"
    assert edges({"batch_size": 100}, sizes) == ""


def test_the_table_has_every_candidate_and_one_choice_per_model_and_length():
    searched = {
        ("lstm", 5): dict(zip(RATES, map(run, ([0.1, 0.2], [0.5, 0.7], [0.9, 0.8])), strict=True)),
        ("lstm", 9): dict(zip(RATES, map(run, ([0.1, 0.2], [0.5, 0.7], [None, 0])), strict=True)),
    }
    table = selection_table(RATES, searched, 0.95, 200, np.random.default_rng(0))
    assert len(table) == 6
    chosen = table[table["chosen"]].set_index("length")
    assert chosen["learning_rate"].to_dict() == {5: 0.1, 9: 0.01}
    assert chosen["edge"].to_dict() == {5: "highest learning_rate", 9: ""}
    assert not table.loc[~table["chosen"], "edge"].any()
    assert chosen.loc[5, "score_low"] <= chosen.loc[5, "score"] <= chosen.loc[5, "score_high"]
    assert table["diverged"].tolist() == [0, 0, 0, 0, 0, 1]
    assert table["score"].iloc[-1] == -np.inf


def test_chosen_settings_are_those_of_the_config_though_a_file_holds_them_as_floats(tmp_path):
    candidates = {
        f"{size}-{rate}": {"batch_size": size, "learning_rate": rate}
        for size in (None, 40)
        for rate in (0.001, 0.01)
    }
    best = {5: "None-0.01", 9: "40-0.001"}
    searched = {
        ("lstm", length): {name: run([0.9 if name == wins else 0.1] * 2) for name in candidates}
        for length, wins in best.items()
    }
    made = selection_table(candidates, searched, 0.95, 200, np.random.default_rng(0))
    tables.write(tmp_path / "selection.csv.gz", made)
    chosen = chosen_settings(
        tables.read(tmp_path / "selection.csv.gz"), ["batch_size", "learning_rate"]
    )
    assert chosen == {("lstm", length): candidates[wins] for length, wins in best.items()}
    assert repr(chosen["lstm", 9]["batch_size"]) == "40"
