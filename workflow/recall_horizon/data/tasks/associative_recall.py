"""Recall the value that came with a key.

A network reads pairs of a key and a value, then one of the keys, and is asked for its value. The
more pairs, the more it has to keep, since any of them may be asked for.
"""

import math

import numpy as np
from pydantic import PositiveInt

from recall_horizon.contract import Shape, View
from recall_horizon.data.tasks._ceilings import pairs_seen


class AssociativeRecall:
    """Associative recall (Graves, Wayne & Danihelka, 2014; Ba et al., 2016).

    It is one query of what Arora et al. (2023) call multi-query associative recall.

    A sequence is `length` pairs of a key and a value, one after the other, then one of the keys;
    the target is its value. No key occurs twice. With letters for keys, a sequence of length 3 and
    its target:

        x = c 4 a 1 d 4 a    y = 1

    Each element is a key or a value, as a vector with one 1. Whoever ignores the sequence does best
    to give each value the same probability: a cross-entropy of the logarithm of their number.

    Args:
        length: how many pairs; 2·length + 1 steps in all.
        keys: how many keys there are, at least `length`.
        values: how many values there are, at least 2.
    """

    target = "the value of the key"
    counts = "number of pairs"
    loss = "cross_entropy"

    def __init__(self, length: int, keys: PositiveInt = 32, values: PositiveInt = 8) -> None:
        if keys < length:
            raise ValueError(f"{length} pairs need as many different keys, not {keys}")
        if values < 2:
            raise ValueError(f"with {values} value there is nothing to recall")
        self.pairs, self.keys = length, keys
        self.shape = Shape(2 * length + 1, features=keys + values, outputs=values)
        self.chance = math.log(values)

    def draw(self, rng: np.random.Generator, number: int) -> tuple[np.ndarray, np.ndarray]:
        """x of shape (number, 2·length + 1, keys + values), float32, y of (number, 1), int64."""
        rows = np.arange(number)
        keys = rng.permuted(np.tile(np.arange(self.keys), (number, 1)), axis=1)[:, : self.pairs]
        values = rng.integers(self.shape.outputs, size=(number, self.pairs))
        asked = rng.integers(self.pairs, size=number)
        elements = np.empty((number, self.shape.steps), dtype=np.int64)
        elements[:, 0:-1:2], elements[:, 1:-1:2] = keys, self.keys + values
        elements[:, -1] = keys[rows, asked]
        x = np.eye(self.shape.features, dtype=np.float32)[elements]
        return x, values[rows, asked, None]

    def ceiling(self, view: View) -> float | None:
        """Of a model that sees the last pairs only: how often the key is among them, and what a
        value tells whose key it does not see. What a linear function can do is not known.
        """
        if view.order != "all" or view.time_invariant:
            return None
        last = self.shape.steps if view.last is None else view.last
        return pairs_seen(last - 1, self.pairs, self.shape.outputs)  # the key comes last
