"""Probes: what a network's answer depends on, read from cached weights. Nothing is trained."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from recall_horizon.config.training import TrainingSpec
from recall_horizon.storage.files import read_tensors
from recall_horizon.training.loop import build

STAGES = ("initial", "final")


class Sensitivity(NamedTuple):
    """A row of a probes table: mean |∂ŷ/∂x_position| over held-out sequences.

    `stage` is `initial` (before training) or `final`; positions count from 1 to `length`.
    """

    model: str
    length: int
    replicate: int
    stage: str
    position: int
    sensitivity: float


def sensitivity(model: nn.Module, x: torch.Tensor) -> np.ndarray:
    """Mean over sequences of |∂ŷ/∂x_t| for every position t: shape (T,), float64.

    x has shape (n, T, 1). The sequences of a batch do not affect each other, so the gradient of the
    sum of the predictions contains the gradient of each.
    """
    inputs = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(model(inputs).sum(), inputs, allow_unused=True)
    if gradient is None:
        return np.zeros(x.shape[1])
    return gradient[..., 0].abs().double().mean(dim=0).cpu().numpy()


def probe(weights: Path, held_out: dict[int, torch.Tensor]) -> Iterator[Sensitivity]:
    """The sensitivities of every replicate in a file of cached weights, before and after training.

    The file's metadata says which architecture its weights belong to, and which length;
    `held_out` holds the sequences of each length, of shape (n, T, 1).
    """
    tensors, about = read_tensors(weights)
    spec = TrainingSpec.model_validate(about["spec"])
    model = build(spec, spec.first_replicate)
    for replicate in spec.replicates:
        for stage in STAGES:
            prefix = f"replicate-{replicate}/{stage}/"
            state = {
                name.removeprefix(prefix): torch.from_numpy(values)
                for name, values in tensors.items()
                if name.startswith(prefix)
            }
            model.load_state_dict(state)
            model.eval()
            for i, value in enumerate(sensitivity(model, held_out[spec.length])):
                yield Sensitivity(spec.model, spec.length, replicate, stage, i + 1, float(value))
