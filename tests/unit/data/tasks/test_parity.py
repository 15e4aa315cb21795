import numpy as np
import pytest
from scipy.optimize import minimize

from recall_horizon.contract import View
from recall_horizon.data.tasks.parity import Parity


def draw(number, length):
    x, y = Parity(length).draw(np.random.default_rng(0), number)
    np.testing.assert_array_equal(x.sum(axis=2), 1)  # a bit each
    return x.argmax(axis=2), y[:, 0]


@pytest.mark.parametrize("length", [1, 2, 9])
def test_the_target_says_whether_the_ones_are_odd(length):
    bits, y = draw(500, length)
    np.testing.assert_array_equal(np.bitwise_xor.reduce(bits, axis=1), y)
    assert set(y) == {0, 1}


def test_all_bits_but_one_tell_nothing():
    bits, y = draw(20_000, 3)
    for unseen in range(3):
        others = np.delete(bits, unseen, axis=1) @ [2, 1]
        shares = [y[others == value].mean() for value in range(4)]
        np.testing.assert_allclose(shares, 0.5, atol=0.03)
    assert Parity(3).ceiling(View(last=2)) == 0


@pytest.mark.parametrize("length", [2, 3, 5])
def test_logits_that_are_linear_in_the_bits_are_no_better_than_chance(length):
    """The best weights over all sequences, each of which is as likely."""
    bits = (np.arange(2**length)[:, None] >> np.arange(length)) % 2
    signs = 2 * (bits.sum(axis=1) % 2) - 1
    loss = lambda w: np.logaddexp(0, -signs * (bits @ w[1:] + w[0])).mean()  # noqa: E731
    best = minimize(loss, np.full(length + 1, 0.3))
    assert 1 - best.fun / Parity(length).chance == pytest.approx(0, abs=1e-6)
    assert Parity(length).ceiling(View(time_invariant=True)) == 0
    assert Parity(1).ceiling(View(time_invariant=True)) == 1


def test_of_bits_without_an_order_nothing_is_known():
    assert Parity(4).ceiling(View(order="none")) is None
