import math

import numpy as np
import pytest

from recall_horizon.contract import NOT_ASKED
from recall_horizon.data.baselines import (
    chance_loss,
    chance_losses,
    constant_loss,
    score_error,
    standard_error,
)


def test_chance_of_numbers_is_their_variance_whatever_the_task_states():
    y = np.array([[0.0], [0.0], [2.0], [2.0]], np.float32)
    assert chance_loss(y, "mse", 7.0) == 1.0
    several = np.array([[0.0, 5.0], [2.0, 5.0]], np.float32)  # variances 1 and 0
    assert chance_loss(several, "mse", 7.0) == 0.5


def test_chance_of_classes_is_what_the_task_states():
    assert chance_loss(np.array([[0], [0]]), "cross_entropy", math.log(3)) == math.log(3)


def test_the_best_constant_is_the_mean_or_how_often_each_class_occurs():
    """Of classes each is counted half a time more."""
    y, seen = (np.array(values, np.float32)[:, None] for values in ([0, 0, 2, 2], [1, 3]))
    assert constant_loss(y, seen, "mse", 1) == 2.0
    answers, known = np.array([[0], [1]]), np.array([[0], [0], [0], [1]])
    expected = (math.log(5 / 3.5) + math.log(5 / 1.5)) / 2
    assert constant_loss(answers, known, "cross_entropy", 2) == pytest.approx(expected)


def test_each_answer_has_a_constant_of_its_own():
    y = np.array([[0.0, 5.0], [2.0, 5.0]], np.float32)
    assert constant_loss(y, y, "mse", 1) == chance_loss(y, "mse", 7.0) == 0.5
    answers = np.array([[0, 1], [0, 1]])
    expected = math.log(3 / 2.5)
    assert constant_loss(answers, answers, "cross_entropy", 2) == pytest.approx(expected)


def test_a_class_that_was_never_seen_is_rare_and_not_impossible():
    assert constant_loss(np.array([[1]]), np.array([[0]]), "cross_entropy", 2) == math.log(4)
    seen, y = np.zeros((1000, 1), int), np.arange(8)[:, None]
    assert 1 < constant_loss(y, seen, "cross_entropy", 8) < 8


def test_with_much_data_the_best_constant_of_classes_has_their_entropy():
    rng = np.random.default_rng(0)
    p = np.array([0.5, 0.3, 0.2])
    y, seen = (rng.choice(3, (200_000, 1), p=p) for _ in range(2))
    entropy = -(p * np.log(p)).sum()
    assert constant_loss(y, seen, "cross_entropy", 3) == pytest.approx(entropy, abs=0.005)


def test_what_each_sequence_adds_to_chance_has_it_as_its_mean():
    y = np.random.default_rng(0).standard_normal((50, 3)).astype(np.float32)
    each = chance_losses(y, "mse", 7.0)
    assert (each.shape, each.dtype) == ((50,), np.float64)
    assert each.mean() == pytest.approx(chance_loss(y, "mse", 7.0))
    of_classes = chance_losses(np.array([[0, 1], [1, 1]]), "cross_entropy", math.log(3))
    assert of_classes.tolist() == [math.log(3)] * 2


def squares(share, noise=0.0):
    """The losses of the best guess from a part of each target, which is that `share` of its
    variance, plus noise."""

    def draw(rng, tests):
        y = rng.standard_normal((tests, 1))
        seen = share * y + (share * (1 - share)) ** 0.5 * rng.standard_normal(y.shape)
        answers = seen + noise * rng.standard_normal(y.shape)
        return ((y - answers) ** 2).mean(axis=1), y, "mse", 1.0

    return draw


def far(rng, tests):
    """The losses of a constant that is far from the mean."""
    y = rng.standard_normal((tests, 1))
    return ((y - 2) ** 2).mean(axis=1), y, "mse", 1.0


def several(rng, tests):
    """The losses of ten numbers in an answer, of which some are easy."""
    y = rng.standard_normal((tests, 10)) * np.linspace(0.5, 2, 10)
    return ((y * np.linspace(0, 0.9, 10)) ** 2).mean(axis=1), y, "mse", 1.0


def classes(known):
    """The losses of knowing the one of eight classes in that share of sequences, else nothing."""

    def draw(rng, tests):
        y = rng.integers(8, size=(tests, 1))
        right = 0.5 + 0.5 * rng.random(tests)
        found = rng.random(tests) < known
        return np.where(found, -np.log(right), np.log(8)), y, "cross_entropy", math.log(8)

    return draw


DRAWS = {
    "R² of 0.05": squares(0.05),
    "R² of 0.5": squares(0.5),
    "R² of 0.99": squares(0.99),
    "noise": squares(0.0, 0.7),
    "worse than chance": squares(0.25, 2.0),
    "a constant": far,
    "several numbers": several,
    "a quarter of classes": classes(0.25),
    "most classes": classes(0.9),
}


@pytest.mark.parametrize("name", DRAWS)
@pytest.mark.parametrize("tests", [100, 1000])
def test_the_error_of_a_score_is_its_spread_over_test_sets(name, tests):
    rng = np.random.default_rng(tests)
    scores, errors = [], []
    for _ in range(800):
        losses, y, loss, stated = DRAWS[name](rng, tests)
        scores.append(1 - losses.mean() / chance_loss(y, loss, stated))
        errors.append(score_error(losses, chance_losses(y, loss, stated)))
    # Of heavy-tailed losses of few sequences the error itself is uncertain.
    assert np.median(errors) == pytest.approx(np.std(scores), rel=0.15 if tests == 100 else 0.08)


def test_predicting_the_mean_of_a_test_set_has_a_score_of_0_on_all_of_them():
    y = np.random.default_rng(0).standard_normal((50, 1))
    losses = ((y - y.mean()) ** 2)[:, 0]
    assert score_error(losses, chance_losses(y, "mse", 1.0)) == pytest.approx(0, abs=1e-12)


def test_a_score_whose_spread_nothing_shows_has_an_unknown_error():
    assert math.isnan(score_error(np.ones(1), np.ones(1)))
    assert math.isnan(score_error(np.array([1.0, math.inf]), np.ones(2)))
    assert math.isnan(score_error(np.array([1.0, math.nan]), np.ones(2)))


def test_the_standard_error_is_that_of_a_variance():
    """Of n standard normal numbers √(2/n); of classes there is none, of two numbers none known."""
    y = np.random.default_rng(0).standard_normal((20_000, 1)).astype(np.float32)
    assert standard_error(y, "mse") == pytest.approx((2 / 20_000) ** 0.5, rel=0.05)
    assert standard_error(np.array([[1], [0]]), "cross_entropy") == 0
    assert math.isnan(standard_error(y[:2], "mse"))


def test_an_answer_that_is_not_asked_counts_nowhere():
    """Of four answers at two places three are asked, and of one place none."""
    y = np.array([[0, NOT_ASKED, NOT_ASKED], [0, 1, NOT_ASKED]])
    expected = (2 * math.log(3 / 2.5) + math.log(2 / 1.5)) / 3
    assert constant_loss(y, y, "cross_entropy", 2) == pytest.approx(expected)
