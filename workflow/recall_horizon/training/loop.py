"""Training: the loop, and the replicates of one job."""

import logging
import math
import pkgutil
from collections.abc import Iterator, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from recall_horizon.config.seeds import Stream, generator, torch_seed
from recall_horizon.config.training import AtLength, TrainingSpec
from recall_horizon.contract import Shape
from recall_horizon.data.baselines import chance_loss, chance_losses, score_error
from recall_horizon.data.datasets import Split
from recall_horizon.training.checkpoint import Checkpoint
from recall_horizon.training.curriculum import Batches, at_first, batches, grown
from recall_horizon.training.losses import Loss
from recall_horizon.training.objective import OBJECTIVES, Objective
from recall_horizon.training.progress import Progress
from recall_horizon.training.run_state import Replicate, Shard, restored
from recall_horizon.training.trial import answers, check_finite, check_reads, tried
from recall_horizon.training.width import resolved

log = logging.getLogger(__name__)

# Sequences evaluated at once: enough to keep a GPU busy, few enough for its memory.
EVALUATION_BATCH = 4096
# Sequences that a network on a processor is given at a time, few enough for its cache. A Mamba of
# two layers of 64 takes 2 GB of memory in the place of 13. The answers are those of all at once, to
# the bit where the last part has four sequences or more, else to within 2·10⁻⁷.
PART = 512


class Data(NamedTuple):
    """A split on the training device, of a task's shape."""

    x: torch.Tensor
    y: torch.Tensor
    shape: Shape


class Evaluation(NamedTuple):
    """Both losses at `length` after `epoch`, the held-out loss of each sequence and share of right
    answers, and whether the losses of the network are finite, at every length."""

    length: int
    epoch: int
    train_loss: float
    test_loss: float
    test_losses: np.ndarray
    accuracy: float | None
    finite: bool


def fit(
    replicate: Replicate,
    train: Mapping[int, Data],
    test: Mapping[int, Data],
    objective: Objective,
    spec: TrainingSpec,
    batches: Batches,
) -> Iterator[list[Evaluation]]:
    """Train `replicate` with Adam on `objective`; yield its losses wherever they are evaluated.

    Yields nothing, [], after each batch, before an evaluation that may follow it, and after each
    epoch whose losses are not evaluated: at every yield training can be stopped, and resumed by a
    `replicate` with the same state. `train` and `test` are the data by length, ascending;
    `batches` gives those of an epoch. The first evaluation is of the untrained model, epoch 0,
    unless `replicate` is resumed. Ends early, with an evaluation that is not finite, when a loss
    is not.

    Raises:
        UnsoundModelError: predictions have another shape than the task's, or those of the untrained
            model are not finite.
    """
    training, lengths = spec.training, list(train)
    growing = training.curriculum == "growing"
    evaluated = set(training.evaluated_epochs())
    if not replicate.resumed:
        untrained = evaluate(replicate.model, train, test, objective, 0)
        check_finite(replicate.model, untrained[0].finite)
        yield untrained
    while replicate.epoch < training.epochs:
        planned = list(batches(replicate.epoch + 1, replicate.unlocked))
        newest = lengths[replicate.unlocked - 1]
        for length, rows in planned[replicate.batches :]:
            x, y, shape = train[length]
            loss = objective.mean(answers(replicate.model, x[rows], shape), y[rows])
            replicate.adam.zero_grad()
            loss.backward()
            if training.gradient_clip is not None:
                nn.utils.clip_grad_norm_(replicate.adam.parameters, training.gradient_clip)
            replicate.adam.step()
            replicate.total += loss.detach()
            if growing and length == newest:
                replicate.newest += loss.detach()
            replicate.batches += 1
            yield []
        diverged = not math.isfinite(replicate.total)
        if growing:
            of_newest = sum(batch.length == newest for batch in planned)
            mean = replicate.newest.item() / of_newest if of_newest else math.nan
            replicate.unlocked = grown(spec, replicate.unlocked, mean)
        replicate.end_epoch()
        evaluations = []
        if diverged or replicate.epoch in evaluated:
            found = evaluate(replicate.model, train, test, objective, replicate.epoch)
            evaluations = [each._replace(finite=each.finite and not diverged) for each in found]
        yield evaluations
        if evaluations and not evaluations[0].finite:
            return


@torch.no_grad()
def evaluate(
    model: nn.Module,
    train: Mapping[int, Data],
    test: Mapping[int, Data],
    objective: Objective,
    epoch: int,
) -> list[Evaluation]:
    """The loss of `model` at each length on all of `train` and `test`, without gradients, summed in
    float64."""
    model.eval()
    found = {
        length: [mean_loss(model, split[length], objective) for split in (train, test)]
        for length in train
    }
    model.train()
    finite = math.isfinite(sum(loss for splits in found.values() for loss, *_ in splits))
    return [
        Evaluation(length, epoch, train_loss, test_loss, each, accuracy, finite)
        for length, ((train_loss, *_), (test_loss, each, accuracy)) in found.items()
    ]


def mean_loss(
    model: nn.Module, split: Data, objective: Objective
) -> tuple[float, np.ndarray, float | None]:
    """The loss over all of `split`, that of each sequence, and the share of right answers."""
    total = torch.zeros((), dtype=torch.float64, device=split.x.device)
    right = torch.zeros((), dtype=torch.int64, device=split.x.device)
    each = []
    part = PART if split.x.device.type == "cpu" else EVALUATION_BATCH
    for x, y in zip(split.x.split(EVALUATION_BATCH), split.y.split(EVALUATION_BATCH), strict=True):
        predictions = torch.cat([answers(model, few, split.shape) for few in x.split(part)])
        total += objective.total(predictions, y)
        each.append(objective.each(predictions, y))
        if objective.right:
            right += objective.right(predictions, y)
    number = objective.asked(split.y)
    share = right.item() / number if objective.right else None
    return total.item() / number, torch.cat(each).cpu().numpy(), share


class HeldOut(NamedTuple):
    """A held-out split, with the loss of each of its sequences at chance and their mean."""

    data: Data
    chance: np.ndarray
    level: float


def train_shard(
    spec: TrainingSpec,
    datasets: Mapping[int, Mapping[str, Split]],
    device: torch.device,
    checkpoint: Checkpoint | None = None,
    progress: Progress | None = None,
) -> Shard:
    """Train the replicates of `spec`, each with its own training rows, weights and batch order.

    `datasets` has the splits of each length. A search job evaluates on the split `validation` in
    the place of `test`, in its rows as well.

    Weights are named `replicate-<r>/initial/<parameter>` and `replicate-<r>/final/<parameter>`.
    What `checkpoint` holds is not trained again; `progress` receives where training is.

    Raises:
        JobStoppedError: a signal has stopped it, and `checkpoint` has its state.
        UnsoundModelError: the model's answers cannot be used, or its weights cannot be kept.
    """
    objective = OBJECTIVES[spec.loss]
    held_out = {at.length: _held_out(spec, at, datasets[at.length], device) for at in spec.lengths}
    test = {length: split.data for length, split in held_out.items()}
    shard, kept = restored(checkpoint.read() if checkpoint else None)
    numbers = spec.replicates[len(shard.seconds) :]
    for number in numbers:
        train = {
            at.length: _drawn(spec, number, at, datasets[at.length]["pool"], device)
            for at in spec.lengths
        }
        of_epoch = batches(spec, number, device)
        if number == numbers[0]:
            shard.warnings.extend(_tried(spec, number, train, of_epoch))
        model = build(spec, number)
        shard.weights.update(_weights(model, number, "initial"))
        replicate = Replicate(model.to(device), spec.training.learning_rate, at_first(spec))
        if kept:
            replicate.load(*kept)
            kept = None
            log.info("replicate %d: resumed after %s", number, replicate.place())
        state = partial(shard.state, replicate)
        for evaluations in fit(replicate, train, test, objective, spec, of_epoch):
            shard.losses.extend(_row(spec, number, at, held_out[at.length]) for at in evaluations)
            if progress:
                progress.report(number, replicate.epoch, shard.losses[-1])
            if checkpoint and all(at.finite for at in evaluations):  # else it has ended
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


def _held_out(
    spec: TrainingSpec, at: AtLength, splits: Mapping[str, Split], device: torch.device
) -> HeldOut:
    split = splits[spec.held_out]
    chances = chance_losses(split.y, spec.loss, at.chance)
    level = chance_loss(split.y, spec.loss, at.chance)
    return HeldOut(_on(device, split, at.shape), chances, level)


def _drawn(
    spec: TrainingSpec, replicate: int, at: AtLength, pool: Split, device: torch.device
) -> Data:
    """The training sequences of a replicate at one length: its own rows of the pool."""
    rng = generator(spec.seed, *spec.key(Stream.SUBSET, at.length, replicate))
    rows = rng.choice(len(pool.x), spec.training.samples, replace=False)
    return _on(device, Split(*(array[rows] for array in pool)), at.shape)


def _tried(
    spec: TrainingSpec, replicate: int, train: Mapping[int, Data], of_epoch: Batches
) -> list[str]:
    """Try the model at the length that it is built for, and at the others as well."""
    planned = of_epoch(1, len(spec.lengths))
    rows = next((batch.rows for batch in planned if batch.length == spec.length), slice(None))
    make, objective = partial(build, spec, replicate), OBJECTIVES[spec.loss]
    x, y, shape = train[spec.length]
    warnings = tried(make, x[rows], y[rows], shape, objective)
    for length, (x, _, shape) in train.items():
        if length != spec.length:
            check_reads(make, x, shape)
    return warnings


def _row(spec: TrainingSpec, replicate: int, at: Evaluation, held_out: HeldOut) -> Loss:
    return Loss(
        *(spec.study, spec.task, spec.model, at.length, replicate),
        *(at.epoch, at.train_loss, at.test_loss, held_out.level),
        1 - at.test_loss / held_out.level,
        *(score_error(at.test_losses, held_out.chance), at.accuracy),
        "ok" if at.finite else "diverged",
    )


def build(spec: TrainingSpec, replicate: int) -> nn.Module:
    """The untrained model of `replicate`, on the CPU: the same weights on every device."""
    options = resolved(spec).options
    torch.manual_seed(torch_seed(spec.seed, *spec.key(Stream.WEIGHTS, spec.length, replicate)))
    return pkgutil.resolve_name(spec.architecture)(spec.shape, **options)


def _on(device: torch.device, split: Split, shape: Shape) -> Data:
    return Data(*(torch.from_numpy(array).to(device) for array in split), shape)


def _weights(model: nn.Module, replicate: int, stage: str) -> dict[str, np.ndarray]:
    return {
        f"replicate-{replicate}/{stage}/{name}": tensor.detach().cpu().numpy().copy()
        for name, tensor in model.state_dict().items()
    }
