import numpy as np
import pytest

from recall_horizon.data.tasks.first_element import first_element


@pytest.mark.parametrize("length", [1, 2, 7])
def test_the_target_is_the_first_element(length):
    x, y = first_element(np.random.default_rng(0), 50, length)
    np.testing.assert_array_equal(y[:, 0], x[:, 0, 0])


def test_the_elements_are_independent_and_standard_normal():
    x, _ = first_element(np.random.default_rng(0), 40_000, 4)
    flat = x[:, :, 0].astype(np.float64)
    np.testing.assert_allclose(flat.mean(axis=0), 0, atol=0.03)
    np.testing.assert_allclose(np.cov(flat.T), np.eye(4), atol=0.03)
    np.testing.assert_allclose((flat**4).mean(), 3, atol=0.1)


def test_changing_a_sequence_does_not_change_its_target():
    x, y = first_element(np.random.default_rng(0), 3, 2)
    before = y.copy()
    x[:] = 0
    np.testing.assert_array_equal(y, before)


def test_shuffled_targets_are_the_same_numbers_in_another_order():
    x, y = first_element(np.random.default_rng(0), 2000, 3, shuffled=True)
    np.testing.assert_array_equal(np.sort(y, axis=0), np.sort(x[:, 0], axis=0))
    assert abs(np.corrcoef(y[:, 0], x[:, 0, 0])[0, 1]) < 0.1
    assert x.tobytes() == first_element(np.random.default_rng(0), 2000, 3)[0].tobytes()
