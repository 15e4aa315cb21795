"""The losses of training runs: one row per replicate and evaluated epoch."""

import csv
import io
from collections.abc import Iterable
from typing import NamedTuple


class Loss(NamedTuple):
    """A row of a losses table.

    Losses are means over all training rows of the replicate and over the test set, of the task's
    loss: squared error of numbers, cross-entropy of classes, in nats. `chance_loss` is that of the
    best predictor that ignores the sequence: the variance of the test targets, or the entropy of
    equally likely classes. `score` is 1 − test_loss / chance_loss, which is R² of numbers, and
    `score_error` its standard error over test sets like this one, NaN where it is not finite.
    `accuracy`, of classes only, is the share of held-out answers that are right. `status` is `ok`,
    or `diverged` in the last row of a replicate whose loss was no longer finite after `epoch`. In
    the rows of a search job, the validation set has the place of the test set.
    """

    study: str
    task: str
    model: str
    length: int
    replicate: int
    epoch: int
    train_loss: float
    test_loss: float
    chance_loss: float
    score: float
    score_error: float
    accuracy: float | None
    status: str


def as_csv(rows: Iterable[Loss]) -> str:
    """`rows` as CSV with a header; floats in the shortest form that reads back the same."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Loss._fields)
    writer.writerows(rows)
    return text.getvalue()
