import numpy as np
import pytest

from recall_horizon.contract import View
from recall_horizon.data.tasks.copy_memory import BLANK, DELIMITER, CopyMemory


def draw(number, length):
    x, y = CopyMemory(length).draw(np.random.default_rng(0), number)
    np.testing.assert_array_equal(x.sum(axis=2), 1)  # one class each
    return x.argmax(axis=2), y


@pytest.mark.parametrize("length", [1, 2, 30])
def test_ten_symbols_come_before_the_pause_and_are_to_be_answered_after_it(length):
    classes, y = draw(200, length)
    np.testing.assert_array_equal(classes[:, :10], y)
    rest = [BLANK] * (length - 1) + [DELIMITER] + [BLANK] * 10
    np.testing.assert_array_equal(classes[:, 10:], np.tile(rest, (200, 1)))
    assert y.max() < BLANK


def test_every_symbol_is_as_likely_and_independent_of_the_others():
    _, y = draw(20_000, 3)
    np.testing.assert_allclose(np.bincount(y.ravel()) / y.size, 1 / 8, atol=0.005)
    np.testing.assert_allclose(np.corrcoef(y.T), np.eye(10), atol=0.03)


@pytest.mark.parametrize("length", [1, 12])
def test_a_window_that_reaches_the_symbol_knows_it_and_a_shorter_one_nothing(length):
    classes, y = draw(50, length)
    steps = classes.shape[1]
    for answer in range(10):
        end = steps - 10 + answer + 1
        seen = classes[:, end - (length + 11)]
        np.testing.assert_array_equal(seen, y[:, answer])
    task = CopyMemory(length)
    assert task.ceiling(View(last=length + 11)) == 1
    assert task.ceiling(View(last=length + 10)) == 0
    assert task.ceiling(View(order="none")) is None
