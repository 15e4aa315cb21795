"""Collect what many jobs wrote into one table."""

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from recall_horizon.data.datasets import SPLITS
from recall_horizon.errors import DamagedFileError, RecallHorizonError
from recall_horizon.storage.files import read_tensors
from recall_horizon.training.losses import Loss

MODEL = Loss._fields.index("model")
NUMBERS = [Loss._fields.index(name) for name in ("length", "replicate", "epoch")]


class TrainingJobs(NamedTuple):
    """The training jobs of a study: each model at each length, in shards of replicates."""

    folder: Path
    models: list[str]
    lengths: list[int]
    shards: list[str]

    def files(self, suffix: str) -> Iterator[Path]:
        """The file ending in `suffix` of every job; `shards` are written first-last."""
        for model in sorted(self.models):
            for length in sorted(self.lengths):
                for shard in self.shards:
                    yield self.folder / model / f"T{length}" / f"seeds-{shard}{suffix}"


def losses(runs: TrainingJobs) -> Iterator[list[str]]:
    """The rows of all losses files, as text, sorted by model, length, replicate and epoch.

    Raises:
        RecallHorizonError: a file is missing or is not a losses table.
    """
    rows = []
    for path in runs.files(".losses.csv"):
        try:
            with path.open(newline="", encoding="utf-8") as file:
                header, *body = csv.reader(file)
        except FileNotFoundError:
            raise RecallHorizonError(f"{path} is missing: its training job has not run.") from None
        except (ValueError, csv.Error):
            header, body = [], []
        whole = all(len(row) == len(Loss._fields) and _numbers(row) for row in body)
        if tuple(header) != Loss._fields or not body or not whole:
            raise DamagedFileError(f"{path} is not a losses table. Delete it and run again.")
        rows += body
    rows.sort(key=lambda row: (row[MODEL], *_numbers(row)))
    yield list(Loss._fields)
    yield from rows


def _numbers(row: list[str]) -> list[int]:
    """The key by which a model's rows are sorted; empty if the row does not hold numbers."""
    try:
        return [int(row[i]) for i in NUMBERS]
    except ValueError:
        return []


def datasets(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """One row per dataset: its sizes, its digest, and the loss of predicting a constant.

    `target_variance` is the variance of the test targets, `validation_variance` that of the
    validation targets, and `baseline_mse` the test MSE of predicting the mean of the pool's
    targets.
    """
    for path in paths:
        tensors, about = read_tensors(path)
        if not {f"{split}_y" for split in SPLITS} <= set(tensors):
            raise DamagedFileError(f"{path} is not a dataset. Delete it and run again.")
        pool, validation, test = (tensors[f"{split}_y"].astype(np.float64) for split in SPLITS)
        yield {
            "length": about["spec"]["length"],
            "pool": len(pool),
            "validation": len(validation),
            "test": len(test),
            "target_variance": float(test.var()),
            "validation_variance": float(validation.var()),
            "baseline_mse": float(((test - pool.mean()) ** 2).mean()),
            "digest": about["digest"],
        }


def run_records(runs: TrainingJobs) -> list[dict[str, Any]]:
    """What each training job recorded about itself: device, threads, torch, seconds."""
    records = []
    for path in runs.files(".run.json"):
        try:
            records.append(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise RecallHorizonError(f"{path} cannot be read: {error}.") from error
    return records
