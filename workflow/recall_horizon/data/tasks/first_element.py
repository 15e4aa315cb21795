"""Recall the first element of a sequence of random numbers.

A network reads a sequence of random numbers, one after the other, and is asked for the first of
them. Nothing else in the sequence helps. The longer the sequence, the longer the network has to
hold on to what it saw.
"""

from collections.abc import Iterable

import numpy as np

from recall_horizon.contract import Shape, View


class FirstElement:
    """Sequences of independent N(0, 1) numbers; the target is the first of them.

    Only the first element carries information about the target, so a model has to remember it
    through `length` − 1 steps of noise. A sequence of length 3 and its target:

        x = [[0.35], [-1.21], [0.80]]    y = [0.35]

    Args:
        length: T, the number of elements.
    """

    target = "the first element"
    loss = "mse"
    chance = 1.0

    def __init__(self, length: int) -> None:
        self.shape = Shape(steps=length)

    def draw(self, rng: np.random.Generator, number: int) -> tuple[np.ndarray, np.ndarray]:
        """x of shape (number, length, 1) and y of shape (number, 1), float32."""
        x = rng.standard_normal((number, self.shape.steps, 1), dtype=np.float32)
        return x, x[:, 0].copy()

    def ceiling(self, view: View) -> float | None:
        """R² of the best prediction: of elements that look alike, their mean.

        The mean of n elements shares 1/n of its variance with the first of them.
        """
        steps = self.shape.steps
        if view.last is not None and view.last < steps:
            return 0.0
        alike = {"all": 1, "last": max(steps - 1, 1), "none": steps}[view.order]
        return 1 / alike

    @staticmethod
    def mean_ceiling(view: View, lengths: Iterable[int]) -> float | None:
        """The best mean R² over several lengths of one model with this view.

        Where weights depend on the distance k to the end alone, w(k), length T is answered with
        the loss (1 − w(T − 1))² + Σ_{k < T − 1} w(k)², and a constant only adds to it. The weight
        that answers T is noise for each of the n longer lengths: (1 − w)² + n w² is least, n /
        (n + 1), at w = 1 / (n + 1). All other weights are best 0. Of m lengths the best mean score
        is so (1 + 1/2 + … + 1/m) / m.

        Other models that see all of a sequence know where it begins, and answer every length. One
        that sees the last steps knows how many of them there are: it answers what is shorter. To a
        sequence of just so many steps and to longer ones, which look alike, it gives one answer,
        and the same weight is best.
        """
        if view.order != "all":
            return None
        ordered = sorted(set(lengths))
        total = 0.0
        for longer, length in enumerate(reversed(ordered)):
            if view.last is None or length <= view.last:
                alone = not view.time_invariant and length != view.last
                total += 1 if alone else 1 / (longer + 1)
        return total / len(ordered)
