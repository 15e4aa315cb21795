"""Datasets: a pool to draw training sets from and a held-out test set, one file a length."""

import pkgutil
from pathlib import Path
from typing import NamedTuple

import numpy as np

from recall_horizon.config.dataset import DatasetSpec
from recall_horizon.errors import DamagedFileError, RecallHorizonError
from recall_horizon.seeds import Stream, generator
from recall_horizon.storage.files import Tensors, read_tensors, write_tensors


class Split(NamedTuple):
    """Sequences x of shape (n, T, 1) and their targets y of shape (n, 1), float32."""

    x: np.ndarray
    y: np.ndarray


def generate(spec: DatasetSpec) -> Tensors:
    """The tensors pool_x, pool_y, test_x and test_y that `spec` decides.

    Raises:
        RecallHorizonError: the task's targets are constant.
    """
    task = pkgutil.resolve_name(spec.task)
    tensors: Tensors = {}
    for name, stream, number in (
        ("pool", Stream.POOL, spec.splits.pool),
        ("test", Stream.TEST, spec.splits.test),
    ):
        rng = generator(spec.seed, stream, spec.length)
        x, y = task(rng, number, spec.length, **spec.options)
        if len(y) > 1 and not np.var(y) > 0:
            raise RecallHorizonError(
                f"the targets of task {spec.task} at length {spec.length} are all the same (or not "
                f"finite) in the {name} split: there is nothing to recall, and R² is not defined."
            )
        tensors |= {f"{name}_x": x, f"{name}_y": y}
    return tensors


def write(path: Path, spec: DatasetSpec) -> None:
    """Generate the dataset of `spec` and write it to `path`, with the spec in its metadata."""
    write_tensors(path, generate(spec), {"spec": spec.model_dump()})


def read(path: Path) -> tuple[dict[str, Split], str]:
    """The splits `pool` and `test` of the dataset at `path`, and its digest.

    Raises:
        DamagedFileError: the file is not what was written.
    """
    tensors, about = read_tensors(path)
    try:
        splits = {n: Split(tensors[f"{n}_x"], tensors[f"{n}_y"]) for n in ("pool", "test")}
    except KeyError as error:
        raise DamagedFileError(f"{path} is no dataset: it lacks {error}.") from None
    return splits, about["digest"]
