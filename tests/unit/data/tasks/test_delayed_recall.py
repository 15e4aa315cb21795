import numpy as np
import pytest

from recall_horizon.contract import View
from recall_horizon.data.tasks.delayed_recall import DelayedRecall


def draw(task, number):
    x, y = task.draw(np.random.default_rng(0), number)
    return x[:, :, 0].astype(float), y


@pytest.mark.parametrize("delay", [1, 2, 9])
def test_the_target_is_the_element_so_many_steps_before_the_last(delay):
    x, y = draw(DelayedRecall(delay, steps=10), 20)
    assert (x.shape, y.shape) == ((20, 10), (20, 1))
    np.testing.assert_array_equal(y[:, 0], x[:, -1 - delay].astype(np.float32))
    _, each = draw(DelayedRecall(delay, steps=10, delays="all"), 20)
    assert each.shape == (20, delay)
    for lag in range(1, delay + 1):
        np.testing.assert_array_equal(each[:, lag - 1], x[:, -1 - lag].astype(np.float32))


def test_the_sequences_are_those_of_every_delay():
    (x, _), (same, _) = (draw(DelayedRecall(delay, steps=10), 5) for delay in (1, 9))
    np.testing.assert_array_equal(x, same)


def r2_of_regression(features, y):
    weights, *_ = np.linalg.lstsq(features, y, rcond=None)
    return 1 - np.square(features @ weights - y).mean() / y.var()


@pytest.mark.parametrize("delays", ["longest", "all"])
@pytest.mark.parametrize("last", [1, 3, 4, 99])
def test_a_window_answers_what_it_sees(last, delays):
    task = DelayedRecall(3, steps=8, delays=delays)
    x, y = draw(task, 5_000)
    best = r2_of_regression(x[:, -last:], y)
    assert task.ceiling(View(last=last)) == pytest.approx(best, abs=0.01)


@pytest.mark.parametrize("delays", ["longest", "all"])
@pytest.mark.parametrize("last", [None, 3, 5])
@pytest.mark.parametrize("order", ["none", "last"])
def test_of_elements_that_look_alike_the_mean_is_the_best_answer(order, last, delays):
    task = DelayedRecall(3, steps=6, delays=delays)
    x, y = draw(task, 100_000)
    window = x if last is None else x[:, -last:]
    sums = [window.sum(axis=1)] if order == "none" else [window[:, :-1].sum(axis=1), window[:, -1]]
    best = r2_of_regression(np.stack(sums, axis=1), y)
    assert task.ceiling(View(last=last, order=order)) == pytest.approx(best, abs=0.01)


@pytest.mark.parametrize("last", [None, 1, 3, 6])
def test_several_delays_are_answered_by_one_function_of_the_sequence(last):
    """The best weights for all of the delays at once, by least squares."""
    delays = [1, 2, 5]
    task = DelayedRecall(1, steps=8)
    seen = np.arange(8) < (last or 8)  # by distance to the end
    wanted = np.eye(8)[delays]
    weights, *_ = np.linalg.lstsq(
        np.concatenate([np.diag(seen.astype(float))] * 3), wanted.reshape(-1), rcond=None
    )
    best = np.mean(1 - np.square(wanted - seen * weights).sum(axis=1))
    assert task.mean_ceiling(View(last=last), delays) == pytest.approx(best)
    assert task.mean_ceiling(View(last=last, time_invariant=True), delays) == pytest.approx(best)


def test_a_sequence_that_is_too_short_is_refused():
    with pytest.raises(ValueError, match="no element 8 before the last"):
        DelayedRecall(8, steps=8)


@pytest.mark.parametrize("rank", [1, 3, 7])
def test_linear_functions_of_few_numbers_explain_no_more_than_so_many(rank):
    """The best linear functions through `rank` numbers are those of reduced-rank regression: on the
    first right singular vectors of what least squares predict.
    """
    task = DelayedRecall(7, steps=10, delays="all")
    x, y = draw(task, 50_000)
    weights, *_ = np.linalg.lstsq(x, y, rcond=None)
    _, _, directions = np.linalg.svd(x @ weights, full_matrices=False)
    best = x @ weights @ directions[:rank].T @ directions[:rank]
    r2 = 1 - np.square(best - y).mean() / y.var()
    assert task.ceiling(View(rank=rank)) == pytest.approx(rank / 7)
    assert rank / 7 == pytest.approx(r2, abs=0.02)
    assert task.ceiling(View(last=3, rank=rank)) == min(2, rank) / 7
