"""Verdicts on claims, on tables made by hand."""

import numpy as np
import pandas as pd
import pytest

from recall_horizon.analysis.budgets import budgets
from recall_horizon.analysis.claims import COLUMNS, judge
from recall_horizon.analysis.summary import summarise
from recall_horizon.config.claims import Claim
from recall_horizon.storage import tables

ABOUT = [-0.03, -0.02, -0.01, 0.01, 0.02, 0.03]
SPENT = {"lengths": 1, "steps": 2, "sequences": 10, "elements": 90}


@pytest.fixture
def study(losses_table):
    """The tables of {model: {length: the scores of its replicates}}, half as high after epoch 4 as
    after epoch 8; a score of None is a replicate that diverged."""

    def made(models, **columns):
        losses = losses_table(
            {
                (model, length, r): [(0, 1, 1), (3, 1, 1, "diverged")]
                if score is None
                else [(0, 1, 1), (4, 1 - score / 2, 1 - score / 2), (8, 1 - score, 1 - score)]
                for model, lengths in models.items()
                for length, scores in lengths.items()
                for r, score in enumerate(scores)
            }
        ).assign(**columns)
        spent = dict.fromkeys(models, SPENT)
        return {
            "summary": summarise(losses, 0.95, 0.9),
            "budgets": budgets(losses, [0.9, 0.5], 0.95, spent)[0],
        }

    return made


def claim(**about):
    return Claim.model_validate({"source": "Somebody", "says": "It is so.", **about})


@pytest.fixture
def rates(three):
    """The same study, which has tried learning rates: a wide window, a narrow one, and none."""
    ends = {"low": 3, "high": 5}, {"low": 1, "high": 2}, {"low": 0, "high": 4}
    rows = [
        {"model": model, "length": length, "coverage": 0.97}
        | {f"solving_median_{end}": value for end, value in of_model.items()}
        | {"solving_median": of_model["high"], "highest_median": fall * of_model["high"]}
        | {f"highest_median_{end}": fall * value for end, value in of_model.items()}
        for model, of_model in zip(("good", "bad", "wide"), ends, strict=True)
        for length, fall in ((5, 1.0), (10, 0.4))
    ]
    return {**three, "windows": pd.DataFrame(rows)}


def rows_of(tables_, **about):
    """The rows of one claim."""
    return judge([claim(**about)], tables_, 0.95)


def verdict(tables_, **about):
    """Its verdict, which is the same in all its rows."""
    (said,) = set(rows_of(tables_, **about)["verdict"])
    return said


def around(score, n=6):
    return [score + by for by in ABOUT[:n]]


@pytest.fixture
def three(study):
    """A model that is good, one that is bad and one that is in between, with wide intervals."""
    wide = [0.1, 0.2, 0.5, 0.6, 0.9, 0.95]
    scores = {"good": around(0.9), "bad": around(0.1), "wide": wide}
    return study({model: {5: each, 10: each} for model, each in scores.items()})


@pytest.mark.parametrize(
    ("above", "below", "says"),
    [
        (["good"], ["bad"], "agrees"),
        (["bad"], ["good"], "disagrees"),
        (["good"], ["wide"], "undecided"),
        (["good"], ["bad", "wide"], "undecided"),
        (["bad"], ["good", "wide"], "disagrees"),  # the opposite of one is enough
        (["wide", "good"], ["bad"], "undecided"),
    ],
)
def test_an_order_holds_for_each_pair(three, above, below, says):
    assert verdict(three, order=[above, below], length=5) == says


def test_an_order_has_a_row_for_each_model_with_its_numbers_and_the_budget(three):
    table = rows_of(three, order=[["good"], ["bad", "wide"]], length=5, seen=False)
    assert table.columns.tolist() == COLUMNS
    assert table["model"].tolist() == ["good", "bad", "wide"]
    assert table["role"].tolist() == ["above", "below", "below"]
    good = table.iloc[0]
    assert good[["measured", "low", "high"]].to_list() == pytest.approx([0.9, 0.87, 0.93])
    assert good[["claim", "kind", "measure", "length"]].to_list() == [1, "order", "score", 5]
    assert (good["epoch"], good["steps"], good["coverage"]) == (8, 16, 1 - 2 / 64)
    assert (good["source"], good["says"], good["seen"]) == ("Somebody", "It is so.", False)
    assert table[["threshold", "fails", "at_least", "at_most"]].isna().all(axis=None)
    assert set(table["why"]) == {""}


def test_windows_of_learning_rates_are_compared_by_how_many_rates_solve(rates):
    wider = {"measure": "rates", "length": 5}
    assert verdict(rates, order=[["good"], ["bad"]], **wider) == "agrees"
    assert verdict(rates, order=[["bad"], ["good"]], **wider) == "disagrees"
    assert verdict(rates, order=[["good"], ["bad", "wide"]], **wider) == "undecided"
    assert verdict(rates, bound={"models": ["good"], "at_least": 3}, **wider) == "agrees"
    (good, _) = rows_of(rates, order=[["good"], ["bad"]], **wider).to_dict("records")
    assert (good["measured"], good["low"], good["high"], good["coverage"]) == (5, 3, 5, 0.97)


def test_the_highest_rate_falls_with_the_length_where_its_intervals_are_apart(rates):
    falls = {"measure": "highest_rate", "falls": {"models": ["good"], "beyond": 5}}
    assert verdict(rates, **falls) == "agrees"
    falls["falls"] = {"models": ["good", "bad"], "beyond": 5}
    assert verdict(rates, **falls) == "agrees"
    falls["falls"] = {"models": ["wide"], "beyond": 5}
    assert verdict(rates, **falls) == "undecided"


def test_learning_rates_are_not_tested_without_a_search(three, rates):
    about = {"measure": "rates", "length": 5, "order": [["good"], ["bad"]]}
    assert set(rows_of(three, **about)["why"]) == {"rates"}
    kept = rates["windows"].drop(columns="solving_median")
    assert set(rows_of({**three, "windows": kept}, **about)["why"]) == {"rates"}
    assert set(rows_of(rates, **{**about, "length": 7})["why"]) == {"length"}


@pytest.mark.parametrize(
    ("bound", "says"),
    [
        ({"at_least": 0.8}, "agrees"),
        ({"at_least": 0.87 - 1e-9}, "agrees"),
        ({"at_least": 0.9}, "undecided"),
        ({"at_least": 0.94}, "disagrees"),
        ({"at_most": 0.94}, "agrees"),
        ({"at_most": 0.9}, "undecided"),
        ({"at_most": 0.8}, "disagrees"),
        ({"at_least": 0.8, "at_most": 1}, "agrees"),
        ({"at_least": 0.8, "at_most": 0.9}, "undecided"),
        ({"at_least": 0, "at_most": 0.5}, "disagrees"),
    ],
)
def test_a_bound_holds_where_the_whole_interval_keeps_it(three, bound, says):
    assert verdict(three, bound={"models": ["good"], **bound}, length=5) == says


def test_a_bound_holds_for_each_model_and_stands_in_its_row(three):
    bound = {"models": ["good", "bad"], "at_least": 0.5}
    table = rows_of(three, bound=bound, length=5)
    assert table["verdict"].tolist() == ["disagrees"] * 2
    assert table["at_least"].tolist() == [0.5] * 2
    assert table["at_most"].isna().all()
    assert table["role"].tolist() == ["", ""]


@pytest.mark.parametrize(
    ("score", "says"),
    [
        (0.0, "agrees"),
        (-0.06, "agrees"),
        (0.06, "agrees"),
        (0.08, "undecided"),
        (-0.08, "undecided"),
        (0.14, "disagrees"),
        (-0.28, "disagrees"),  # it memorised, which is no plateau
        (0.9, "disagrees"),
    ],
)
def test_chance_is_an_interval_within_a_tenth_of_0(study, score, says):
    tables_ = study({"net": {5: around(score)}})
    assert verdict(tables_, chance=["net"], length=5) == says
    row = rows_of(tables_, chance=["net"], length=5).iloc[0]
    assert (row["at_least"], row["at_most"]) == (-0.1, 0.1)


def test_a_model_that_diverged_is_not_at_chance(study):
    tables_ = study({"net": {5: [None] * 6}, "other": {5: around(0.0)}})
    assert verdict(tables_, chance=["net"], length=5) == "disagrees"
    assert verdict(tables_, order=[["other"], ["net"]], length=5) == "agrees"


@pytest.mark.parametrize(
    ("ends", "says"),
    [
        ({5: 0.9, 10: 0.5, 50: 0.1}, "agrees"),
        ({5: 0.9, 10: 0.1, 50: 0.1}, "undecided"),  # from 10 on
        ({5: 0.9, 10: 0.1, 50: 0.9}, "disagrees"),
    ],
)
def test_a_fall_is_from_the_longest_length_up_to_one_to_the_longest_of_all(study, ends, says):
    tables_ = study({"net": {t: around(score) for t, score in ends.items()}})
    table = rows_of(tables_, falls={"models": ["net"], "beyond": 20})
    assert set(table["verdict"]) == {says}
    assert table["role"].tolist() == ["near", "far"]
    assert table["length"].tolist() == [10, 50]


def test_a_fall_is_between_lengths_that_all_its_models_have(study):
    falling = {t: around(score) for t, score in ((5, 0.9), (10, 0.5), (50, 0.1))}
    tables_ = study({"net": falling, "short": {t: falling[t] for t in (5, 10)}})
    table = rows_of(tables_, falls={"models": ["net", "short"], "beyond": 5})
    assert table["model"].tolist() == ["net", "short"] * 2
    assert table["length"].tolist() == [5, 5, 10, 10]
    assert set(table["verdict"]) == {"agrees"}


@pytest.fixture
def horizons(study):
    """Models whose horizons at 0.9 are the longest tested, 5, and nearly 20."""
    high, low = around(0.96), around(0.1)
    mixed = [0.95] * 5 + [0.2]
    return study(
        {
            "long": {5: high, 20: high, 50: high},
            "short": {5: high, 20: low, 50: low},
            "middle": {5: high, 20: mixed, 50: low},
        }
    )


@pytest.mark.parametrize(
    ("above", "below", "says"),
    [
        (["long"], ["short"], "agrees"),
        (["long"], ["short", "middle"], "agrees"),
        (["short"], ["long"], "disagrees"),
        (["middle"], ["short"], "undecided"),
        (["long", "middle"], ["short"], "undecided"),
    ],
)
def test_horizons_are_compared_as_brackets_of_tested_lengths(horizons, above, below, says):
    """`long` passes at 50, where `middle` clearly fails; at 20 it is not clear."""
    assert verdict(horizons, order=[above, below], measure="horizon") == says


def test_a_horizon_has_both_ends_of_its_bracket_and_its_interval(horizons):
    table = rows_of(horizons, order=[["long"], ["middle"]], measure="horizon").set_index("model")
    ends = ["measured", "fails", "low", "high", "threshold", "epoch", "steps"]
    assert table.loc["long", ends].to_list() == [50, np.inf, 50, np.inf, 0.9, 8, 16]
    assert table.loc["middle", ends].to_list() == [20, 50, 5, 50, 0.9, 8, 16]
    assert table["length"].isna().all()


@pytest.mark.parametrize("replicates", [1, 3, 4])
def test_intervals_that_cover_too_little_decide_nothing(study, replicates):
    """Though the numbers could not be further apart."""
    tables_ = study(
        {
            "good": {5: [1.0] * replicates, 50: [1.0] * replicates},
            "bad": {5: [0.0] * replicates, 50: [-9.0] * replicates},
        }
    )
    for about in (
        {"order": [["good"], ["bad"]], "length": 5},
        {"order": [["good"], ["bad"]], "measure": "horizon"},
        {"bound": {"models": ["good"], "at_least": 0.5}, "length": 5},
        {"chance": ["bad"], "length": 5},
        {"falls": {"models": ["bad"], "beyond": 5}},
    ):
        assert verdict(tables_, **about) == "undecided"


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"order": [["good"], ["bad", "absent"]], "length": 5}, "model"),
        ({"chance": ["absent"], "length": 5}, "model"),
        ({"chance": ["bad"], "length": 7}, "length"),
        ({"chance": ["bad"], "length": 5, "task": "copy_memory"}, "task"),
        ({"chance": ["bad"], "length": 5, "epoch": 5}, "epoch"),
        ({"order": [["good"], ["bad"]], "measure": "horizon", "epoch": 5}, "epoch"),
        ({"order": [["good"], ["bad"]], "measure": "accuracy", "length": 5}, "accuracy"),
        ({"falls": {"models": ["bad"], "beyond": 10}}, "lengths"),
        ({"falls": {"models": ["bad"], "beyond": 4}}, "lengths"),
    ],
)
def test_what_the_study_lacks_makes_the_whole_claim_not_tested(three, about, why):
    """Although the rest of it could be judged."""
    table = rows_of(three, **about)
    assert len(table) == 1
    assert table[["verdict", "why"]].iloc[0].to_list() == ["not tested", why]
    assert table[["measured", "low", "high", "epoch", "steps"]].isna().all(axis=None)
    assert set(table["model"].iloc[0].split()) <= {"good", "bad", "absent"}
    assert table["role"].tolist() == [""]


def test_a_claim_is_judged_after_its_epoch(three):
    """The same models have half of their scores after epoch 4, and none before training."""
    bound = {"models": ["good"], "at_least": 0.8}
    said = {e: verdict(three, bound=bound, length=5, epoch=e) for e in (0, 4, 8, None)}
    assert said == {0: "disagrees", 4: "disagrees", 8: "agrees", None: "agrees"}
    row = rows_of(three, bound=bound, length=5, epoch=4).iloc[0]
    assert (row["epoch"], row["steps"]) == (4, 8)


def test_accuracies_are_compared_where_there_are_any(study):
    models = {"good": {5: around(0.9)}, "bad": {5: around(0.1)}}
    tables_ = study(models, accuracy=0.125)
    bound = {"models": ["good"], "at_most": 0.2}
    row = rows_of(tables_, bound=bound, measure="accuracy", length=5).iloc[0]
    assert (row["measured"], row["verdict"]) == (0.125, "agrees")


def test_claims_are_numbered_and_read_back_as_they_were(three, tmp_path):
    claims = [
        claim(order=[["good"], ["bad"]], length=5, task="first-element"),
        claim(chance=["absent"], length=5),
        claim(bound={"models": ["bad"], "at_most": 0.2}, length=10),
    ]
    table = judge(claims, three, 0.95)
    assert table["claim"].tolist() == [1, 1, 2, 3]
    assert table["verdict"].tolist() == ["agrees", "agrees", "not tested", "agrees"]
    path = tmp_path / "claims.csv"
    tables.write(path, table)
    read = tables.read(path)
    assert read["verdict"].tolist() == table["verdict"].tolist()
    assert read["at_most"].isna().tolist() == [True, True, True, False]
    assert read["why"].fillna("").tolist() == ["", "", "model", ""]


def test_without_claims_there_is_a_table_without_rows(three):
    table = judge([], three, 0.95)
    assert table.empty
    assert table.columns.tolist() == COLUMNS


def test_an_order_of_horizons_needs_more_where_networks_are_tested_at_every_length(study):
    """Seven comparisons of five replicates each: enough for lengths with a network each."""
    poor = {f"poor{i}": {5: around(0.1, 5), 10: around(0.1, 5)} for i in range(7)}
    made = study({"good": {5: [0.99] * 5, 10: [0.99] * 5}, **poor})
    order = [claim(order=[["good"], [*poor]], measure="horizon")]
    said = [set(judge(order, made, 0.95, shared)["verdict"]) for shared in ((), ["good"])]
    assert said == [{"agrees"}, {"undecided"}]


@pytest.fixture
def beyond(study):
    """Networks on several lengths, tested at 200 as well; the table has a network on one, too."""
    made = study({"good": {5: around(0.95)}, "poor": {5: around(0.95)}, "alone": {5: around(0.9)}})
    cells = [("good", "mixed", 0.8), ("poor", "growing", 0.1), ("alone", "5", 0.7)]
    made["transfer_summary"] = pd.DataFrame(
        {
            **{"model": model, "trained_on": on, "tested_at": 200, "replicates": 6, "unread": 0},
            **{"score": at, "score_low": at - 0.05, "score_high": at + 0.05, "coverage": 0.96},
        }
        for model, on, at in cells
    )
    return made


def test_a_score_beyond_the_lengths_trained_on_is_that_of_the_tests_there(beyond):
    (row, _) = rows_of(beyond, order=[["good"], ["poor"]], length=200).to_dict("records")
    assert (row["length"], row["measured"], row["low"]) == (200, 0.8, 0.75)
    assert row["verdict"] == "agrees"
    assert verdict(beyond, order=[["poor"], ["good"]], length=200) == "disagrees"
    assert verdict(beyond, bound={"models": ["poor"], "at_least": 0.1}, length=200) == "undecided"


def test_an_accuracy_beyond_them_is_judged_where_the_tests_have_it(beyond):
    beyond["summary"]["accuracy_median"] = 0.9
    bound = {"models": ["good"], "at_least": 0.96}
    for end, value in (("", 0.98), ("_low", 0.97), ("_high", 0.99)):
        beyond["transfer_summary"][f"accuracy{end}"] = value
    (row,) = rows_of(beyond, bound=bound, length=200, measure="accuracy").to_dict("records")
    assert (row["measured"], row["low"], row["verdict"]) == (0.98, 0.97, "agrees")


@pytest.mark.parametrize(
    "about",
    [
        {"chance": ["alone"], "length": 200},  # trained on one length
        {"chance": ["good"], "length": 500},
        {"chance": ["good"], "length": 200, "epoch": 4},  # only what has trained is tested
        {"bound": {"models": ["good"], "at_least": 0.5}, "length": 200, "measure": "accuracy"},
    ],
)
def test_what_was_not_tested_beyond_is_not_judged(beyond, about):
    beyond["summary"]["accuracy_median"] = 0.9
    (row,) = rows_of(beyond, **about).to_dict("records")
    assert (row["verdict"], row["why"]) == ("not tested", "length")
