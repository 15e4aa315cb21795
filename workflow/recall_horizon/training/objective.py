"""How answers are scored: numbers by their mean squared error, classes by their cross-entropy."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch.nn.functional import cross_entropy, mse_loss

from recall_horizon.contract import NOT_ASKED, LossName

Measure = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


class Objective(NamedTuple):
    """A loss of predictions and targets, of the shapes that `contract.Task` gives them.

    `mean` over a batch is trained on; `total`, over all elements of the targets, is summed in
    float64 to evaluate; `each` is the mean of each sequence, of shape (batch,) and in float64;
    `right` counts the answers that are right, and is None of numbers; `asked` counts the elements
    of targets that are not `NOT_ASKED`, over which the others sum.
    """

    mean: Measure
    total: Measure
    each: Measure
    right: Measure | None
    asked: Callable[[torch.Tensor], int]


def _squares(predictions: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return (predictions - y).double().square().sum()


def _squares_of_each(predictions: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return (predictions - y).double().square().flatten(1).mean(1)


def _entropy(predictions: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return cross_entropy(predictions.flatten(0, -2), y.flatten())


def _entropies(predictions: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return cross_entropy(predictions.double().flatten(0, -2), y.flatten(), reduction="sum")


def _entropies_of_each(predictions: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    logits = predictions.double().flatten(0, -2)
    losses = cross_entropy(logits, y.flatten(), reduction="none").view(len(y), -1)
    return losses.sum(1) / (_answered(y) / len(y))


def _right(predictions: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return (predictions.argmax(dim=-1).flatten() == y.flatten()).sum()


def _answered(y: torch.Tensor) -> int:
    return int((y != NOT_ASKED).sum())


OBJECTIVES: dict[LossName, Objective] = {
    "mse": Objective(mse_loss, _squares, _squares_of_each, None, torch.numel),
    "cross_entropy": Objective(_entropy, _entropies, _entropies_of_each, _right, _answered),
}
