import numpy as np
import pytest

from recall_horizon.contract import View
from recall_horizon.data.tasks.first_element import FirstElement


def draw(number, length):
    return FirstElement(length).draw(np.random.default_rng(0), number)


@pytest.mark.parametrize("length", [1, 2, 7])
def test_the_target_is_the_first_element(length):
    x, y = draw(50, length)
    assert (x.shape, y.shape) == ((50, length, 1), (50, 1))
    np.testing.assert_array_equal(y[:, 0], x[:, 0, 0])


def test_the_elements_are_independent_and_standard_normal():
    x, _ = draw(40_000, 4)
    flat = x[:, :, 0].astype(np.float64)
    np.testing.assert_allclose(flat.mean(axis=0), 0, atol=0.03)
    np.testing.assert_allclose(np.cov(flat.T), np.eye(4), atol=0.03)
    np.testing.assert_allclose((flat**4).mean(), 3, atol=0.1)


def test_changing_a_sequence_does_not_change_its_target():
    x, y = draw(3, 2)
    before = y.copy()
    x[:] = 0
    np.testing.assert_array_equal(y, before)


@pytest.mark.parametrize(("order", "alike"), [("none", 5), ("last", 4)])
def test_the_mean_of_elements_that_look_alike_is_the_best_prediction(order, alike):
    x, y = draw(100_000, 5)
    mean = x[:, :alike].mean(axis=1)
    r2 = 1 - ((y - mean) ** 2).mean() / y.var()
    assert FirstElement(5).ceiling(View(order=order)) == pytest.approx(r2, abs=0.01)
