"""Tell whether the number of ones in a sequence of bits is odd.

A network reads bits, and is asked at the end whether the ones among them are odd in number. One bit
of memory is enough, but every element may flip it: nothing of the sequence can be left out.
"""

import math

import numpy as np

from recall_horizon.contract import Shape, View


class Parity:
    """The parity of independent bits, each 0 or 1 with the same probability.

    A task of tracking a state, not of keeping one: a recurrence whose eigenvalues are between 0 and
    1 cannot solve it at every length, one with eigenvalues down to −1 can (Grazzi et al., 2024).
    A sequence of length 4 and its target, 1 for odd:

        x = 1 0 1 1    y = 1

    Each element is a bit, as a vector with one 1. Whoever ignores the sequence does best to give
    both answers the same probability: a cross-entropy of ln 2.

    Args:
        length: how many bits.
    """

    target = "whether the ones are odd in number"
    counts = "number of bits"
    loss = "cross_entropy"
    chance = math.log(2)

    def __init__(self, length: int) -> None:
        self.shape = Shape(length, features=2, outputs=2)

    def draw(self, rng: np.random.Generator, number: int) -> tuple[np.ndarray, np.ndarray]:
        """x of shape (number, length, 2), float32, and y of shape (number, 1), int64."""
        bits = rng.integers(2, size=(number, self.shape.steps))
        return np.eye(2, dtype=np.float32)[bits], bits.sum(axis=1, keepdims=True) % 2

    def ceiling(self, view: View) -> float | None:
        """Nothing where a bit is not seen. Nothing either for logits that are linear in the bits:
        the loss is convex in the weights, and flipping any two bits, which changes no target, turns
        the signs of two weights, so that no weight is as good as any. One bit is its own parity.
        """
        if view.order != "all":
            return None
        unseen = view.last is not None and view.last < self.shape.steps
        return 0.0 if unseen or (view.time_invariant and self.shape.steps > 1) else 1.0
