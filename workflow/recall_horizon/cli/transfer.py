"""Test one model's cached weights at other lengths than those that they were trained on."""

import argparse
import logging
from pathlib import Path

import torch

from recall_horizon.analysis.transfer import Test, Transfer, transfers
from recall_horizon.cli._runs import add_runs, runs_of
from recall_horizon.data import datasets
from recall_horizon.data.datasets import built
from recall_horizon.storage.files import write_rows
from recall_horizon.training import precision

WEIGHTS = ".weights.safetensors"


def main(arguments: list[str]) -> None:
    """Score every replicate of the jobs on --datasets and write the scores to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon transfer", description=__doc__)
    keys = {"sequences": "held-out sequences to use at other lengths than a network's own"}
    add_runs(parser, keys)
    parser.add_argument("--datasets", required=True, nargs="+", type=Path, help="safetensors")
    parser.add_argument("--output", required=True, type=Path)
    parsed = parser.parse_args(arguments)
    torch.set_num_threads(1)
    precision.float32_throughout()
    tests = {}
    for path in parsed.datasets:
        spec, splits = datasets.described(path, ["test"])
        task, few = built(spec), parsed.options.sequences
        tests[spec.length] = Test(spec.length, splits["test"], few, task.shape, task.chance)
    tests = dict(sorted(tests.items()))
    rows = [row for path in runs_of(parsed).files(WEIGHTS) for row in transfers(path, tests)]
    write_rows(parsed.output, Transfer._fields, rows)
    logging.info("%d scores in %s", len(rows), parsed.output)
