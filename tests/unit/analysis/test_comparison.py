import numpy as np
import pytest

from recall_horizon.analysis.comparison import differences, one_side_only


@pytest.fixture
def apart(scores_table):
    """The one row of the differences between two lists of scores."""

    def row(one, other, tests=0):
        sides = (scores_table({("lstm", 5): scores}) for scores in (one, other))
        table = differences(*sides, tests, 0.95)
        assert len(table) == 1
        return table.iloc[0]

    return row


HIGH = [0.9, 0.91, 0.92, 0.93, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99]
LOW = [x - 0.5 for x in HIGH]


def test_the_same_scores_are_identical_in_any_order(apart):
    row = apart(HIGH, HIGH[::-1])
    assert (row["verdict"], row["difference"]) == ("identical", 0)
    assert np.isnan(row["adjusted_p"])


def test_a_difference_is_the_others_minus_the_firsts_beside_both_medians(apart):
    row = apart(LOW, HIGH)
    assert row["verdict"] == "different"
    assert row["difference"] == pytest.approx(0.5)
    assert apart(HIGH, LOW)["difference"] == pytest.approx(-0.5)
    other = row[["other_score", "other_score_low", "other_score_high"]]
    assert other.to_list() == pytest.approx([0.945, 0.91, 0.98])
    own = row[["score", "score_low", "score_high"]]
    assert own.to_list() == pytest.approx([0.445, 0.41, 0.48])
    assert row["coverage"] == row["other_coverage"] == pytest.approx(1 - 22 / 1024)


def test_scores_that_chance_could_exchange_are_consistent(apart):
    assert apart(HIGH, [x + 0.001 for x in HIGH])["verdict"] == "consistent"


@pytest.mark.parametrize("other", [[0.1, 0.2], [0.5]])
def test_few_replicates_decide_nothing(apart, other):
    row = apart(HIGH[:2], other)
    assert row["verdict"] == "too few to tell"
    assert np.isnan(row["other_score_low"]) == (len(other) == 1)


def test_another_test_set_may_explain_a_small_difference(apart):
    """Each score has a standard error of 0.02: four of a difference are 0.11, and of few test
    sequences more."""
    for by, few, many in (
        (0.1, "consistent", "consistent"),
        (0.23, "consistent", "different"),
        (0.4, "different", "different"),
    ):
        shifted = [x + by for x in LOW]
        assert apart(LOW, shifted)["verdict"] == "different"
        assert apart(LOW, shifted, tests=8)["verdict"] == few
        assert apart(LOW, shifted, tests=2000)["verdict"] == many


def test_a_replicate_that_diverged_counts_as_the_worst(apart):
    row = apart(HIGH, [None] * 10)
    assert (row["verdict"], row["other_score"], row["difference"]) == (
        "different",
        -np.inf,
        -np.inf,
    )
    assert apart([None] * 10, [None] * 10)["verdict"] == "identical"


def test_only_what_both_have_is_compared(scores_table):
    one = scores_table({("lstm", 5): HIGH, ("lstm", 10): HIGH, ("gru", 5): HIGH})
    other = scores_table({("lstm", 10): HIGH, ("rnn", 20): HIGH})
    table = differences(one, other, 0, 0.95)
    assert table[["model", "length"]].to_numpy().tolist() == [["lstm", 10]]
    assert one_side_only(one, other) == {"gru": [5], "lstm": [5]}
    assert one_side_only(other, one) == {"rnn": [20]}


def test_nothing_in_common_is_an_empty_table(scores_table):
    one, other = (scores_table({(model, 5): HIGH}) for model in ("lstm", "gru"))
    assert differences(one, other, 0, 0.95).empty
