"""What networks score at other lengths than those that they were trained on, by cached weights."""

import logging
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from recall_horizon.analysis.probes import give_weights
from recall_horizon.config.training import TrainingSpec
from recall_horizon.contract import Shape
from recall_horizon.data.baselines import chance_loss, chance_losses, score_error
from recall_horizon.data.datasets import Split
from recall_horizon.storage.files import read_tensors
from recall_horizon.training.loop import Data, build, mean_loss
from recall_horizon.training.objective import OBJECTIVES

log = logging.getLogger(__name__)


class Test(NamedTuple):
    """The held-out sequences of one length, and what they are scored by.

    Networks that are trained on this length are tested on all of them, others on the first `few`.
    """

    length: int
    split: Split
    few: int
    shape: Shape
    chance: float


class Transfer(NamedTuple):
    """A row of a transfers table: what one network scores at one length.

    `trained_on` is the length that it was trained on, or the curriculum of several; `status` is
    `ok`, `unread` where it cannot read sequences of that length, such as one whose learned
    positions end before, or `diverged` where its loss is not finite. `correlation` is that of
    answers with targets, by `correlation`: of numbers, where the status is `ok`; `each` are the
    scores of the single numbers, where several are asked at once. The other columns
    are those of a losses table: at a length that the network is trained on they are the same.
    """

    model: str
    trained_on: str
    tested_at: int
    replicate: int
    test_loss: float | None
    chance_loss: float
    score: float | None
    score_error: float | None
    accuracy: float | None
    correlation: float | None
    each: str
    status: str


def transfers(weights: Path, tests: Mapping[int, Test]) -> Iterator[Transfer]:
    """What every trained replicate in a file of cached weights scores at every length.

    The file's metadata says which architecture its weights belong to, and what it is trained on.
    """
    tensors, about = read_tensors(weights)
    spec = TrainingSpec.model_validate(about["spec"])
    for replicate in spec.replicates:
        model = build(spec, replicate)
        give_weights(model, tensors, replicate, "final")
        for test in tests.values():
            yield _scored(spec, replicate, Recorded(model), test)


class Recorded(nn.Module):
    """A network whose `answers` are kept, batch by batch."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.answers: list[torch.Tensor] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions for sequences: `Shape` has their shapes."""
        self.answers.append(self.network(x))
        return self.answers[-1]


@torch.no_grad()
def _scored(spec: TrainingSpec, replicate: int, model: Recorded, test: Test) -> Transfer:
    own = test.length in {at.length for at in spec.lengths}
    split = Split(*(array[: None if own else test.few] for array in test.split))
    x, y = map(torch.from_numpy, split)
    level = chance_loss(split.y, spec.loss, test.chance)
    where = (spec.model, spec.trained_on, test.length, replicate)
    try:
        loss, each, accuracy = mean_loss(model, Data(x, y, test.shape), OBJECTIVES[spec.loss])
    except (MemoryError, torch.OutOfMemoryError):
        raise  # says nothing of the model
    except Exception as error:  # however a model says that it cannot read that many steps
        if own:
            raise
        log.info("%s, trained on %s, cannot read T = %d: %s", *where[:3], error)
        return Transfer(*where, None, level, None, None, None, None, "", "unread")
    error = score_error(each, chance_losses(split.y, spec.loss, test.chance))
    status = "ok" if math.isfinite(loss) else "diverged"
    follows, single = None, ""
    if spec.loss == "mse" and status == "ok":
        given = torch.cat(model.answers).double().numpy()
        follows = correlation(given, split.y)
        if given[0].size > 1:
            scores = 1 - np.square(given - split.y).mean(axis=0) / split.y.astype(float).var(axis=0)
            single = " ".join(f"{score:.6g}" for score in scores.ravel())
    return Transfer(*where, loss, level, 1 - loss / level, error, accuracy, follows, single, status)


def correlation(answers: np.ndarray, y: np.ndarray) -> float:
    """Pearson's correlation of answers with targets of the same shape, over all elements.

    It is computed in float64, and does not depend on the scale of answers. 0 where they, or the
    targets, do not vary: they follow nothing.
    """
    one, other = (values.astype(np.float64).ravel() for values in (answers, y))
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    one, other = one - one.mean(), other - other.mean()
    spread = np.sqrt((one**2).sum()) * np.sqrt((other**2).sum())
    return float(np.clip((one * other).sum() / spread, -1, 1))
