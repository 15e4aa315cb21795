import pkgutil

import numpy as np
import pytest

from recall_horizon.code import catalogue


@pytest.fixture(params=catalogue.names("task"))
def task(request):
    return pkgutil.resolve_name(catalogue.locate("task", request.param))


@pytest.mark.parametrize("length", [1, 3, 10])
def test_every_task_gives_float32_sequences_and_targets(task, length):
    x, y = task(np.random.default_rng(0), 8, length)
    assert (x.shape, x.dtype) == ((8, length, 1), np.float32)
    assert (y.shape, y.dtype) == ((8, 1), np.float32)
    assert np.isfinite(x).all()
    assert np.isfinite(y).all()


def test_every_task_draws_only_from_its_generator(task):
    first, second = (task(np.random.default_rng(5), 8, 10) for _ in range(2))
    other = task(np.random.default_rng(6), 8, 10)
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)
    assert (first[0] != other[0]).any()
