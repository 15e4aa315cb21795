import math

import numpy as np
import pytest

from recall_horizon.contract import NOT_ASKED, View
from recall_horizon.data.tasks.multi_query_recall import MultiQueryRecall

KEYS, VALUES = 9, 4


def draw(number, length, queries=5, **options):
    task = MultiQueryRecall(length, queries, KEYS, VALUES, **options)
    x, y = task.draw(np.random.default_rng(0), number)
    np.testing.assert_array_equal(x.sum(axis=2), 1)
    return task, x.argmax(axis=2), y


@pytest.mark.parametrize("gap", [1, 2, 5])
@pytest.mark.parametrize("length", [1, 3, 5, 9])
def test_each_query_is_a_key_and_its_target_the_value_of_that_key(length, gap):
    _, symbols, y = draw(200, length, gap=gap)
    keys, values = symbols[:, : 2 * length : 2], symbols[:, 1 : 2 * length : 2] - KEYS
    after = symbols[:, 2 * length :]
    assert after.shape == y.shape == (200, 5 * gap)
    assert ((y != NOT_ASKED).sum(axis=1) == 5).all()
    for i in range(200):
        assert len(set(keys[i])) == length
        value_of = dict(zip(keys[i], values[i], strict=True))
        for symbol, target in zip(after[i], y[i], strict=True):
            # Filler is no key of the sequence, or else it would be asked.
            assert value_of.get(symbol, NOT_ASKED) == target
        asked = [symbol for symbol in after[i] if symbol in value_of]
        times = [asked.count(key) for key in keys[i]]
        assert max(times) - min(times) <= 1  # each as often, as far as that goes


def test_filler_is_any_other_symbol():
    _, symbols, y = draw(5_000, 3, gap=4)
    filler = symbols[:, 6:][y == NOT_ASKED]
    counts = np.bincount(filler, minlength=KEYS + VALUES) / len(filler)
    each = 1 / (KEYS + VALUES - 3)  # of a key, where it is no key of the sequence: 6 of 9
    np.testing.assert_allclose(counts[:KEYS], each * 6 / 9, atol=0.005)
    np.testing.assert_allclose(counts[KEYS:], each, atol=0.005)


def test_where_the_first_query_stands_follows_the_power_law():
    task = MultiQueryRecall(1, 1, KEYS, VALUES, gap=12, power=0.3)
    _, y = task.draw(np.random.default_rng(0), 40_000)
    places = (y != NOT_ASKED).argmax(axis=1)
    law = np.arange(1, 13) ** (0.3 - 1)
    np.testing.assert_allclose(np.bincount(places) / len(y), law / law.sum(), atol=0.01)


def loss_of_best_guess(keys, values, asked, y, first, classes):
    """The mean loss of the best guess from what is seen of pairs from the step `first` on.

    Of a pair whose key is not seen, its value may belong to the key that is asked.
    """
    whole = range(max((first + 1) // 2, 0), 3)
    guess = np.full((len(y), classes), 1 / classes)
    if first % 2 and 0 < first < 6:
        others = 3 - len(whole)
        guess = np.eye(classes)[values[:, first // 2]] / others + (1 - 1 / others) * guess
    for pair in whole:
        known = keys[:, pair] == asked
        guess[known] = np.eye(classes)[values[known, pair]]
    with np.errstate(divide="ignore"):
        return -np.log(guess[np.arange(len(y)), y]).mean()


@pytest.mark.parametrize("last", [1, 2, 3, 4, 5, 7, 9, 11])
def test_a_windows_ceiling_is_the_score_of_the_best_guess_from_it(last):
    task, symbols, y = draw(100_000, 3)
    keys, values = symbols[:, 0:6:2], symbols[:, 1:6:2] - KEYS
    losses = [
        loss_of_best_guess(keys, values, symbols[:, 6 + n], y[:, n], 6 + n + 1 - last, VALUES)
        for n in range(5)
    ]
    score = 1 - np.mean(losses) / math.log(VALUES)
    assert task.ceiling(View(last=last)) == pytest.approx(score, abs=0.01)


@pytest.mark.parametrize("length", [1, 2, 6])
def test_which_values_occurred_is_worth_the_stated_score(length):
    task, symbols, y = draw(40_000, length)
    values = symbols[:, 1 : 2 * length : 2] - KEYS
    shares = (values[:, :, None] == np.arange(VALUES)).mean(axis=1)
    loss = -np.log(np.take_along_axis(shares, y, axis=1)).mean()
    (level,) = task.levels.values()
    assert level == pytest.approx(1 - loss / task.chance, abs=0.01)


def test_what_a_pilot_of_recurrent_networks_sat_on_is_that_level_in_right_answers():
    """The most frequent value of 32 is right .52, .29, .20 and .14 of the time."""
    rng = np.random.default_rng(0)
    for length, right in ((2, 0.52), (4, 0.29), (8, 0.2), (16, 0.14)):
        values = rng.integers(32, size=(20_000, length))
        most = (values[:, :, None] == np.arange(32)).sum(axis=1).max(axis=1)
        assert (most / length).mean() == pytest.approx(right, abs=0.01)


def test_a_window_of_queries_with_gaps_has_no_known_ceiling():
    task = MultiQueryRecall(3, 5, KEYS, VALUES, gap=2)
    assert task.ceiling(View(last=4)) is None
    assert task.ceiling(View(last=16)) == task.ceiling(View()) == 1


@pytest.mark.parametrize(("length", "options"), [(10, {"keys": 9}), (2, {"values": 1})])
def test_vocabularies_that_are_too_small_are_refused(length, options):
    with pytest.raises(ValueError, match=r"different keys|nothing to recall"):
        MultiQueryRecall(length, **options)
