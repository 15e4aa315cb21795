"""Datasets: a pool to draw training sets from, a validation and a test set, one file a length.

Training settings are selected on the validation split; the test split is held out until the end.
A reader names the splits it needs and touches no other.
"""

import pkgutil
from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from recall_horizon.config.dataset import DatasetSpec
from recall_horizon.config.seeds import Stream, generator
from recall_horizon.contract import Task
from recall_horizon.errors import DamagedFileError, RecallHorizonError
from recall_horizon.storage.files import Tensors, content_digest, read_tensors, write_tensors

SPLITS = ("pool", "validation", "test")
STREAMS = {"pool": Stream.POOL, "validation": Stream.VALIDATION, "test": Stream.TEST}


class Split(NamedTuple):
    """Sequences x and their targets y, n of each, as `contract.Task.draw` gives them."""

    x: np.ndarray
    y: np.ndarray


def built(spec: DatasetSpec) -> Task:
    """The task that `spec` names, at its length."""
    return pkgutil.resolve_name(spec.task)(spec.length, **spec.options)


def generate(spec: DatasetSpec) -> Tensors:
    """The tensors `<split>_x` and `<split>_y` that `spec` decides: of pool, validation and test, or
    of test alone.

    Raises:
        RecallHorizonError: the task's targets are constant.
    """
    task = built(spec)
    tensors: Tensors = {}
    for name in ["test"] if spec.test_alone else SPLITS:
        stream = STREAMS[name]
        number = getattr(spec.splits, name)
        rng = generator(spec.seed, stream, spec.length)
        x, y = task.draw(rng, number)
        if spec.shuffled:
            y = rng.permutation(y)
        if len(y) > 1 and not np.var(y) > 0:
            raise RecallHorizonError(
                f"the targets of task {spec.task} at length {spec.length} are all the same (or not "
                f"finite) in the {name} split: there is nothing to recall, and no score is defined."
            )
        tensors |= {f"{name}_x": x, f"{name}_y": y}
    return tensors


def write(path: Path, spec: DatasetSpec) -> None:
    """Generate the dataset of `spec` and write it to `path`, with the spec in its metadata."""
    write_tensors(path, generate(spec), {"spec": spec.model_dump()})


def read(path: Path, splits: Collection[str]) -> tuple[dict[str, Split], str]:
    """The named `splits` of the dataset at `path`, and a digest of them.

    Others are not read: whoever names `pool` and `validation` cannot have seen `test`, and gets
    the same digest whatever that holds.

    Args:
        path: the file.
        splits: names among pool, validation and test.

    Returns:
        {name: split} and the SHA-256 digest of these splits' content.

    Raises:
        DamagedFileError: the file is not what was written, as far as it was read.
    """
    found, _ = _read(path, splits)
    tensors = {
        f"{name}_{part}": array
        for name, split in found.items()
        for part, array in split._asdict().items()
    }
    return found, content_digest(tensors, {})


def described(path: Path, splits: Collection[str]) -> tuple[DatasetSpec, dict[str, Split]]:
    """What made the dataset at `path`, and the named `splits` of it.

    Raises:
        DamagedFileError: the file is not what was written, as far as it was read.
    """
    found, about = _read(path, splits)
    return DatasetSpec.model_validate(about.get("spec")), found


def _read(path: Path, splits: Collection[str]) -> tuple[dict[str, Split], dict[str, Any]]:
    names = {name: (f"{name}_x", f"{name}_y") for name in splits}
    tensors, about = read_tensors(path, {tensor for pair in names.values() for tensor in pair})
    try:
        return {name: Split(tensors[x], tensors[y]) for name, (x, y) in names.items()}, about
    except KeyError as error:
        raise DamagedFileError(f"{path} is no dataset: it lacks {error}.") from None
