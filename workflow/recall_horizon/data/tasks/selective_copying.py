"""Reproduce the symbols of a sequence that is mostly blank.

A network reads symbols with blanks between them, at places that change from sequence to sequence,
and is then asked for the symbols in their order. It has to tell what matters from what does not,
and cannot do so by counting steps.
"""

import math

import numpy as np
from pydantic import PositiveInt

from recall_horizon.contract import Shape, View
from recall_horizon.data.tasks._ceilings import multiset


class SelectiveCopying:
    """Selective copying (Gu & Dao, 2023, §4.1.1, after Jing et al., 2019).

    A sequence is `length` blanks and `symbols` random symbols of `alphabet`, which stand at random
    places among them, then as many markers, at which the symbols are to be answered in their order.
    The source has 16 symbols of 14 in 4,096 steps. With three symbols, `_` for a blank and `:` for
    the marker, a sequence of length 4 and its target:

        x = _ 3 _ _ 1 7 _ : : :    y = 3 1 7

    Each element is a symbol, the blank or the marker, as a vector with one 1. Whoever ignores the
    sequence does best to give each symbol the same probability: a cross-entropy of the logarithm of
    their number.

    Args:
        length: how many blanks; `length` + 2·`symbols` steps in all.
        symbols: how many symbols are to be copied.
        alphabet: how many there are to draw from, at least 2.
    """

    target = "the symbols"
    counts = "number of blanks"
    loss = "cross_entropy"

    def __init__(self, length: int, symbols: PositiveInt = 16, alphabet: PositiveInt = 14) -> None:
        if alphabet < 2:
            raise ValueError(f"of {alphabet} symbol there is nothing to recall")
        self.places, self.symbols, self.alphabet = length + symbols, symbols, alphabet
        self.shape = Shape(
            self.places + symbols, features=alphabet + 2, outputs=alphabet, answers=symbols
        )
        self.chance = math.log(alphabet)
        known = "knowing which symbols occurred, but not their order"
        self.levels = {known: multiset(symbols, alphabet)}

    def draw(self, rng: np.random.Generator, number: int) -> tuple[np.ndarray, np.ndarray]:
        """x of shape (number, length + 2·symbols, alphabet + 2), float32, and y of shape (number,
        symbols), int64.
        """
        blank, marker = self.alphabet, self.alphabet + 1
        symbols = rng.integers(self.alphabet, size=(number, self.symbols))
        places = rng.permuted(np.tile(np.arange(self.places), (number, 1)), axis=1)
        places = np.sort(places[:, : self.symbols], axis=1)
        classes = np.full((number, self.shape.steps), blank)
        np.put_along_axis(classes, places, symbols, axis=1)
        classes[:, self.places :] = marker
        return np.eye(self.shape.features, dtype=np.float32)[classes], symbols

    def ceiling(self, view: View) -> float | None:
        """How often a window that ends at an answer holds its symbol: the answer after i others
        needs the last `symbols` − i of the symbols. A window knows which they are, since it sees
        from where on it counts. What a linear function can do is not known.
        """
        if view.order != "all" or view.time_invariant:
            return None
        last = self.shape.steps if view.last is None else view.last
        knows = 0.0
        for before in range(self.symbols):
            seen = min(max(last - 1 - before, 0), self.places)
            knows += self._at_least(self.symbols - before, seen)
        return knows / self.symbols

    def _at_least(self, needed: int, seen: int) -> float:
        """How often at least `needed` symbols are among the last `seen` places: hypergeometric."""
        ways = sum(
            math.comb(seen, held) * math.comb(self.places - seen, self.symbols - held)
            for held in range(needed, self.symbols + 1)
        )
        return ways / math.comb(self.places, self.symbols)
