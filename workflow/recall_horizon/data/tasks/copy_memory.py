"""Reproduce ten symbols after a pause.

A network reads ten random symbols, then nothing for a while, and is asked for the ten symbols in
their order. The longer the pause, the longer it has to hold on to them.
"""

import math

import numpy as np

from recall_horizon.contract import Shape, View
from recall_horizon.data.tasks._ceilings import multiset

SYMBOLS = 10  # to remember
ALPHABET = 8  # that they are drawn from; classes 8 and 9 are the blank and the delimiter
BLANK, DELIMITER = ALPHABET, ALPHABET + 1


class CopyMemory:
    """The copying memory task (Arjovsky, Shah & Bengio, 2016; Bai, Kolter & Koltun, 2018).

    A sequence is ten random symbols of eight, `length` − 1 blanks, a delimiter, and ten more
    blanks, at which the ten symbols are to be answered in their order. With four symbols instead of
    ten, `_` for a blank and `:` for the delimiter, a sequence of length 3 and its target:

        x = 3 1 7 1 _ _ : _ _ _ _    y = 3 1 7 1

    Each element is one of ten classes, as a vector with one 1. Whoever ignores the sequence does
    best to give each of the eight symbols the same probability: a cross-entropy of ln 8.

    Args:
        length: how long the pause is, with the delimiter; `length` + 20 steps in all.
    """

    target = "the ten symbols"
    counts = "pause"
    loss = "cross_entropy"
    chance = math.log(ALPHABET)
    levels = {"knowing which symbols occurred, but not their order": multiset(SYMBOLS, ALPHABET)}

    def __init__(self, length: int) -> None:
        classes = ALPHABET + 2
        self.shape = Shape(length + 2 * SYMBOLS, features=classes, outputs=classes, answers=SYMBOLS)

    def draw(self, rng: np.random.Generator, number: int) -> tuple[np.ndarray, np.ndarray]:
        """x of shape (number, length + 20, 10), float32, and y of shape (number, 10), int64."""
        symbols = rng.integers(ALPHABET, size=(number, SYMBOLS))
        classes = np.full((number, self.shape.steps), BLANK)
        classes[:, :SYMBOLS] = symbols
        classes[:, -SYMBOLS - 1] = DELIMITER
        return np.eye(self.shape.features, dtype=np.float32)[classes], symbols

    def ceiling(self, view: View) -> float | None:
        """Nothing where no answer sees its symbol, which is `length` + 10 steps before it. To hand
        it on a linear function is enough.
        """
        if view.order != "all":
            return None
        distance = self.shape.steps - SYMBOLS
        return 1.0 if view.last is None or view.last > distance else 0.0
