"""Ask models' cached weights what answers depend on, and what they score at every length."""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import torch
from pydantic import PositiveInt

from recall_horizon.analysis.collect import TrainingJobs
from recall_horizon.analysis.probes import Sensitivity, probe
from recall_horizon.analysis.transfer import Test, Transfer, transfers
from recall_horizon.data import datasets
from recall_horizon.data.datasets import Split, built
from recall_horizon.storage import layout
from recall_horizon.storage.files import write_rows
from recall_horizon.training import precision


def main(
    *,
    results: Path,
    jobs: dict[str, dict[str, Any]],
    tests: list[Path],
    probe_sequences: PositiveInt,
    test_sequences: PositiveInt,
) -> None:
    """Write how much each element moves the answers of networks, and what they score.

    Nothing is trained. Each model has its files, in the folders probes and transfers.

    Args:
        results: the folder of the study's results.
        jobs: the training jobs: {model: {lengths, shards}}, a shard written first-last.
        tests: the dataset of every length that the networks are tested at.
        probe_sequences: held-out sequences over which sensitivities are averaged.
        test_sequences: held-out sequences to use at other lengths than a network's own.
    """
    torch.set_num_threads(1)
    precision.float32_throughout()
    known = dict(sorted(_read(tests, test_sequences)))
    held_out = {
        test.shape.steps: Split(*(array[:probe_sequences] for array in test.split))
        for test in known.values()
    }
    for model, own in jobs.items():
        runs = TrainingJobs(results / layout.RUNS, {model: own})
        weights = list(runs.files(layout.WEIGHTS))
        sensitivities = [row for path in weights for row in probe(path, held_out)]
        write_rows(results / layout.probe(model), Sensitivity._fields, sensitivities)
        scores = [row for path in weights for row in transfers(path, known)]
        write_rows(results / layout.transfer(model), Transfer._fields, scores)
        logging.info("%s: %d sensitivities, %d scores", model, len(sensitivities), len(scores))


def _read(paths: Iterable[Path], few: int) -> Iterator[tuple[int, Test]]:
    """The test split of each dataset, by its length."""
    for path in paths:
        spec, splits = datasets.described(path, ["test"])
        task = built(spec)
        yield spec.length, Test(spec.length, splits["test"], few, task.shape, task.chance)
