import numpy as np
import pandas as pd
import pytest

from recall_horizon.config.claims import Claim
from recall_horizon.contract import words
from recall_horizon.presentation.claims import counted, judge

LOOK = {
    "models": ["lstm", "gru"],
    "labels": {"lstm": "Long Memory", "gru": "GRU"},
    "words": words("mse", "the first element"),
}
SOURCE = {"source": "Somebody (1997), table 1", "says": "It is so."}
BUDGET = "after 4 epochs of one batch of 10 sequences"


@pytest.fixture
def data(losses_table, tables_of):
    """The tables of two models whose four replicates end close to {model: {length: score}}, and
    were at half of that after epoch 2."""

    def tables(ends, scatter=0.01):
        runs = {
            (model, length, r): [
                (0, 1.0, 1.0),
                (2, 1.0, 1 - score / 2 - scatter * r),
                (4, 1.0, 1 - score - scatter * r),
            ]
            for model, of_model in ends.items()
            for length, score in of_model.items()
            for r in range(4)
        }
        return tables_of(losses_table(runs))

    return tables


FAR, NEAR = {5: 0.99, 50: 0.95}, {5: 0.96, 50: 0.1}


@pytest.fixture
def verdict(data):
    """The row of one claim, given by its keys, about the ends of the two models."""

    def row(ends, scatter=0.01, **claim):
        table = judge([Claim(**SOURCE, **claim)], data(ends, scatter), LOOK)
        return table.iloc[0]

    return row


@pytest.mark.parametrize(
    ("ends", "found"),
    [
        ({"gru": FAR, "lstm": NEAR}, "agrees"),
        ({"gru": NEAR, "lstm": FAR}, "disagrees"),
        ({"gru": FAR, "lstm": FAR}, "undecided"),
    ],
)
@pytest.mark.parametrize(
    "about", [{"length": 50}, {"length": 50, "epoch": 2}, {"measure": "horizon"}]
)
def test_an_order_is_decided_by_intervals_that_lie_apart(verdict, ends, found, about):
    assert verdict(ends, order=[["gru"], ["lstm"]], **about)["verdict"] == found


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ({"bound": {"models": ["gru"], "at_least": 0.9}}, "agrees"),
        ({"bound": {"models": ["lstm"], "at_least": 0.9}}, "disagrees"),
        ({"bound": {"models": ["gru", "lstm"], "at_least": 0.9}}, "disagrees"),
        ({"bound": {"models": ["gru"], "at_least": 0.96}}, "undecided"),
        ({"bound": {"models": ["lstm"], "at_most": 0.2}}, "agrees"),
        ({"bound": {"models": ["gru"], "at_most": 0.2}}, "disagrees"),
        ({"bound": {"models": ["lstm"], "at_most": 0.2, "at_least": -0.5}}, "agrees"),
        ({"chance": ["lstm"]}, "undecided"),
        ({"chance": ["gru"]}, "disagrees"),
    ],
)
def test_a_bound_holds_of_the_whole_interval(verdict, kind, found):
    assert verdict({"gru": FAR, "lstm": NEAR}, length=50, **kind)["verdict"] == found


def test_chance_is_a_score_that_is_clearly_below_a_tenth(verdict):
    row = verdict({"lstm": {50: 0.02}}, length=50, chance=["lstm"])
    assert row["verdict"] == "agrees"
    assert row["test"] == (
        "median held-out R² at T = 50: Long Memory below 0.1, which is chance to a tenth, " + BUDGET
    )
    assert row["measured"] == "Long Memory: 0.035 [0.020, 0.050]"


@pytest.mark.parametrize(
    ("ends", "found"),
    [
        ({5: 0.9, 10: 0.8, 50: 0.1}, "agrees"),
        ({5: 0.1, 10: 0.1, 50: 0.9}, "disagrees"),
        ({5: 0.9, 10: 0.5, 50: 0.5}, "undecided"),
        ({5: 0.9, 10: 0.5}, "not tested"),
        ({20: 0.9, 50: 0.5}, "not tested"),
    ],
)
def test_a_fall_is_from_the_longest_length_within_to_the_longest_of_all(verdict, ends, found):
    row = verdict({"lstm": ends}, falls={"models": ["lstm"], "beyond": 12})
    assert row["verdict"] == found
    if found == "agrees":
        assert "Long Memory lower at T = 50 than at T = 10, after" in row["test"]
        assert "Long Memory at T = 10: 0.815 [" in row["measured"]


def test_models_that_the_study_lacks_are_left_out(verdict):
    order = [["tcn", "gru"], ["lstm", "rnn"]]
    row = verdict({"gru": FAR, "lstm": NEAR}, length=50, order=order)
    assert row["verdict"] == "agrees"
    assert "GRU above Long Memory" in row["test"]


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        ({"chance": ["rnn", "tcn"]}, "this study has no rnn and no tcn"),
        ({"chance": ["lstm"], "length": 20}, "this study has no T = 20"),
        ({"chance": ["lstm"], "epoch": 3}, "this study has no losses of epoch 3"),
        ({"chance": ["lstm"], "task": "copy_memory"}, "this study's task is first_element"),
        (
            {"bound": {"models": ["lstm"], "at_least": 0.5}, "measure": "accuracy"},
            "this study's answers are numbers, which have no accuracy",
        ),
    ],
)
def test_what_the_study_lacks_is_not_tested_and_it_says_why(verdict, claim, why):
    row = verdict({"gru": FAR, "lstm": NEAR}, **{"length": 50, **claim})
    assert (row["verdict"], row["measured"], row["test"]) == ("not tested", why, "")


def test_a_model_with_fewer_lengths_is_not_tested_at_others(verdict):
    ends = {"gru": {5: 0.99, 50: 0.5}, "lstm": {5: 0.99, 50: 0.5, 200: 0.1}}
    row = verdict(ends, length=200, order=[["gru"], ["lstm"]])
    assert row["verdict"] == "not tested"
    assert row["measured"].endswith("is not trained at T = 200")
    row = verdict(ends, falls={"models": ["gru", "lstm"], "beyond": 10})
    assert row["verdict"] == "agrees"
    assert "lower at T = 50 than at T = 5" in row["test"]
    row = verdict(ends, falls={"models": ["gru", "lstm"], "beyond": 50})
    assert row["measured"] == "no lengths of GRU and Long Memory lie on both sides of T = 50"


def test_a_task_may_be_written_with_either_dash(verdict):
    claim = {"length": 50, "chance": ["gru"], "task": "first-element"}
    assert verdict({"gru": FAR}, **claim)["verdict"] == "disagrees"


def test_one_replicate_decides_nothing(losses_table, tables_of):
    tables = tables_of(losses_table({("lstm", 5, 0): [(0, 1.0, 1.0), (4, 0.1, 0.1)]}))
    claims = [
        Claim(**SOURCE, length=5, bound={"models": ["lstm"], "at_least": end}) for end in (0, 1)
    ]
    assert set(judge(claims, tables, LOOK)["verdict"]) == {"undecided"}


def test_a_difference_that_the_shown_digits_hide_is_not_claimed(data):
    tables = data({"gru": {5: 0.50004}, "lstm": {5: 0.5}}, scatter=0)
    claim = Claim(**SOURCE, length=5, order=[["gru"], ["lstm"]])
    row = judge([claim], tables, LOOK).iloc[0]
    assert row["verdict"] == "undecided"
    assert row["measured"] == "GRU: 0.500 [0.500, 0.500]; Long Memory: 0.500 [0.500, 0.500]"


def test_verdicts_are_counted():
    table = pd.DataFrame({"verdict": np.repeat(["agrees", "disagrees", "not tested"], [2, 1, 1])})
    assert counted(table) == "2 agree, 1 disagrees, 1 is not tested"


def test_no_claims_make_an_empty_table(data):
    table = judge([], data({"lstm": NEAR}), LOOK)
    assert (len(table), counted(table)) == (0, "")
