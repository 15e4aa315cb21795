"""The window of learning rates, on selections made by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from recall_horizon.analysis.tables import of_selection
from recall_horizon.analysis.windows import windows

RATES = (0.001, 0.003, 0.01, 0.03)


def searched(scores, rates=RATES, model="net", **settings):
    """The selection of {length: the score of each rate}; the first rate is chosen."""
    return pd.DataFrame(
        [
            {"model": model, "length": length, "learning_rate": rate, **settings}
            | {"score": score, "chosen": rate == rates[0]}
            for length, of_rates in scores.items()
            for rate, score in zip(rates, of_rates, strict=True)
        ]
    )


def measured(selection, curriculum="none", solved_score=0.9):
    models = pd.DataFrame({"model": selection["model"].unique(), "curriculum": curriculum})
    return windows(selection, models, solved_score, 0.95)


def only(scores, **about):
    """The one window of a model at one length, as a dict."""
    (row,) = measured(searched({5: scores}), **about).to_dict("records")
    return row


@pytest.mark.parametrize(
    ("scores", "ends", "solve", "gaps", "open_"),
    [
        ([0.1, 0.95, 0.9, 0.2], (0.003, 0.01), 2, 0, ""),  # at least the solved score
        ([0.1, 0.95, 0.2, 0.2], (0.003, 0.003), 1, 0, ""),
        ([0.95, 0.95, 0.2, 0.2], (0.001, 0.003), 2, 0, "below"),
        ([0.1, 0.1, 0.2, 0.95], (0.03, 0.03), 1, 0, "above"),
        ([1.0] * 4, (0.001, 0.03), 4, 0, "both"),
        ([1.0, 0.89, -np.inf, 1.0], (0.001, 0.03), 2, 2, "both"),
        ([1.0, 0.5, 1.0, 0.0], (0.001, 0.01), 2, 1, "below"),
    ],
)
def test_a_window_is_from_the_lowest_to_the_highest_rate_that_solves(
    scores, ends, solve, gaps, open_
):
    row = only(scores)
    assert (row["low"], row["high"]) == ends
    assert (row["rates"], row["solve"], row["gaps"], row["open"]) == (4, solve, gaps, open_)
    assert row["decades"] == pytest.approx(math.log10(ends[1] / ends[0]))
    solving = [rate for rate, score in zip(RATES, scores, strict=True) if score >= 0.9]
    assert [float(rate) for rate in row["solves"].split()] == solving


def test_where_no_rate_solves_there_are_no_ends_and_no_width():
    row = only([0.1, 0.2, -np.inf, 0.0])
    assert np.isnan([row["low"], row["high"], row["decades"]]).all()
    assert (row["solve"], row["solves"], row["gaps"], row["open"]) == (0, "", 0, "")
    assert row["chosen"] == 0.001


def test_the_studys_own_score_decides():
    assert only([0.6] * 4, solved_score=0.5)["solve"] == 4


def test_a_rate_solves_where_any_other_settings_with_it_do():
    small = searched({5: [0.1, 0.95, 0.2, 0.2]}, batch_size=40)
    large = searched({5: [0.1, 0.1, 0.95, 0.2]}, batch_size=200).assign(chosen=False)
    (row,) = measured(pd.concat([small, large])).to_dict("records")
    assert (row["low"], row["high"], row["rates"], row["solve"]) == (0.003, 0.01, 4, 2)


def test_what_a_window_is_of_is_its_length_or_the_curriculum():
    assert only([1.0] * 4)["trained_on"] == "5"
    assert only([1.0] * 4, curriculum="mixed")["trained_on"] == "mixed"


def test_of_single_replicates_the_number_of_rates_that_solve_and_the_highest_are_medians():
    searches = searched({5: [0.9] * 4})
    solved = ["0.9 1.0 0.95 0.1 0.9 -inf", "1.0 1.0 0.9 0.9 0.9 0.2"]  # at 0.001 and at 0.003
    solved += ["0.1 0.9 0.2 0.2 0.9 -inf", "0.0 0.0 0.0 0.0 0.9 -inf"]
    (row,) = measured(searches.assign(each=solved)).to_dict("records")
    # they solve at 2, 3, 2, 1, 4 and 0 rates
    assert [row[f"solving_median{end}"] for end in ("", "_low", "_high")] == [2, 0, 4]
    highest = [row[f"highest_median{end}"] for end in ("", "_low", "_high")]
    assert highest == [0.003, 0, 0.03]
    assert (row["replicates"], row["coverage"]) == (6, 1 - 2 / 64)


def test_a_replicate_solves_at_a_rate_with_any_other_settings():
    small = searched({5: [0.1] * 4}, batch_size=40).assign(each=["1.0 0.0", *["0.0 0.0"] * 3])
    large = searched({5: [0.1] * 4}, batch_size=200).assign(each=["0.0 0.0", *["0.0 1.0"] * 3])
    (row,) = measured(pd.concat([small, large.assign(chosen=False)])).to_dict("records")
    assert row["solving_median"] == (1 + 3) / 2


def test_where_scores_of_replicates_were_not_kept_nothing_is_said_of_them():
    assert "solving_median" not in measured(searched({5: [1.0] * 4}))


def up_to(*highest):
    """The scores of a model that solves at every rate up to these, at lengths 5, 10, 20, …"""
    scores = {}
    for place, high in enumerate(highest):
        scores[5 * 2**place] = [0.95 if rate <= high else 0.1 for rate in RATES]
    return searched(scores)


def test_the_exponent_of_a_rate_that_falls_as_a_power_of_the_length_is_that_power():
    rates = [0.0025, 0.005, 0.01, 0.02, 0.04]
    scores = {t: [0.95 if rate <= 0.1 / t else 0.1 for rate in rates] for t in (5, 10, 20, 40)}
    found = measured(searched(scores, rates))
    assert set(found["bounded"]) == {4}
    assert found["exponent"].to_numpy() == pytest.approx(-1)


@pytest.mark.parametrize(
    ("highest", "bounded"),
    [
        ((0.03, 0.01, 0.003), 2),  # the first may be higher
        ((0.01, 0.003, 0), 2),  # of the last nothing is known
        ((0.01, 0.01, 0.01), 3),  # one end of the grid: the true ends may fall
        ((0.01, 0.01, 0.003), 3),
    ],
)
def test_too_few_bounded_ends_have_no_exponent(highest, bounded):
    found = measured(up_to(*highest))
    assert set(found["bounded"]) == {bounded}
    assert found["exponent"].isna().all()


def test_a_network_of_all_lengths_has_no_exponent():
    found = measured(up_to(0.01, 0.003, 0.001), curriculum="mixed")
    assert set(found["bounded"]) == {0}
    assert found["exponent"].isna().all()


def test_models_are_measured_apart():
    both = pd.concat([searched({5: [1.0] * 4}), searched({5: [0.0] * 4}, model="other")])
    assert measured(both).set_index("model")["solve"].to_dict() == {"net": 4, "other": 0}


def test_there_are_windows_only_of_several_rates():
    models = pd.DataFrame({"model": ["net"], "curriculum": ["none"]})
    assert of_selection(None, models, 0.9, 0.95) == {}
    one = searched({5: [1.0]}, rates=RATES[:1])
    assert of_selection(one, models, 0.9, 0.95) == {}
    of_another_key = one.rename(columns={"learning_rate": "batch_size"})
    assert of_selection(of_another_key, models, 0.9, 0.95) == {}
    assert list(of_selection(searched({5: [1.0] * 4}), models, 0.9, 0.95)) == ["windows"]
