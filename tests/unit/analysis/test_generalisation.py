import numpy as np
import pandas as pd
import pytest

from recall_horizon.analysis.generalisation import COLUMNS, generalisation, transfer_summary

CONFIDENCE, INF, NAN = 0.95, np.inf, np.nan
LENGTHS = (5, 10, 20, 50)
NEAR = np.array([-0.003, -0.002, -0.001, 0.001, 0.002, 0.003])  # replicates that agree
UNREAD = "unread"


def table(networks):
    """The transfer table of {(model, trained on): {tested at: scores, a score, or UNREAD}}.

    A score alone is about that of six replicates; among scores, None is one that diverged.
    """
    rows = []
    for (model, trained_on), tested in networks.items():
        for length, scores in tested.items():
            if scores == UNREAD:
                ends = [(NAN, UNREAD)] * 6
            elif isinstance(scores, (int, float)):
                ends = [(scores + shift, "ok") for shift in NEAR]
            else:
                ends = [(NAN, "diverged") if s is None else (s, "ok") for s in scores]
            for replicate, (score, status) in enumerate(ends):
                row = {"model": model, "trained_on": trained_on, "tested_at": length}
                row |= {"replicate": replicate, "test_loss": 1 - score, "chance_loss": 1.0}
                row |= {"correlation": score / 2 + 0.1 if status == "ok" else NAN, "accuracy": NAN}
                rows.append(row | {"score": score, "score_error": 0.01, "status": status})
    return pd.DataFrame(rows)


def row(tested, trained_on="10", threshold=0.9, own=LENGTHS):
    """The row of a model whose scores are those `tested`, in order of LENGTHS or by length."""
    if not isinstance(tested, dict):
        tested = dict(zip(LENGTHS, tested, strict=True))
    made = table({("net", trained_on): tested})
    found = generalisation(made, {"net": own}, [threshold], CONFIDENCE)
    assert found.columns.tolist() == COLUMNS
    return found.iloc[0]


ENDS = ["passes", "fails", "low", "high"]
SPLIT = [1.0, 1.0, 1.0, 0.0, 0.0, 0.0]  # replicates that disagree


@pytest.mark.parametrize(
    ("trained_on", "tested", "recalls"),
    [
        ("10", (0.2, 0.99, -3.9, -4.4), "timer"),
        ("10", (0.99, 0.99, -3.9, -4.4), "memory"),
        ("10", (0.99, 0.99, 0.99, 0.99), "memory"),
        ("10", (0.2, 0.99, 0.99, -4.4), "part"),
        ("20", (0.99, 0.2, 0.99, 0.2), "part"),
        ("10", (0.99, 0.2, 0.99, 0.99), "nothing"),
        ("10", (0.99, SPLIT, 0.99, 0.99), "unclear"),
        ("10", (SPLIT, 0.99, 0.1, 0.1), "unclear"),
        ("10", (0.1, 0.99, SPLIT, 0.1), "unclear"),
        ("5", (0.99, 0.99, -1, -1), "memory"),
        ("5", (0.99, -1, -1, -1), "timer"),
        ("5", (0.99, -1, 0.99, -1), "part"),
        ("5", (0.99, SPLIT, -1, -1), "unclear"),
        ("50", (0.99, 0.99, 0.99, 0.99), "memory"),
        ("50", (-1, -1, -1, 0.99), "timer"),
    ],
)
def test_what_a_network_of_one_length_has_learned(trained_on, tested, recalls):
    assert row(tested, trained_on)["recalls"] == recalls


@pytest.mark.parametrize(
    ("tested", "recalls"),
    [
        ((0.99, 0.99, 0.99, 0.1), "memory"),  # at 50, which it was not trained on, it may fail
        ((0.1, 0.1, 0.1, 0.99), "nothing"),
        ((0.99, 0.99, 0.1, 0.99), "part"),
        ((0.99, SPLIT, 0.1, 0.99), "part"),
        ((0.99, 0.99, SPLIT, 0.99), "unclear"),
        ((0.1, 0.1, SPLIT, 0.99), "unclear"),
    ],
)
@pytest.mark.parametrize("curriculum", ["mixed", "growing"])
def test_what_a_network_of_several_lengths_has_learned(curriculum, tested, recalls):
    assert row(tested, curriculum, own=(5, 10, 20))["recalls"] == recalls


def test_a_horizon_of_generalisation_starts_at_a_networks_own_length():
    """What it does at shorter ones is no part of it."""
    found = row((-1, 0.99, 0.95, 0.1))
    assert found[ENDS].to_list() == [20, 50, 20, 50]
    assert row((0.99, 0.5, 0.99, 0.99))[ENDS].to_list() == [0, 10, 0, INF]
    assert row((0.99, 0.5, 0.1, 0.1))[ENDS].to_list() == [0, 10, 0, 10]
    assert row((-1, 0.99, SPLIT, 0.1))[ENDS].to_list() == [10, 20, 10, 50]


def test_trained_on_several_lengths_it_starts_at_the_shortest_of_them():
    tested = {5: 0.1, 10: 0.99, 20: 0.99, 50: 0.98, 500: 0.95, 1000: 0.5}
    found = row(tested, "mixed", own=(10, 20))
    assert found[ENDS].to_list() == [500, 1000, 500, 1000]
    assert row(tested, "mixed", own=(5, 10, 20))[ENDS].to_list() == [0, 5, 0, 1000]


def test_each_threshold_has_a_row():
    made = table({("net", "10"): dict(zip(LENGTHS, (0.99, 0.99, 0.7, 0.1), strict=True))})
    found = generalisation(made, {"net": LENGTHS}, [0.9, 0.5], CONFIDENCE)
    assert found["passes"].to_list() == [10, 20]
    assert found["threshold"].to_list() == [0.9, 0.5]


def test_a_length_that_cannot_be_read_is_a_failure():
    found = row((0.99, 0.99, UNREAD, UNREAD))
    assert found[["recalls", *ENDS]].to_list() == ["memory", 10, 20, 10, 20]
    assert row((0.1, 0.99, UNREAD, UNREAD))["recalls"] == "timer"


def test_a_network_that_can_read_no_other_length_is_no_timer():
    found = row((0.99, UNREAD, UNREAD, UNREAD), "5")
    assert found[["recalls", "timers", *ENDS]].to_list() == ["unclear", 0, 5, 10, 5, 10]


SCORE = ["score", "score_low", "score_high"]
CORRELATION = ["correlation", "correlation_low", "correlation_high"]


def test_a_length_that_cannot_be_read_has_no_score_and_no_correlation():
    made = table({("net", "10"): {5: 0.5, 10: 0.75, 20: UNREAD}})
    found = transfer_summary(made, CONFIDENCE).set_index("tested_at")
    assert found["unread"].to_dict() == {5: 0, 10: 0, 20: 6}
    assert found["replicates"].tolist() == [6] * 3
    numbers = found[[*SCORE, *CORRELATION]].notna()
    assert numbers.all(axis=1).tolist() == numbers.any(axis=1).tolist() == [True, True, False]
    assert found.loc[20, "follows"] == ""
    assert found["coverage"].tolist() == pytest.approx([1 - 2 / 64] * 2 + [0])


def test_a_summary_has_medians_and_their_exact_intervals():
    made = table({("net", "10"): {10: [0.1, 0.2, 0.3, 0.5, 0.6, 0.9]}})
    made["correlation"] = [0.9, 0.2, 0.2, 0.4, 0.5, 0.6]
    found = transfer_summary(made, CONFIDENCE).iloc[0]
    assert found[SCORE].to_list() == pytest.approx([0.4, 0.1, 0.9])
    assert found[CORRELATION].to_list() == pytest.approx([0.45, 0.2, 0.9])


def test_a_replicate_that_diverged_is_worse_than_any_other():
    one = table({("net", "10"): {10: [None, 0.99, 0.99, 0.99, 0.99, 0.99], 20: [0.1] * 6}})
    found = transfer_summary(one, CONFIDENCE).iloc[0]
    assert found[SCORE].to_list() == [0.99, -INF, 0.99]
    kinds = row({10: [None, *[0.99] * 5], 20: [None, *[0.1] * 5]})
    assert kinds[["recalls", "memories", "timers"]].to_list() == ["unclear", 0, 5]


def correlated(*tested, **columns):
    """The row of a summary of replicates with these correlations; None is one that diverged."""
    made = table({("net", "10"): {20: [None if r is None else 0.1 for r in tested]}})
    made["correlation"] = [NAN if r is None else r for r in tested]
    return transfer_summary(made.assign(**columns), CONFIDENCE).iloc[0]


def test_a_replicate_that_diverged_or_cannot_read_follows_nothing():
    assert correlated(None, 0.7, 0.8, 0.9)[CORRELATION].to_list() == pytest.approx([0.75, 0, 0.9])
    found = correlated(None, 0.7, -0.8, 0.9, status=["unread", "ok", "ok", "ok"])
    assert found[CORRELATION].to_list() == pytest.approx([0.35, -0.8, 0.9])


def test_classes_have_no_correlation():
    """Also where some diverged."""
    found = correlated(None, *[NAN] * 5)
    assert found[CORRELATION].isna().all()
    assert found["follows"] == ""


@pytest.mark.parametrize(
    ("replicates", "follows"),
    [
        ([0.5] * 6, "yes"),
        ([0.8, 0.8, 0.9, 0.9, 0.9, 0.7], "yes"),
        ([0.49] * 6, "no"),
        ([-0.49, *[0.49] * 5], "no"),
        ([-0.5] * 6, "reversed"),
        ([-0.9, *[-0.1] * 5], "unclear"),
        ([-0.9, *[0.9] * 5], "unclear"),
        ([0.49, *[0.9] * 5], "unclear"),
        ([None, *[0.9] * 5], "unclear"),
        ([None] * 5 + [0.1], "no"),
        ([0.9] * 3, "unclear"),  # which cover three quarters
        ([0.9], "unclear"),
    ],
)
def test_whether_answers_follow_the_targets(replicates, follows):
    assert correlated(*replicates)["follows"] == follows


def test_replicates_are_counted_by_what_each_has_learned():
    memory, timer, nothing = [0.99] * 4, [0.1, 0.99, 0.1, 0.1], [0.1] * 4
    part = [0.1, 0.99, 0.99, 0.1]
    runs = np.array([memory, memory, memory, timer, part, nothing]).T.tolist()
    found = row(runs)
    assert found[["memories", "timers", "recalls"]].to_list() == [3, 1, "unclear"]
    mixed = row(runs, "mixed")
    assert mixed[["memories", "timers"]].to_list() == [3, 0]


def test_one_replicate_has_a_bracket_and_shows_nothing():
    found = row([[0.99], [0.99], [0.1], [0.1]])
    assert found[["passes", "fails", "recalls", "coverage"]].to_list() == [10, 20, "unclear", 0]
    assert found[["low", "high"]].isna().all()
    assert found[["memories", "timers"]].to_list() == [1, 0]


def test_few_replicates_show_nothing_of_what_is_learned():
    """Three cover three quarters."""
    assert row([[0.1] * 3, [0.99] * 3, [0.1] * 3, [0.1] * 3])["recalls"] == "unclear"


@pytest.mark.parametrize(("score", "recalls"), [(0.99, "unclear"), (0.1, "nothing")])
def test_a_single_length_shows_no_memory(score, recalls):
    assert row({10: score}, own=(10,))["recalls"] == recalls


def test_rows_are_in_order_of_what_was_trained_on():
    on = ("mixed", "100", "growing", "20", "5")
    made = table({("net", trained_on): {5: 0.5} for trained_on in on})
    found = transfer_summary(made, CONFIDENCE)["trained_on"].tolist()
    assert found == ["5", "20", "100", "growing", "mixed"]


def test_classes_have_the_median_accuracy_of_which_a_diverged_replicate_has_the_worst():
    made = table({("net", "mixed"): {10: [0.9, 0.8, 0.7, 0.6, 0.5, None]}})
    assert "accuracy" not in transfer_summary(made, CONFIDENCE)  # of numbers
    made["accuracy"] = made["score"]
    (found,) = transfer_summary(made, CONFIDENCE).to_dict("records")
    ends = ("accuracy", "accuracy_low", "accuracy_high")
    assert [found[name] for name in ends] == pytest.approx([0.65, -INF, 0.9])
