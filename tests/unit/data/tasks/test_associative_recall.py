import math

import numpy as np
import pytest

from recall_horizon.contract import View
from recall_horizon.data.tasks.associative_recall import AssociativeRecall

from .test_multi_query_recall import loss_of_best_guess


def draw(number, length, keys=6, values=3):
    task = AssociativeRecall(length, keys, values)
    x, y = task.draw(np.random.default_rng(0), number)
    np.testing.assert_array_equal(x.sum(axis=2), 1)  # a key or a value each
    return task, x.argmax(axis=2), y[:, 0]


@pytest.mark.parametrize("length", [1, 2, 6])
def test_the_target_is_the_value_after_the_key_that_is_asked(length):
    _, elements, y = draw(300, length)
    keys, values, asked = elements[:, 0:-1:2], elements[:, 1:-1:2] - 6, elements[:, -1]
    assert (keys < 6).all()
    assert (values >= 0).all()
    found = keys == asked[:, None]
    np.testing.assert_array_equal(found.sum(axis=1), 1)  # no key occurs twice
    np.testing.assert_array_equal(values[found], y)


def test_each_pair_is_asked_as_often_and_a_key_tells_nothing_of_its_value():
    _, elements, y = draw(30_000, 3)
    asked = (elements[:, 0:-1:2] == elements[:, -1:]).argmax(axis=1)
    np.testing.assert_allclose(np.bincount(asked) / len(y), 1 / 3, atol=0.01)
    table = np.zeros((6, 3))
    np.add.at(table, (elements[:, -1], y), 1)
    np.testing.assert_allclose(table / table.sum(axis=1, keepdims=True), 1 / 3, atol=0.03)


@pytest.mark.parametrize("last", [1, 2, 3, 4, 5, 6])
def test_a_windows_ceiling_is_the_score_of_the_best_guess_from_it(last):
    task, elements, y = draw(100_000, 3)
    keys, values = elements[:, 0:-1:2], elements[:, 1:-1:2] - 6
    loss = loss_of_best_guess(keys, values, elements[:, -1], y, 7 - last, 3)
    assert task.ceiling(View(last=last)) == pytest.approx(1 - loss / math.log(3), abs=0.01)


@pytest.mark.parametrize(("length", "options"), [(7, {"keys": 6}), (2, {"values": 1})])
def test_vocabularies_that_are_too_small_are_refused(length, options):
    with pytest.raises(ValueError, match=r"different keys|nothing to recall"):
        AssociativeRecall(length, **options)
