"""Training: the loop, and the replicates of one job."""

import logging
import math
import pkgutil
import time
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from recall_horizon.adam import Adam
from recall_horizon.config.training import Training, TrainingSpec
from recall_horizon.datasets import Split
from recall_horizon.losses import Loss
from recall_horizon.seeds import Stream, generator, torch_seed

log = logging.getLogger(__name__)

# Sequences evaluated at once: enough to keep a GPU busy, few enough for any machine's memory.
EVALUATION_BATCH = 4096


class Data(NamedTuple):
    """A split on the training device: x of shape (n, T, 1) and y of shape (n, 1)."""

    x: torch.Tensor
    y: torch.Tensor


class Evaluation(NamedTuple):
    """Both losses after `epoch`, and whether they are finite."""

    epoch: int
    train_mse: float
    test_mse: float
    finite: bool


Batches = Callable[[int], Iterable[torch.Tensor | slice]]


def fit(
    model: nn.Module, train: Data, test: Data, training: Training, batches: Batches
) -> Iterator[Evaluation]:
    """Train `model` in place with Adam on the MSE; yield its losses at the evaluated epochs.

    `batches(epoch)` gives the rows of each batch of an epoch. Ends early, with an evaluation that
    is not finite, when a loss is not.
    """
    evaluated = set(training.evaluated_epochs())
    adam = Adam(model.parameters(), training.learning_rate)
    untrained = evaluate(model, train, test, 0)
    yield untrained
    if not untrained.finite:
        return
    for epoch in range(1, training.epochs + 1):
        total = torch.zeros((), device=train.x.device)
        for rows in batches(epoch):
            loss = nn.functional.mse_loss(model(train.x[rows]), train.y[rows])
            adam.zero_grad()
            loss.backward()
            if training.gradient_clip is not None:
                nn.utils.clip_grad_norm_(adam.parameters, training.gradient_clip)
            adam.step()
            total += loss.detach()
        diverged = not math.isfinite(total)
        if diverged or epoch in evaluated:
            evaluation = evaluate(model, train, test, epoch)
            yield evaluation._replace(finite=evaluation.finite and not diverged)
            if diverged or not evaluation.finite:
                return


@torch.no_grad()
def evaluate(model: nn.Module, train: Data, test: Data, epoch: int) -> Evaluation:
    """The MSE of `model` on all of `train` and `test`, without gradients, summed in float64."""
    model.eval()
    train_mse, test_mse = (_mse(model, split) for split in (train, test))
    model.train()
    return Evaluation(epoch, train_mse, test_mse, math.isfinite(train_mse + test_mse))


def _mse(model: nn.Module, split: Data) -> float:
    total = torch.zeros((), dtype=torch.float64, device=split.x.device)
    for x, y in zip(split.x.split(EVALUATION_BATCH), split.y.split(EVALUATION_BATCH), strict=True):
        total += (model(x) - y).double().square().sum()
    return total.item() / split.y.numel()


class Shard(NamedTuple):
    """What a training job leaves: its rows, its weights and the seconds of each replicate."""

    losses: list[Loss]
    weights: dict[str, np.ndarray]
    seconds: list[float]


def train_shard(spec: TrainingSpec, splits: dict[str, Split], device: torch.device) -> Shard:
    """Train the replicates of `spec`, each with its own training rows, weights and batch order.

    Weights are named `replicate-<r>/initial/<parameter>` and `replicate-<r>/final/<parameter>`.
    """
    test = _on(device, splits["test"])
    variance = float(np.var(splits["test"].y, dtype=np.float64))
    shard = Shard([], {}, [])
    for replicate in spec.replicates:
        start = time.perf_counter()
        place = (spec.length, replicate)
        rows = generator(spec.seed, Stream.SUBSET, *place).choice(
            len(splits["pool"].x), spec.training.samples, replace=False
        )
        train = _on(device, Split(*(array[rows] for array in splits["pool"])))
        model = build(spec, replicate)
        shard.weights.update(_weights(model, replicate, "initial"))
        model.to(device)
        for at in fit(model, train, test, spec.training, _batches(spec, replicate, device)):
            shard.losses.append(
                Loss(
                    spec.study,
                    spec.task,
                    spec.model,
                    spec.length,
                    replicate,
                    at.epoch,
                    at.train_mse,
                    at.test_mse,
                    variance,
                    1 - at.test_mse / variance,
                    "ok" if at.finite else "diverged",
                )
            )
        shard.weights.update(_weights(model, replicate, "final"))
        shard.seconds.append(time.perf_counter() - start)
        last = shard.losses[-1]
        log.info(
            "replicate %d: epoch %d, training MSE %.4f, held-out MSE %.4f, R² %.3f, %s, %.1f s",
            *(replicate, last.epoch, last.train_mse, last.test_mse, last.test_r2, last.status),
            shard.seconds[-1],
        )
    return shard


def build(spec: TrainingSpec, replicate: int) -> nn.Module:
    """The untrained model of `replicate`, on the CPU: the same weights on every device."""
    torch.manual_seed(torch_seed(spec.seed, Stream.WEIGHTS, spec.length, replicate))
    return pkgutil.resolve_name(spec.architecture)(spec.length, **spec.options)


def _batches(spec: TrainingSpec, replicate: int, device: torch.device) -> Batches:
    """A full batch as it stands, or else a new order for every epoch, keyed by the epoch."""
    samples, size = spec.training.samples, spec.training.batch_size

    def batches(epoch: int) -> Iterable[torch.Tensor | slice]:
        if size is None:
            return [slice(None)]
        rng = generator(spec.seed, Stream.BATCHES, spec.length, replicate, epoch)
        return torch.from_numpy(rng.permutation(samples)).to(device).split(size)

    return batches


def _on(device: torch.device, split: Split) -> Data:
    return Data(*(torch.from_numpy(array).to(device) for array in split))


def _weights(model: nn.Module, replicate: int, stage: str) -> dict[str, np.ndarray]:
    return {
        f"replicate-{replicate}/{stage}/{name}": tensor.detach().cpu().numpy().copy()
        for name, tensor in model.state_dict().items()
    }
