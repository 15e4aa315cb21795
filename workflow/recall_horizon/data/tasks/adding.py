"""Add the two marked numbers of a sequence.

A network reads a sequence of random numbers, two of which are marked, one in each half, and is
asked for their sum. The longer the sequence, the longer it has to hold on to the first of them
while it ignores what is not marked.
"""

import numpy as np

from recall_horizon.contract import Shape, View


class Adding:
    """The adding problem (Hochreiter & Schmidhuber, 1997, in the form of Arjovsky, Shah & Bengio,
    2016).

    Each element is a number, uniform between 0 and 1, and a mark. One element in each half of the
    sequence is marked with 1, the others with 0; the target is the sum of the two marked numbers. A
    sequence of length 4 and its target:

        x = [[0.31, 0], [0.62, 1], [0.90, 1], [0.17, 0]]    y = [1.52]

    Whoever ignores the sequence does best to answer 1: the squared error is then 1/6, the variance
    of a sum of two uniform numbers.

    Args:
        length: T, the number of elements; at least 2.
    """

    target = "the sum of the two marked numbers"
    loss = "mse"
    chance = 1 / 6

    def __init__(self, length: int) -> None:
        if length < 2:
            raise ValueError(f"a sequence has two halves: its length cannot be {length}")
        self.shape = Shape(steps=length, features=2)

    def draw(self, rng: np.random.Generator, number: int) -> tuple[np.ndarray, np.ndarray]:
        """x of shape (number, length, 2) and y of shape (number, 1), float32."""
        steps, rows = self.shape.steps, np.arange(number)
        x = np.zeros((number, steps, 2), dtype=np.float32)
        x[..., 0] = rng.random((number, steps), dtype=np.float32)
        y = np.zeros((number, 1), dtype=np.float32)
        for half in ((0, steps // 2), (steps // 2, steps)):
            marked = rng.integers(*half, size=number)
            x[rows, marked, 1] = 1
            y[:, 0] += x[rows, marked, 0]
        return x, y

    def ceiling(self, view: View) -> float | None:
        """R² of the best prediction: half for each marked number, times how often it is seen.

        The sum needs no order: the product of number and mark can be added up element by element.
        A linear function cannot multiply. Its best weight of a number is how often it is marked, 1
        in n of a half of n elements, and that of a mark is 0: R² is n times smaller in each half.
        """
        first, second = self.shape.steps // 2, self.shape.steps - self.shape.steps // 2
        seen = self.shape.steps if view.last is None else view.last
        power = 2 if view.time_invariant else 1
        late, early = min(seen, second), min(max(seen - second, 0), first)
        return (late / second**power + early / first**power) / 2
