"""Curricula: on which lengths a network is trained, and the batches of an epoch.

One network is trained on several lengths in batches of one length each: nothing is cut or padded.
Of the strategies of Zaremba & Sutskever (2014, Learning to Execute, §4), `mixed` is their mix, all
lengths from the start, and `growing` is like their combined strategy: a mix whose longest length
grows, with a rule of ours for when a length is added.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import NamedTuple

import torch

from recall_horizon.config.seeds import Stream, generator
from recall_horizon.config.training import TrainingSpec

# How often `growing` draws the length that was added last; else it draws any that it has.
NEWEST = 0.5


class Batch(NamedTuple):
    """The length of a batch's sequences, and their rows among the training sequences."""

    length: int
    rows: torch.Tensor | slice


# The batches of an epoch, which counts from 1, with so many lengths, from the shortest on.
Batches = Callable[[int, int], Iterable[Batch]]


def at_first(spec: TrainingSpec) -> int:
    """How many of its lengths a network is trained on from the start."""
    return 1 if spec.training.curriculum == "growing" else len(spec.lengths)


def batches(spec: TrainingSpec, replicate: int, device: torch.device) -> Batches:
    """The batches of each epoch of a replicate.

    An epoch has as many as it takes to read every length's sequences once. Mixed, it reads each
    once, in an order of its own; growing, a length is drawn for each batch.
    """

    def of_epoch(epoch: int, unlocked: int) -> Iterator[Batch]:
        rows = {at.length: _rows(spec, replicate, at.length, epoch, device) for at in spec.lengths}
        for length in _order(spec, replicate, epoch, unlocked):
            yield Batch(length, next(rows[length]))

    return of_epoch


def _order(spec: TrainingSpec, replicate: int, epoch: int, unlocked: int) -> list[int]:
    """The length of each batch of an epoch."""
    lengths = [at.length for at in spec.lengths]
    each = [length for length in lengths for _ in range(spec.training.batches())]
    if len(lengths) == 1:
        return each
    rng = generator(spec.seed, *spec.key(Stream.CURRICULUM, replicate, epoch))
    if spec.training.curriculum == "mixed":
        return rng.permutation(each).tolist()
    newest = rng.random(len(each)) < NEWEST
    drawn = rng.integers(unlocked, size=len(each))
    return [lengths[unlocked - 1 if new else i] for new, i in zip(newest, drawn, strict=True)]


def _rows(
    spec: TrainingSpec, replicate: int, length: int, epoch: int, device: torch.device
) -> Iterator[torch.Tensor | slice]:
    """The rows of one batch of a length after the other: a full batch in its given order, or else
    in a new order for every epoch, keyed by the epoch, and whenever all are read."""
    samples, size = spec.training.samples, spec.training.batch_size
    if size is None:
        yield from repeat(slice(None))
    rng = generator(spec.seed, *spec.key(Stream.BATCHES, length, replicate, epoch))
    while True:
        yield from torch.from_numpy(rng.permutation(samples)).to(device).split(size)


def grown(spec: TrainingSpec, unlocked: int, newest: float) -> int:
    """With how many lengths to go on after an epoch.

    Args:
        spec: what is trained.
        unlocked: the lengths in this epoch.
        newest: the mean loss of its batches of the longest of these; NaN if it had none.
    """
    below = spec.training.grow_below * spec.lengths[unlocked - 1].chance
    return unlocked + 1 if unlocked < len(spec.lengths) and newest < below else unlocked
