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
    assert last_scores(run([0.3, None, 0.5])).tolist() == [[0.3], [-np.inf], [0.5]]


def chosen(*scores, candidates=RATES, solved_score=0.9):
    """The learning rate that is chosen where replicates of candidates have these scores, or these
    lists of them, of several lengths."""
    by_length = (np.array(each, float).reshape(len(each), -1) for each in scores)
    scored = dict(zip(candidates, by_length, strict=True))
    return candidates[choose(candidates, scored, solved_score)]["learning_rate"]


LOST = -np.inf


@pytest.mark.parametrize(
    ("scores", "rate"),
    [
        ([[0.1] * 5, [0.8] * 5, [0.5] * 5], 0.01),
        ([[0.1] * 5, [0.5] * 5, [0.8] * 5], 0.1),
        ([[0.8] * 5, [0.8] * 5, [0.8] * 5], 0.001),  # a tie: the smallest rate
        ([[0.1] * 5, [0.5] * 5, [0.5] * 5], 0.01),
        ([[0.8] * 5, [0.80003] * 5, [0.8] * 5], 0.001),  # as good as a tie
        ([[0.795] * 5, [0.8] * 5, [0.804] * 5], 0.001),
        ([[0.789] * 5, [0.8] * 5, [0.804] * 5], 0.01),
        # of medians: one lucky replicate chooses nothing, one unlucky nothing either
        ([[0.5] * 5, [0.4, 0.4, 0.4, 1.0, 0.4], [0] * 5], 0.001),
        ([[0.7] * 5, [LOST, 0.8, 0.8, 0.8, 0.8], [0] * 5], 0.01),
        ([[LOST] * 5, [LOST] * 5, [LOST] * 5], 0.001),
        ([[LOST] * 5, [LOST, LOST, LOST, 0.9, 0.9], [-3.0] * 5], 0.1),
    ],
)
def test_of_the_best_medians_and_those_as_good_the_smallest_rate_is_chosen(scores, rate):
    assert chosen(*scores) == rate


def test_a_candidate_that_solves_as_many_is_as_good():
    """Their medians may differ by more; what nobody solves is compared by medians alone."""
    scores = [[0.9, 0.92, 0.95], [0.98, 0.99, 1.0], [0.99, 0.99, 0.99]]
    assert chosen(*scores) == 0.001
    assert chosen([0.89, 0.92, 0.95], *scores[1:]) == 0.01  # two of three
    assert chosen(*scores, solved_score=2) == 0.01


def test_of_networks_on_several_lengths_the_farthest_is_chosen_then_the_best_mean():
    """A column is a length: the horizon counts first, and then the mean over lengths."""
    far, near = [[0.91, 0.92, 0.9]] * 3, [[0.999, 0.999, 0.89]] * 3
    assert chosen(near, far, near) == 0.01
    # None passes at the third: the best mean, and of equal ones the smallest rate.
    low, high = [[0.95, 0.91, 0.1]] * 3, [[0.95, 0.91, 0.3]] * 3
    assert chosen(low, high, high) == 0.01
    # One that passes at a long length and fails at a short one has not come far.
    gap = [[0.95, 0.2, 1.0]] * 3
    assert chosen(gap, low, gap) == 0.01


def test_scores_of_several_lengths_are_columns_ascending():
    both = pd.concat([run([0.3, None], length=20), run([0.4, 0.6], length=10)])
    assert last_scores(both).tolist() == [[0.4, 0.3], [0.6, -np.inf]]


def test_an_advantage_of_noise_does_not_choose_a_rate_that_solves_fewer():
    """As the LSTM's did, by 3e-5: the larger rate then solved three of five replicates."""
    rates = {str(rate): {"learning_rate": rate} for rate in (0.002, 0.02)}
    scores = [0.99930, 0.99931, 0.99932], [0.99933, 0.99934, 0.99935]
    assert chosen(*scores, candidates=rates) == 0.002
    reverse = dict(reversed(rates.items()))
    assert chosen(*reversed(scores), candidates=reverse) == 0.002


def test_with_equal_rates_the_best_median_and_then_the_name_decides():
    """And never the order in the config."""
    settings = {"b": {"batch_size": 10}, "a": {"batch_size": 20}}

    def name(**scores):
        found = {n: np.full((3, 1), score) for n, score in scores.items()}
        assert choose(settings, found, 0.9) == choose(dict(reversed(settings.items())), found, 0.9)
        return choose(settings, found, 0.9)

    assert name(a=1.0, b=1.0) == "a"
    assert name(a=0.5, b=0.505) == "b"


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
    steps = dict(zip(RATES, (30, 20, 10), strict=True))
    table = selection_table(RATES, searched, {"lstm": steps}, 0.95, 0.9)
    assert len(table) == 6
    chosen = table[table["chosen"]].set_index("length")
    assert chosen["learning_rate"].to_dict() == {5: 0.1, 9: 0.01}
    assert chosen["edge"].to_dict() == {5: "highest learning_rate", 9: ""}
    assert not table.loc[~table["chosen"], "edge"].any()
    ends = chosen.loc[5, ["score_low", "score", "score_high"]]
    assert ends.to_list() == pytest.approx([0.8, 0.85, 0.9])
    assert table["steps"].tolist() == [30, 20, 10] * 2
    assert table["diverged"].tolist() == [0, 0, 0, 0, 0, 1]
    assert table["score"].iloc[-1] == -np.inf
    assert table["each"].iloc[-1] == "-inf 0.0"


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
    steps = {"lstm": dict.fromkeys(candidates, 4)}
    made = selection_table(candidates, searched, steps, 0.95, 0.9)
    tables.write(tmp_path / "selection.csv.gz", made)
    chosen = chosen_settings(
        tables.read(tmp_path / "selection.csv.gz"), ["batch_size", "learning_rate"]
    )
    assert chosen == {("lstm", length): candidates[wins] for length, wins in best.items()}
    assert repr(chosen["lstm", 9]["batch_size"]) == "40"
