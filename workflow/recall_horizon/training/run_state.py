"""The state of a training job, converted to arrays for a checkpoint and back without any loss."""

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from recall_horizon.storage.files import Tensors
from recall_horizon.training.adam import Adam
from recall_horizon.training.checkpoint import State
from recall_horizon.training.losses import Loss


class Replicate:
    """A replicate in training: its model, its optimizer, where it is and the time it took.

    `epoch` counts the epochs done, `batches` those done of the next epoch, and `total` is the sum
    of their losses. `unlocked` counts the lengths that it trains on, of those that it will, and
    `newest` is the sum of the losses in `total` that are of the longest of them. `resumed` says
    that an earlier attempt has trained it, or evaluated it at least.
    """

    def __init__(self, model: nn.Module, learning_rate: float, unlocked: int = 1) -> None:
        self.model = model
        self.adam = Adam(model.parameters(), learning_rate)
        self.epoch = self.batches = 0
        self.unlocked = unlocked
        device = next(model.parameters()).device
        self.total, self.newest = (torch.zeros((), device=device) for _ in range(2))
        self.resumed = False
        self.started = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds of training, including those of earlier attempts."""
        return time.perf_counter() - self.started

    def tensors(self) -> Tensors:
        """Everything that the next batch depends on."""
        return {name: tensor.cpu().numpy().copy() for name, tensor in self._live()}

    def load(
        self, tensors: Tensors, epoch: int, batches: int, unlocked: int, seconds: float
    ) -> None:
        """Restore the state that `tensors` hold, reached after `epoch`, `batches` and `seconds`."""
        with torch.no_grad():
            for name, tensor in self._live():
                tensor.copy_(torch.from_numpy(tensors[name]))
        torch.set_rng_state(torch.from_numpy(tensors["generator/cpu"]))
        device = next(self.model.parameters()).device
        if device.type == "cuda":
            torch.cuda.set_rng_state(torch.from_numpy(tensors["generator/cuda"]), device)
        self.epoch, self.batches, self.unlocked, self.resumed = epoch, batches, unlocked, True
        self.started -= seconds

    def end_epoch(self) -> None:
        """Count an epoch whose batches are all done."""
        self.epoch += 1
        self.batches = 0
        self.total.zero_()
        self.newest.zero_()

    def place(self) -> str:
        """What is done, in words."""
        more = f" and batch {self.batches} of epoch {self.epoch + 1}" if self.batches else ""
        return f"epoch {self.epoch}{more}"

    def _live(self) -> Iterator[tuple[str, torch.Tensor]]:
        """What changes during training. Writing into a generator's state changes nothing."""
        for name, tensor in self.model.state_dict().items():
            yield f"model/{name}", tensor
        for name, tensor in self.adam.state().items():
            yield f"adam/{name}", tensor
        yield "total", self.total
        yield "newest", self.newest
        yield "generator/cpu", torch.get_rng_state()
        device = next(self.model.parameters()).device
        if device.type == "cuda":
            yield "generator/cuda", torch.cuda.get_rng_state(device)


class Kept(NamedTuple):
    """An interrupted replicate: the arguments of its `Replicate.load`."""

    tensors: Tensors
    epoch: int
    batches: int
    unlocked: int
    seconds: float


class Shard(NamedTuple):
    """The results of a training job: its rows, its weights, the seconds of each replicate, and what
    the author of its model should know."""

    losses: list[Loss]
    weights: Tensors
    seconds: list[float]
    warnings: list[str]

    def state(self, current: Replicate | None) -> State:
        """The shard in a checkpoint's form, with the replicate in training if there is one."""
        tensors = {f"shard/{name}": array for name, array in self.weights.items()}
        about: dict[str, Any] = {"losses": self.losses, "seconds": self.seconds, "run": None}
        if current:
            tensors |= {f"run/{name}": array for name, array in current.tensors().items()}
            about["run"] = {name: getattr(current, name) for name in Kept._fields[1:]}
        return tensors, about


def restored(state: State | None) -> tuple[Shard, Kept | None]:
    """The shard that `state` was taken from, and the replicate that was in training."""
    if state is None:
        return Shard([], {}, [], []), None
    tensors, about = state
    weights, current = (
        {
            name.removeprefix(folder): np.array(array)
            for name, array in tensors.items()
            if name.startswith(folder)
        }
        for folder in ("shard/", "run/")
    )
    shard = Shard([Loss(*row) for row in about["losses"]], weights, list(about["seconds"]), [])
    return shard, Kept(current, **about["run"]) if about["run"] else None
