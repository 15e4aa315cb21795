"""Probes: what a network's answer depends on, read from cached weights. Nothing is trained."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from recall_horizon.config.training import TrainingSpec
from recall_horizon.contract import NOT_ASKED
from recall_horizon.data.datasets import Split
from recall_horizon.storage.files import Tensors, read_tensors
from recall_horizon.training.loop import build

STAGES = ("initial", "final")


class Sensitivity(NamedTuple):
    """A row of a probes table: mean |∂ŷ/∂x_position| over held-out sequences.

    `stage` is `initial` (before training) or `final`; positions count the steps, from 1.
    """

    model: str
    length: int
    replicate: int
    stage: str
    position: int
    sensitivity: float


def sensitivity(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> np.ndarray:
    """Mean over sequences of |∂ŷ/∂x_t| for every step t: shape (steps,), float64.

    Of several features the absolute values are added up, of several numbers in an answer the
    derivatives. Of classes, ŷ is the logit of the right one, added up over the answers that are
    asked for.

    The sequences of a batch do not affect each other, so the gradient of the sum over the batch
    contains the gradient of each.

    Args:
        model: the network.
        x: sequences, as `contract.Task.draw` gives them.
        y: their targets.
    """
    inputs = x.detach().clone().requires_grad_()
    answers = model(inputs)
    if not y.is_floating_point():
        right = y.reshape(*answers.shape[:-1], 1)
        answers = answers.gather(-1, right.clamp(min=0))[right != NOT_ASKED]
    (gradient,) = torch.autograd.grad(answers.sum(), inputs, allow_unused=True)
    if gradient is None:
        return np.zeros(x.shape[1])
    return gradient.abs().sum(dim=-1).double().mean(dim=0).cpu().numpy()


def give_weights(model: nn.Module, tensors: Tensors, replicate: int, stage: str) -> None:
    """Give `model` the cached weights of a replicate, before (`initial`) or after training
    (`final`), and make it ready to be asked."""
    prefix = f"replicate-{replicate}/{stage}/"
    state = {
        name.removeprefix(prefix): torch.from_numpy(values)
        for name, values in tensors.items()
        if name.startswith(prefix)
    }
    model.load_state_dict(state)
    model.eval()


def probe(weights: Path, held_out: Mapping[int, Split]) -> Iterator[Sensitivity]:
    """The sensitivities of every replicate in a file of cached weights, before and after training.

    The file's metadata says which architecture its weights belong to, and which lengths;
    `held_out` has sequences and targets of each, by the number of steps.
    """
    tensors, about = read_tensors(weights)
    spec = TrainingSpec.model_validate(about["spec"])
    for replicate in spec.replicates:
        model = build(spec, replicate)  # what it keeps outside its weights may be random, too
        for stage in STAGES:
            give_weights(model, tensors, replicate, stage)
            for at in spec.lengths:
                x, y = map(torch.from_numpy, held_out[at.shape.steps])
                for i, value in enumerate(sensitivity(model, x, y)):
                    row = (spec.model, at.length, replicate, stage, i + 1, float(value))
                    yield Sensitivity(*row)
