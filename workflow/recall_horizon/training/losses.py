"""The losses of training runs: one row per replicate and evaluated epoch."""

import csv
import io
from collections.abc import Iterable
from typing import NamedTuple


class Loss(NamedTuple):
    """A row of a losses table.

    Losses are mean squared errors over all training rows of the replicate and over the test set;
    `target_variance` is the test targets' variance, which is the error of predicting their mean;
    `test_r2` is 1 − test_mse / target_variance. `status` is `ok`, or `diverged` in the last row
    of a replicate whose loss was no longer finite after `epoch`. In the rows of a search job, the
    validation set has the place of the test set.
    """

    study: str
    task: str
    model: str
    length: int
    replicate: int
    epoch: int
    train_mse: float
    test_mse: float
    target_variance: float
    test_r2: float
    status: str


def as_csv(rows: Iterable[Loss]) -> str:
    """`rows` as CSV with a header; floats in the shortest form that reads back the same."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Loss._fields)
    writer.writerows(rows)
    return text.getvalue()
