"""Probe one model's cached weights: how much each element moves the answer."""

import argparse
import logging
from pathlib import Path

import torch

from recall_horizon.analysis.probes import Sensitivity, probe
from recall_horizon.cli._runs import add_runs, runs_of
from recall_horizon.data import datasets
from recall_horizon.data.datasets import Split
from recall_horizon.storage.files import write_rows
from recall_horizon.training import precision

WEIGHTS = ".weights.safetensors"


def main(arguments: list[str]) -> None:
    """Probe every replicate of the jobs on --datasets and write the sensitivities to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon probe", description=__doc__)
    add_runs(parser, {"sequences": "held-out sequences to use"})
    parser.add_argument("--datasets", required=True, nargs="+", type=Path, help="safetensors")
    parser.add_argument("--output", required=True, type=Path)
    parsed = parser.parse_args(arguments)
    torch.set_num_threads(1)
    precision.float32_throughout()
    held_out = {}
    for path in parsed.datasets:
        splits, _ = datasets.read(path, ["test"])
        used = Split(*(array[: parsed.options.sequences] for array in splits["test"]))
        held_out[used.x.shape[1]] = used
    rows = [row for path in runs_of(parsed).files(WEIGHTS) for row in probe(path, held_out)]
    write_rows(parsed.output, Sensitivity._fields, rows)
    logging.info("%d sensitivities in %s", len(rows), parsed.output)
