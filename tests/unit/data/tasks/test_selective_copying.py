import math

import numpy as np
import pytest

from recall_horizon.contract import View
from recall_horizon.data.tasks.selective_copying import SelectiveCopying


def draw(number, length, symbols=3, alphabet=4):
    task = SelectiveCopying(length, symbols, alphabet)
    x, y = task.draw(np.random.default_rng(0), number)
    np.testing.assert_array_equal(x.sum(axis=2), 1)
    return task, x.argmax(axis=2), y


@pytest.mark.parametrize("length", [1, 5, 30])
def test_the_symbols_are_answered_in_their_order(length):
    task, classes, y = draw(300, length)
    assert classes.shape == (300, length + 6)
    assert (classes[:, -3:] == 5).all()  # markers
    content = classes[:, :-3]
    assert ((content != 4).sum(axis=1) == 3).all()  # all others are blanks
    np.testing.assert_array_equal(content[content != 4].reshape(-1, 3), y)
    assert task.chance == math.log(4)


def test_each_place_holds_a_symbol_as_often_and_each_symbol_occurs_as_often():
    _, classes, y = draw(20_000, 5)
    np.testing.assert_allclose((classes[:, :-3] != 4).mean(axis=0), 3 / 8, atol=0.02)
    np.testing.assert_allclose(np.bincount(y.ravel()) / y.size, 1 / 4, atol=0.01)


@pytest.mark.parametrize("last", [1, 2, 4, 6, 8, 10, 11])
def test_a_windows_ceiling_is_how_often_it_can_count_back_to_the_symbol(last):
    task, classes, _ = draw(20_000, 5)
    known = []
    for answer in range(3):
        end = 5 + 3 + answer + 1
        seen = (classes[:, max(end - last, 0) : 5 + 3] < 4).sum(axis=1)
        known.append(seen >= 3 - answer)
    assert task.ceiling(View(last=last)) == pytest.approx(np.mean(known), abs=0.01)


def test_which_symbols_occurred_is_worth_the_stated_score():
    task, _, y = draw(50_000, 2)
    shares = (y[:, :, None] == np.arange(4)).mean(axis=1)
    loss = -np.log(np.take_along_axis(shares, y, axis=1)).mean()
    (level,) = task.levels.values()
    assert level == pytest.approx(1 - loss / task.chance, abs=0.01)


def test_an_alphabet_that_is_too_small_is_refused():
    with pytest.raises(ValueError, match="nothing to recall"):
        SelectiveCopying(3, alphabet=1)
