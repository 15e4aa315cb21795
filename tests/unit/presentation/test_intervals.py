import numpy as np
import pandas as pd
import pytest

from recall_horizon.presentation.intervals import reach_of, side, with_replicates


def horizon(low, high, low_censoring="none", high_censoring="none"):
    columns = {"low": low, "high": high}
    columns |= {"low_censoring": low_censoring, "high_censoring": high_censoring}
    return pd.Series(columns, dtype=object)


BEYOND_100 = horizon(100, 100, "above", "above")  # of a model whose lengths end at 100


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (horizon(20, 30), horizon(5, 12), 1),
        (horizon(20, 30), horizon(30, 40), 0),
        (BEYOND_100, horizon(10, 30), 1),
        (BEYOND_100, horizon(120, 180), 0),  # it may be longer than that
        (BEYOND_100, horizon(200, 200, "above", "above"), 0),
        (horizon(5, 5, "below", "below"), horizon(5, 12), -1),
        (horizon(np.nan, np.nan), horizon(5, 12), 0),
    ],
)
def test_a_longer_horizon_is_one_whose_whole_interval_is_longer(one, other, found):
    assert side(reach_of(one), reach_of(other)) == found
    assert side(reach_of(other), reach_of(one)) == -found


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
