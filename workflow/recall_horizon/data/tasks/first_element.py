"""Recall the first element of a sequence of random numbers."""

import numpy as np


def first_element(
    rng: np.random.Generator, number: int, length: int, shuffled: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Sequences of independent N(0, 1) numbers; the target is the first of them.

    Only the first element carries information about the target, so a model has to remember it
    through `length` − 1 steps of noise. A sequence of length 3 and its target:

        x = [[0.35], [-1.21], [0.80]]    y = [0.35]

    Args:
        rng: the source of the numbers.
        number: how many sequences.
        length: T.
        shuffled: whether the targets are permuted among the sequences. Then no sequence carries
            information about its target, and a model that still recalls it reveals a fault.

    Returns:
        x of shape (number, length, 1) and y of shape (number, 1), float32.
    """
    x = rng.standard_normal((number, length, 1), dtype=np.float32)
    y = x[:, 0].copy()
    return x, rng.permutation(y) if shuffled else y
