"""Recall the values of many keys, one after the other.

A network reads pairs of a key and a value, and is then asked for the values of many of the keys, in
any order. What it keeps grows with the pairs: a memory of fixed size is full at some number of
them.
"""

import math
from typing import Annotated

import numpy as np
from pydantic import Field, PositiveInt

from recall_horizon.contract import NOT_ASKED, Shape, View
from recall_horizon.data.tasks._ceilings import multiset, pairs_seen


class MultiQueryRecall:
    """Multi-query associative recall (Arora et al., 2023).

    A sequence is `length` pairs of a key and a value, no key twice, then `queries` keys, each of
    which is answered where it stands. They are the keys of all pairs in a random order, again and
    again if there are more queries than pairs. With letters for keys and three queries, a sequence
    of length 3 and its target:

        x = c 4 a 1 d 4 a d c    y = 1 4 4

    With a `gap` above 1, there are so many steps for each query. Between queries stands filler:
    symbols that are no key of the sequence, at which nothing is asked. Where queries stand follows
    a power law, as in the source: place g, from 1, is drawn with a probability that is
    proportional to g^(`power` − 1), without repetition, and the first key asked is the first that
    a place is drawn for. (The source uses every second place, asks for each pair once, draws no
    value twice, and lets filler be any symbol, also a key of the sequence.)

    Each element is a key or a value, as a vector with one 1. Whoever ignores the sequence does best
    to give each value the same probability: a cross-entropy of the logarithm of their number.

    Args:
        length: how many pairs; 2·length + gap·queries steps in all.
        queries: how many keys are asked.
        keys: how many keys there are, at least `length`.
        values: how many values there are, at least 2.
        gap: steps for each query.
        power: the exponent of the source's power law, which it calls a.
    """

    target = "the values of the keys"
    counts = "number of pairs"
    loss = "cross_entropy"

    def __init__(
        self,
        length: int,
        queries: PositiveInt = 16,
        keys: PositiveInt = 64,
        values: PositiveInt = 32,
        gap: PositiveInt = 1,
        power: Annotated[float, Field(gt=0, le=1)] = 0.01,
    ) -> None:
        if keys < length:
            raise ValueError(f"{length} pairs need as many different keys, not {keys}")
        if values < 2:
            raise ValueError(f"with {values} value there is nothing to recall")
        self.pairs, self.queries, self.keys = length, queries, keys
        self.gap, self.power = gap, power
        after = gap * queries
        self.shape = Shape(2 * length + after, keys + values, outputs=values, answers=after)
        self.chance = math.log(values)
        self.levels = {"knowing which values occurred, but not whose": multiset(length, values)}

    def draw(self, rng: np.random.Generator, number: int) -> tuple[np.ndarray, np.ndarray]:
        """x of shape (number, 2·length + gap·queries, keys + values), float32, y of (number,
        gap·queries), int64, `NOT_ASKED` at filler.
        """
        keys = rng.permuted(np.tile(np.arange(self.keys), (number, 1)), axis=1)
        values = rng.integers(self.shape.outputs, size=(number, self.pairs))
        rounds = [
            rng.permuted(np.tile(np.arange(self.pairs), (number, 1)), axis=1)
            for _ in range(-(-self.queries // self.pairs))
        ]
        asked = np.concatenate(rounds, axis=1)[:, : self.queries]
        symbols = np.empty((number, self.shape.steps), dtype=np.int64)
        symbols[:, 0 : 2 * self.pairs : 2] = keys[:, : self.pairs]
        symbols[:, 1 : 2 * self.pairs : 2] = self.keys + values
        after, y = symbols[:, 2 * self.pairs :], np.full((number, self.shape.answers), NOT_ASKED)
        if self.gap > 1:
            any_value = np.tile(np.arange(self.keys, self.shape.features), (number, 1))
            filler = np.concatenate([keys[:, self.pairs :], any_value], axis=1)
            chosen = rng.integers(filler.shape[1], size=after.shape)
            after[:] = np.take_along_axis(filler, chosen, axis=1)
        places = self._places(rng, number)
        np.put_along_axis(after, places, np.take_along_axis(keys, asked, axis=1), axis=1)
        np.put_along_axis(y, places, np.take_along_axis(values, asked, axis=1), axis=1)
        return np.eye(self.shape.features, dtype=np.float32)[symbols], y

    def _places(self, rng: np.random.Generator, number: int) -> np.ndarray:
        """Where queries stand after the pairs: shape (number, queries), from 0.

        The greatest of log-probabilities with independent Gumbel noise are draws without
        repetition, in their order (Kool, van Hoof & Welling, 2019).
        """
        if self.gap == 1:
            return np.tile(np.arange(self.queries), (number, 1))
        chances = (self.power - 1) * np.log(np.arange(1, self.shape.answers + 1))
        noisy = chances + rng.gumbel(size=(number, self.shape.answers))
        return np.argsort(-noisy, axis=1)[:, : self.queries]

    def ceiling(self, view: View) -> float | None:
        """Of a model that sees the last steps only, if queries follow on the pairs: how often the
        pair of a key is among them, and what a value tells whose key it does not see. What a linear
        function can do is not known.
        """
        if view.order != "all" or view.time_invariant:
            return None
        if view.last is None or view.last >= self.shape.steps:
            return 1.0
        if self.gap > 1:
            return None
        seen = view.last - 1 - np.arange(self.queries)  # steps of pairs, at each answer
        scores = [pairs_seen(int(steps), self.pairs, self.shape.outputs) for steps in seen]
        return float(np.mean(scores))
