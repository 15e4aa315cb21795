"""Recall the element that came a number of steps before the end.

A network reads a sequence of random numbers and is asked for the one that came a given number of
steps before the last, or for all of the last ones at once. The sequences are equally long, however
far back is asked: it is the distance that grows, and not what has to be read.
"""

from collections.abc import Iterable
from typing import Literal

import numpy as np
from pydantic import PositiveInt

from recall_horizon.contract import Shape, View


class DelayedRecall:
    """Independent N(0, 1) numbers; the target is the one `length` steps before the last.

    With `delays` "all" the targets are those at delays 1, 2, … `length`: the score at a delay is
    the memory function of a network, and their sum its memory capacity (Jaeger, 2001). No network
    has more of it than its last, linear layer reads numbers. A sequence of 5 elements with its
    target for a length of 2, and its targets for all delays up to 2:

        x = [[0.3], [-1.2], [0.8], [0.5], [-0.4]]    y = [0.8]    y = [0.5, 0.8]

    Args:
        length: the delay, or the longest of them.
        steps: how many elements a sequence has; more than `length`.
        delays: what is asked: the element at the longest delay alone, or those at all delays.
    """

    counts = "delay"
    loss = "mse"
    chance = 1.0

    def __init__(
        self,
        length: int,
        steps: PositiveInt = 200,
        delays: Literal["longest", "all"] = "longest",
    ) -> None:
        if steps <= length:
            raise ValueError(f"{steps} steps have no element {length} before the last")
        self.asked = [length] if delays == "longest" else list(range(1, length + 1))
        self.shape = Shape(steps, outputs=len(self.asked))
        self.target = "the element at the delay" if delays == "longest" else "the last elements"

    def draw(self, rng: np.random.Generator, number: int) -> tuple[np.ndarray, np.ndarray]:
        """x of shape (number, steps, 1) and y of (number, 1), or of (number, length), float32."""
        x = rng.standard_normal((number, self.shape.steps, 1), dtype=np.float32)
        return x, x[:, [self.shape.steps - 1 - delay for delay in self.asked], 0]

    def ceiling(self, view: View) -> float | None:
        """The share of what is asked that a window sees; of elements that look alike, what their
        mean is worth, which shares 1/n of its variance with each of n. Of independent elements,
        affine functions of n numbers explain no more than n (Jaeger, 2001, proposition 2).
        """
        seen = self.shape.steps if view.last is None else min(view.last, self.shape.steps)
        alike = {"all": 1, "last": max(seen - 1, 1), "none": max(seen, 1)}[view.order]
        known = sum(delay < seen for delay in self.asked) / alike
        return min(known, view.rank or known) / len(self.asked)

    def mean_ceiling(self, view: View, lengths: Iterable[int]) -> float | None:
        """The best mean R² over several delays, which a network cannot tell apart: it answers all
        with one function of the sequence, best with the mean of what is asked, 1/n for each of n.
        A window that sees m of them scores m/n · 1/n on average, by the mean of n of which it knows
        m.
        """
        if view.order != "all" or len(self.asked) > 1:
            return None
        delays = sorted(set(lengths))
        seen = sum(view.last is None or delay < view.last for delay in delays)
        return seen / len(delays) ** 2
