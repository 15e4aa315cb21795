"""What every task owes: shapes, its own generator, and a chance level that is the true one."""

import numpy as np
import pytest
import torch

from recall_horizon.code import catalogue
from recall_horizon.contract import WORDS, View
from recall_horizon.data import baselines
from recall_horizon.training.objective import OBJECTIVES

NAMES = catalogue.names("task")


@pytest.fixture(params=NAMES)
def task(request):
    """Builds the task at a length."""
    return lambda length: catalogue.task(request.param, length, {})


def draw(task, number, seed=0):
    return task.draw(np.random.default_rng(seed), number)


@pytest.mark.parametrize("length", [2, 3, 10])
def test_sequences_and_targets_have_the_stated_shapes(task, length):
    task = task(length)
    shape, (x, y) = task.shape, draw(task, 8)
    assert (x.shape, x.dtype) == ((8, shape.steps, shape.features), np.float32)
    assert np.isfinite(x).all()
    if task.loss == "mse":
        assert (y.shape, y.dtype) == ((8, shape.outputs), np.float32)
        assert np.isfinite(y).all()
    else:
        assert (y.shape, y.dtype) == ((8, shape.answers), np.int64)
        assert (y >= 0).all()
        assert (y < shape.outputs).all()
    assert task.loss in WORDS
    assert task.target


def test_a_task_draws_only_from_its_generator(task):
    task = task(10)
    (x, y), (same_x, same_y), (other, _) = draw(task, 8), draw(task, 8), draw(task, 8, seed=1)
    np.testing.assert_array_equal(x, same_x)
    np.testing.assert_array_equal(y, same_y)
    assert (x != other).any()


@pytest.mark.parametrize("length", [2, 10])
def test_chance_is_what_ignoring_the_sequence_scores(task, length):
    """A constant that is fitted to some targets scores it on others."""
    task = task(length)
    (_, y), (_, seen) = draw(task, 20_000), draw(task, 20_000, seed=1)
    measured = baselines.constant_loss(y, seen, task.loss, task.shape.outputs)
    assert measured == pytest.approx(task.chance, rel=0.03)
    assert baselines.chance_loss(y, task.loss, task.chance) == pytest.approx(task.chance, rel=0.03)


def test_a_right_answer_scores_perfectly_and_chance_scores_nothing(task):
    """By the loss that training uses, which so agrees with the stated chance."""
    task = task(5)
    _, y = draw(task, 5_000)
    y = torch.from_numpy(y)
    objective = OBJECTIVES[task.loss]
    if task.loss == "mse":
        perfect, constant = y, torch.full_like(y, y.mean())
    else:
        answers = () if task.shape.answers == 1 else (task.shape.answers,)
        constant = torch.full((len(y), *answers, task.shape.outputs), -1e9)
        constant[..., : len(y.unique())] = 0.0  # only classes that occur
        perfect = torch.zeros_like(constant)
        perfect.scatter_(-1, y.reshape(*perfect.shape[:-1], 1), 1e3)
        assert objective.right(perfect, y) == y.numel()
    assert objective.mean(perfect, y) == pytest.approx(0, abs=1e-6)
    assert objective.mean(constant, y) == pytest.approx(task.chance, rel=0.05)
    total = objective.total(constant, y)
    assert total.dtype == torch.float64
    assert total / y.numel() == pytest.approx(objective.mean(constant, y).item(), rel=1e-5)


def test_who_sees_nothing_of_a_sequence_cannot_beat_chance_and_who_sees_all_has_no_limit(task):
    task = task(10)
    assert task.ceiling(View(last=1)) <= 0.51
    assert task.ceiling(View()) == 1
    for more in (0, 1, 2, 7, 1000):
        assert task.ceiling(View(last=task.shape.steps + more)) == 1


def test_a_wider_window_has_no_lower_ceiling(task):
    task = task(6)
    ceilings = [task.ceiling(View(last=k)) for k in range(1, task.shape.steps + 1)]
    assert ceilings == sorted(ceilings)
