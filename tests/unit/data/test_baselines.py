import math

import numpy as np
import pytest

from recall_horizon.data.baselines import chance_loss, constant_loss, standard_error


def test_chance_of_numbers_is_their_variance_whatever_the_task_states():
    y = np.array([[0.0], [0.0], [2.0], [2.0]], np.float32)
    assert chance_loss(y, "mse", 7.0) == 1.0
    several = np.array([[0.0, 5.0], [2.0, 5.0]], np.float32)  # variances 1 and 0
    assert chance_loss(several, "mse", 7.0) == 0.5


def test_chance_of_classes_is_what_the_task_states():
    assert chance_loss(np.array([[0], [0]]), "cross_entropy", math.log(3)) == math.log(3)


def test_the_best_constant_is_the_mean_or_how_often_each_class_occurs():
    y, seen = (np.array(values, np.float32)[:, None] for values in ([0, 0, 2, 2], [1, 3]))
    assert constant_loss(y, seen, "mse", 1) == 2.0
    answers, known = np.array([[0], [1]]), np.array([[0], [0], [0], [1]])
    expected = (math.log(4 / 3) + math.log(4)) / 2
    assert constant_loss(answers, known, "cross_entropy", 2) == pytest.approx(expected)


def test_a_class_that_was_never_seen_is_infinitely_unlikely():
    assert constant_loss(np.array([[1]]), np.array([[0]]), "cross_entropy", 2) == math.inf


def test_the_standard_error_is_that_of_a_variance():
    """Of n standard normal numbers √(2/n); of classes there is none."""
    y = np.random.default_rng(0).standard_normal((20_000, 1)).astype(np.float32)
    assert standard_error(y, "mse") == pytest.approx((2 / 20_000) ** 0.5, rel=0.05)
    assert standard_error(np.array([[1], [0]]), "cross_entropy") == 0
