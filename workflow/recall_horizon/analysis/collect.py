"""Collect what many jobs wrote into one table."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from recall_horizon.config.dataset import DatasetSpec
from recall_horizon.contract import NOT_ASKED
from recall_horizon.data import baselines
from recall_horizon.data.datasets import SPLITS, built, described
from recall_horizon.errors import DamagedFileError, RecallHorizonError
from recall_horizon.storage import layout
from recall_horizon.storage.files import read_tensors
from recall_horizon.training.losses import Loss

MODEL = Loss._fields.index("model")
# What a training job records about itself, at least.
RECORDED = {"device", "device_name", "threads", "versions", "seconds", "fingerprint"}
NUMBERS = [Loss._fields.index(name) for name in ("length", "replicate", "epoch")]


class TrainingJobs(NamedTuple):
    """The training jobs of a study: each model at its lengths, in shards of replicates.

    `models` has the `lengths` and the `shards`, written first-last, of each, and whether it is
    trained on all lengths `together`.
    """

    folder: Path
    models: Mapping[str, Mapping[str, list[Any]]]

    def files(self, suffix: str) -> Iterator[Path]:
        """The file ending in `suffix` of every job."""
        for model, jobs in sorted(self.models.items()):
            alone = map(layout.place, sorted(jobs["lengths"]))
            for place in [layout.TOGETHER] if jobs.get("together") else alone:
                for shard in jobs["shards"]:
                    yield self.folder / model / place / f"seeds-{shard}{suffix}"


def losses(runs: TrainingJobs) -> Iterator[list[str]]:
    """The rows of all losses files, as text, sorted by model, length, replicate and epoch.

    Raises:
        RecallHorizonError: a file is missing or is not a losses table.
    """
    rows = []
    for path in runs.files(layout.LOSSES):
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
    """One row per dataset: its sizes, its digest, and what a constant prediction scores.

    `loss` is how answers are scored, and `outputs` of how many numbers, or classes, each is;
    `chance` is the chance level that the task states, `chance_loss` that of the test targets and
    `chance_error` its standard error; `baseline_loss` is the test loss of the constant that is best
    for the pool's targets.
    """
    for path in paths:
        tensors, about = read_tensors(path)
        if not {f"{split}_y" for split in SPLITS} <= set(tensors):
            raise DamagedFileError(f"{path} is not a dataset. Delete it and run again.")
        targets = {split: tensors[f"{split}_y"] for split in SPLITS}
        task = built(DatasetSpec.model_validate(about["spec"]))
        loss, pool, test = task.loss, targets["pool"], targets["test"]
        yield {
            "length": about["spec"]["length"],
            **{split: len(y) for split, y in targets.items()},
            "loss": loss,
            "outputs": task.shape.outputs,
            "chance": task.chance,
            "chance_loss": baselines.chance_loss(test, loss, task.chance),
            "chance_error": baselines.standard_error(test, loss),
            "baseline_loss": baselines.constant_loss(test, pool, loss, task.shape.outputs),
            "digest": about["digest"],
        }


def example(path: Path) -> Iterator[dict[str, Any]]:
    """The first test sequence of a dataset, and its answers, a row a number.

    `part` is `sequence` or `answer`; `position` counts steps or answers from 1, `feature` the
    numbers of each from 0.
    """
    spec, splits = described(path, ["test"])
    loss, sequence, answer = built(spec).loss, splits["test"].x[0], splits["test"].y[0]
    answer = answer.reshape(-1, 1 if loss == "cross_entropy" else answer.shape[-1])
    for part, numbers in (("sequence", sequence), ("answer", answer)):
        for (position, feature), value in np.ndenumerate(numbers):
            place = {"part": part, "position": position + 1, "feature": feature}
            if part == "sequence" or loss == "mse" or value != NOT_ASKED:
                yield {"length": spec.length, **place, "value": float(value)}


def run_records(runs: TrainingJobs) -> list[dict[str, Any]]:
    """What each training job recorded about itself: device, threads, torch, seconds."""
    records = []
    for path in runs.files(layout.RUN):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise RecallHorizonError(f"{path} cannot be read: {error.strerror}.") from error
        except ValueError as error:
            raise _no_record(path, str(error)) from error
        if not isinstance(record, dict) or not record.keys() >= RECORDED:
            raise _no_record(path, "keys are missing")
        records.append(record)
    return records


def _no_record(path: Path, why: str) -> DamagedFileError:
    return DamagedFileError(
        f"{path} is not the record of a training job ({why}). Delete it and run again."
    )
