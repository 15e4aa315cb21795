import numpy as np
import pandas as pd
import pytest

from recall_horizon.presentation.intervals import (
    bracket,
    horizon_text,
    lengths_text,
    listed,
    with_interval,
    with_replicates,
)


@pytest.mark.parametrize(
    ("passes", "fails", "text"), [(10, 20, "10–20"), (0, 5, "< 5"), (100, np.inf, "≥ 100")]
)
def test_a_horizon_is_a_bracket_of_tested_lengths(passes, fails, text):
    assert bracket(passes, fails) == text


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        ((20, 50, 10, 50), "20–50 [10, 50)"),
        ((20, 50, 0, np.inf), "20–50 [0, ∞)"),
        ((10, 20, 10, 20), "10–20 [10, 20)"),
        ((100, np.inf, 50, np.inf), "≥ 100 [50, ∞)"),
        ((100, np.inf, 100, np.inf), "≥ 100"),
        ((0, 5, 0, 50), "< 5 [0, 50)"),
        ((0, 5, 0, 5), "< 5"),
        ((10, 20, np.nan, np.nan), "10–20"),
    ],
)
def test_a_horizon_stands_alone_only_where_its_interval_says_no_more(ends, text):
    columns = ("passes", "fails", "low", "high")
    assert horizon_text(dict(zip(columns, map(float, ends), strict=True))) == text


def test_a_value_has_its_interval_and_one_replicate_has_none():
    assert with_interval({"x": 0.5, "x_low": -1.0, "x_high": 12}, "x") == "0.500 [−1.00, 12.0]"
    assert with_interval({"x": 0.5, "x_low": np.nan, "x_high": np.nan}, "x") == "0.500"


@pytest.mark.parametrize(
    ("lengths", "text"),
    [
        ([5], "T = 5"),
        ([5, 20], "T = 5 and 20"),
        ([5, 10], "T = 5 and 10"),
        ([5, 10, 20], "T = 5 to 20"),
        ([5, 20, 50, 100], "T = 5 and 20 to 100"),
        ([100, 50, 20, 10, 5], "every length tested"),
    ],
)
def test_neighbouring_lengths_are_given_by_the_first_and_the_last(lengths, text):
    assert lengths_text(lengths, [5, 10, 20, 50, 100]) == text


def test_the_only_length_tested_is_named():
    assert lengths_text([5], [5]) == "T = 5"


@pytest.mark.parametrize(
    ("texts", "text"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C"], "A, B and C"),
        (["A, b", "B", "C"], "A, b; B; and C"),
    ],
)
def test_texts_with_commas_are_told_apart_in_a_list(texts, text):
    assert listed(texts) == text


@pytest.mark.parametrize(
    ("numbers", "labels"),
    [
        ({"a": 5, "b": 5}, ["A", "B"]),
        ({"a": 5, "b": 5, "c": 3}, ["A", "B", "C (3 replicates)"]),
        ({"a": 20, "b": 5, "c": 5}, ["A (20 replicates)", "B", "C"]),
        ({"a": 20, "b": 1}, ["A (20 replicates)", "B (1 replicate)"]),
    ],
)
def test_a_model_is_labelled_with_its_replicates_if_most_have_another_number(numbers, labels):
    summary = pd.DataFrame({"model": list(numbers), "replicates": list(numbers.values())})
    assert [with_replicates(m.upper(), summary, m) for m in numbers] == labels
