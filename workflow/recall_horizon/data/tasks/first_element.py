"""Recall the first element of a sequence of random numbers.

A network reads a sequence of random numbers, one after the other, and is asked for the first of
them. Nothing else in the sequence helps. The longer the sequence, the longer the network has to
hold on to what it saw.
"""

from collections.abc import Iterable
from typing import Annotated

import numpy as np
from pydantic import Field

from recall_horizon.contract import Shape, View


class FirstElement:
    """Sequences of independent N(0, 1) numbers; the target is the first of them.

    Only the first element carries information about the target, so a model has to remember it
    through `length` − 1 steps of noise. A sequence of length 3 and its target:

        x = [[0.35], [-1.21], [0.80]]    y = [0.35]

    With `noise` below 1 the elements after the first are that much smaller, and distract less: of 0
    they are all zero, and what is lost is forgotten without a cause in the sequence.

    Args:
        length: T, the number of elements.
        noise: the standard deviation of the elements after the first.
    """

    target = "the first element"
    loss = "mse"
    chance = 1.0

    def __init__(self, length: int, noise: Annotated[float, Field(ge=0, le=1)] = 1.0) -> None:
        self.shape, self.noise = Shape(steps=length), noise

    def draw(self, rng: np.random.Generator, number: int) -> tuple[np.ndarray, np.ndarray]:
        """x of shape (number, length, 1) and y of shape (number, 1), float32."""
        x = rng.standard_normal((number, self.shape.steps, 1), dtype=np.float32)
        x[:, 1:] *= self.noise
        return x, x[:, 0].copy()

    def ceiling(self, view: View) -> float | None:
        """R² of the best prediction: of elements that look alike, their mean.

        The mean of n elements shares 1/n of its variance with the first of them. Where the others
        are smaller than the first, their size tells them apart to some extent: what that is worth
        is not known, but of zeros all.
        """
        steps = self.shape.steps
        if view.last is not None and view.last < steps:
            return 0.0
        if self.noise < 1 and view.order != "all":
            return None if self.noise else 1.0
        alike = {"all": 1, "last": max(steps - 1, 1), "none": steps}[view.order]
        return 1 / alike

    def mean_ceiling(self, view: View, lengths: Iterable[int]) -> float | None:
        """The best mean R² over several lengths of one model with this view.

        Where weights depend on the distance k to the end alone, w(k), length T is answered with
        the loss (1 − w(T − 1))² + s² Σ_{k < T − 1} w(k)² with noise of scale s, and a constant only
        adds to it. The weight that answers T is noise for each of the n longer lengths: (1 − w)² +
        n s² w² is least, n s² / (n s² + 1), at w = 1 / (n s² + 1). All other weights are best 0. Of
        m lengths the best mean score is so (1 + 1/2 + … + 1/m) / m for s = 1.

        Other models that see all of a sequence know where it begins, and answer every length. One
        that sees the last steps knows how many of them there are: it answers what is shorter. To a
        sequence of just so many steps and to longer ones, which look alike, it gives one answer,
        and the same weight is best. With smaller noise they do not look quite alike.
        """
        tells = self.noise < 1 and view.last is not None and not view.time_invariant
        if view.order != "all" or tells:
            return None
        ordered = sorted(set(lengths))
        total = 0.0
        for longer, length in enumerate(reversed(ordered)):
            if view.last is None or length <= view.last:
                alone = not view.time_invariant and length != view.last
                total += 1 if alone else 1 / (longer * self.noise**2 + 1)
        return total / len(ordered)
