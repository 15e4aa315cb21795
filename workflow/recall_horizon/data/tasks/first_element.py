"""Recall the first element of a sequence of random numbers.

A network reads a sequence of random numbers, one after the other, and is asked for the first of
them. Nothing else in the sequence helps. The longer the sequence, the longer the network has to
hold on to what it saw.
"""

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
