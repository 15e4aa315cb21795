import numpy as np
import pytest

from recall_horizon.contract import View
from recall_horizon.data.tasks.adding import Adding

from .test_delayed_recall import r2_of_regression


def draw(number, length):
    return Adding(length).draw(np.random.default_rng(0), number)


@pytest.mark.parametrize("length", [2, 3, 8, 9])
def test_the_target_is_the_sum_of_the_two_marked_numbers(length):
    x, y = draw(500, length)
    numbers, marks = x[..., 0], x[..., 1]
    assert ((numbers >= 0) & (numbers < 1)).all()
    np.testing.assert_array_equal(np.sort(marks, axis=1)[:, -3:].sum(axis=1), 2)
    np.testing.assert_allclose((numbers * marks).sum(axis=1), y[:, 0], rtol=1e-6)


def test_one_element_of_each_half_is_marked_and_each_as_often():
    x, _ = draw(20_000, 5)
    marks = x[..., 1]
    np.testing.assert_array_equal(marks[:, :2].sum(axis=1), 1)
    np.testing.assert_allclose(marks.mean(axis=0), [1 / 2, 1 / 2, 1 / 3, 1 / 3, 1 / 3], atol=0.02)


def test_what_is_not_marked_tells_nothing():
    x, y = draw(20_000, 4)
    others = (x[..., 0] * (1 - x[..., 1])).sum(axis=1)
    assert abs(np.corrcoef(others, y[:, 0])[0, 1]) < 0.03


@pytest.mark.parametrize("last", [1, 3, 4, 6, 7])
def test_a_windows_ceiling_is_that_of_adding_what_it_sees(last):
    """The best prediction takes 1/2 for a marked number that is not in the window."""
    x, y = draw(200_000, 7)
    seen, marks = x[:, 7 - last :, 0], x[:, 7 - last :, 1]
    best = (seen * marks).sum(axis=1) + (2 - marks.sum(axis=1)) / 2
    r2 = 1 - ((y[:, 0] - best) ** 2).mean() / y.var()
    assert Adding(7).ceiling(View(last=last)) == pytest.approx(r2, abs=0.01)


def test_a_sequence_needs_two_halves():
    with pytest.raises(ValueError, match="two halves"):
        Adding(1)


@pytest.mark.parametrize("length", [2, 7])
@pytest.mark.parametrize("last", [1, 4, 9])
def test_a_linear_functions_ceiling_is_that_of_a_regression(length, last):
    x, y = draw(200_000, length)
    seen = np.column_stack([x[:, -last:].reshape(len(x), -1), np.ones(len(x))])
    linear = View(last=last, time_invariant=True)
    assert Adding(length).ceiling(linear) == pytest.approx(r2_of_regression(seen, y), abs=0.01)
