"""Training: the loop, and the replicates of one job."""

import logging
import math
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from recall_horizon.config.training import Training, TrainingSpec
from recall_horizon.contract import Shape
from recall_horizon.data.baselines import chance_loss, chance_losses, score_error
from recall_horizon.data.datasets import Split
from recall_horizon.seeds import Stream, generator, torch_seed
from recall_horizon.training.checkpoint import Checkpoint
from recall_horizon.training.losses import Loss
from recall_horizon.training.objective import OBJECTIVES, Objective
from recall_horizon.training.progress import Progress
from recall_horizon.training.run_state import Replicate, Shard, restored
from recall_horizon.training.trial import answers, check_finite, tried
from recall_horizon.training.width import resolved

log = logging.getLogger(__name__)

# Sequences evaluated at once: enough to keep a GPU busy, few enough for any machine's memory.
EVALUATION_BATCH = 4096


class Data(NamedTuple):
    """A split on the training device, of a task's shape."""

    x: torch.Tensor
    y: torch.Tensor
    shape: Shape


class Evaluation(NamedTuple):
    """Both losses after `epoch`, the held-out loss of each sequence and share of right answers, and
    whether losses are finite."""

    epoch: int
    train_loss: float
    test_loss: float
    test_losses: np.ndarray
    accuracy: float | None
    finite: bool


Batches = Callable[[int], Iterable[torch.Tensor | slice]]


def fit(
    replicate: Replicate,
    train: Data,
    test: Data,
    objective: Objective,
    training: Training,
    batches: Batches,
) -> Iterator[Evaluation | None]:
    """Train `replicate` with Adam on `objective`; yield its losses wherever they are evaluated.

    Yields None after each batch, before an evaluation that may follow it, and after each epoch
    whose losses are not evaluated: at every yield training can be stopped, and resumed by a
    `replicate` with the same state. `batches(epoch)` gives the rows of each batch of an epoch. The
    first evaluation is of the untrained model, epoch 0, unless `replicate` is resumed. Ends early,
    with an evaluation that is not finite, when a loss is not.

    Raises:
        UnsoundModelError: predictions have another shape than the task's, or those of the untrained
            model are not finite.
    """
    evaluated = set(training.evaluated_epochs())
    if not replicate.resumed:
        untrained = evaluate(replicate.model, train, test, objective, 0)
        check_finite(replicate.model, untrained.finite)
        yield untrained
    while replicate.epoch < training.epochs:
        for rows in islice(batches(replicate.epoch + 1), replicate.batches, None):
            predictions = answers(replicate.model, train.x[rows], train.shape)
            loss = objective.mean(predictions, train.y[rows])
            replicate.adam.zero_grad()
            loss.backward()
            if training.gradient_clip is not None:
                nn.utils.clip_grad_norm_(replicate.adam.parameters, training.gradient_clip)
            replicate.adam.step()
            replicate.total += loss.detach()
            replicate.batches += 1
            yield None
        diverged = not math.isfinite(replicate.total)
        replicate.end_epoch()
        evaluation = None
        if diverged or replicate.epoch in evaluated:
            evaluation = evaluate(replicate.model, train, test, objective, replicate.epoch)
            evaluation = evaluation._replace(finite=evaluation.finite and not diverged)
        yield evaluation
        if evaluation and not evaluation.finite:
            return


@torch.no_grad()
def evaluate(
    model: nn.Module, train: Data, test: Data, objective: Objective, epoch: int
) -> Evaluation:
    """The loss of `model` on all of `train` and `test`, without gradients, summed in float64."""
    model.eval()
    (train_loss, *_), (test_loss, each, accuracy) = (
        _mean(model, split, objective) for split in (train, test)
    )
    model.train()
    finite = math.isfinite(train_loss + test_loss)
    return Evaluation(epoch, train_loss, test_loss, each, accuracy, finite)


def _mean(
    model: nn.Module, split: Data, objective: Objective
) -> tuple[float, np.ndarray, float | None]:
    """The loss over all of `split`, that of each sequence, and the share of right answers."""
    total = torch.zeros((), dtype=torch.float64, device=split.x.device)
    right = torch.zeros((), dtype=torch.int64, device=split.x.device)
    each = []
    for x, y in zip(split.x.split(EVALUATION_BATCH), split.y.split(EVALUATION_BATCH), strict=True):
        predictions = answers(model, x, split.shape)
        total += objective.total(predictions, y)
        each.append(objective.each(predictions, y))
        if objective.right:
            right += objective.right(predictions, y)
    number = split.y.numel()
    share = right.item() / number if objective.right else None
    return total.item() / number, torch.cat(each).cpu().numpy(), share


def train_shard(
    spec: TrainingSpec,
    splits: dict[str, Split],
    device: torch.device,
    checkpoint: Checkpoint | None = None,
    progress: Progress | None = None,
) -> Shard:
    """Train the replicates of `spec`, each with its own training rows, weights and batch order.

    A search job evaluates on the split `validation` in the place of `test`, in its rows as well.

    Weights are named `replicate-<r>/initial/<parameter>` and `replicate-<r>/final/<parameter>`.
    What `checkpoint` holds is not trained again; `progress` receives where training is.

    Raises:
        JobStoppedError: a signal has stopped it, and `checkpoint` has its state.
        UnsoundModelError: the model's answers cannot be used, or its weights cannot be kept.
    """
    test = _on(device, splits[spec.held_out], spec.shape)
    objective = OBJECTIVES[spec.loss]
    chance = chance_losses(splits[spec.held_out].y, spec.loss, spec.chance)
    level = chance_loss(splits[spec.held_out].y, spec.loss, spec.chance)
    shard, kept = restored(checkpoint.read() if checkpoint else None)
    numbers = spec.replicates[len(shard.seconds) :]
    for number in numbers:
        rows = generator(spec.seed, *spec.key(Stream.SUBSET, spec.length, number)).choice(
            len(splits["pool"].x), spec.training.samples, replace=False
        )
        drawn = Split(*(array[rows] for array in splits["pool"]))
        train, batches = _on(device, drawn, spec.shape), _batches(spec, number, device)
        if number == numbers[0]:
            first = next(iter(batches(1)))
            make = partial(build, spec, number)
            x, y = train.x[first], train.y[first]
            shard.warnings.extend(tried(make, x, y, spec.shape, objective))
        model = build(spec, number)
        shard.weights.update(_weights(model, number, "initial"))
        replicate = Replicate(model.to(device), spec.training.learning_rate)
        if kept:
            replicate.load(*kept)
            kept = None
            log.info("replicate %d: resumed after %s", number, replicate.place())
        state = partial(shard.state, replicate)
        for evaluation in fit(replicate, train, test, objective, spec.training, batches):
            if evaluation:
                shard.losses.append(_row(spec, number, evaluation, level, chance))
            if progress:
                progress.report(number, replicate.epoch, shard.losses[-1])
            if checkpoint and (evaluation is None or evaluation.finite):  # else it has ended
                checkpoint.keep(state)
        shard.weights.update(_weights(model, number, "final"))
        shard.seconds.append(replicate.seconds)
        last = shard.losses[-1]
        log.info(
            "replicate %d: epoch %d, training loss %.4f, held-out %.4f, score %.3f, %s, %.1f s",
            *(number, last.epoch, last.train_loss, last.test_loss, last.score, last.status),
            shard.seconds[-1],
        )
        if checkpoint and number != spec.last_replicate:
            checkpoint.keep(partial(shard.state, None), now=True)
    return shard


def _row(
    spec: TrainingSpec, replicate: int, at: Evaluation, level: float, chance: np.ndarray
) -> Loss:
    return Loss(
        *(spec.study, spec.task, spec.model, spec.length, replicate),
        *(at.epoch, at.train_loss, at.test_loss, level, 1 - at.test_loss / level),
        *(score_error(at.test_losses, chance), at.accuracy, "ok" if at.finite else "diverged"),
    )


def build(spec: TrainingSpec, replicate: int) -> nn.Module:
    """The untrained model of `replicate`, on the CPU: the same weights on every device."""
    options = resolved(spec).options
    torch.manual_seed(torch_seed(spec.seed, *spec.key(Stream.WEIGHTS, spec.length, replicate)))
    return pkgutil.resolve_name(spec.architecture)(spec.shape, **options)


def _batches(spec: TrainingSpec, replicate: int, device: torch.device) -> Batches:
    """A full batch in its given order, or else a new order for every epoch, keyed by the epoch."""
    samples, size = spec.training.samples, spec.training.batch_size

    def batches(epoch: int) -> Iterable[torch.Tensor | slice]:
        if size is None:
            return [slice(None)]
        rng = generator(spec.seed, *spec.key(Stream.BATCHES, spec.length, replicate, epoch))
        return torch.from_numpy(rng.permutation(samples)).to(device).split(size)

    return batches


def _on(device: torch.device, split: Split, shape: Shape) -> Data:
    return Data(*(torch.from_numpy(array).to(device) for array in split), shape)


def _weights(model: nn.Module, replicate: int, stage: str) -> dict[str, np.ndarray]:
    return {
        f"replicate-{replicate}/{stage}/{name}": tensor.detach().cpu().numpy().copy()
        for name, tensor in model.state_dict().items()
    }
