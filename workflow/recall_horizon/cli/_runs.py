"""The arguments that name training jobs, for the steps that read the files of these jobs."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from recall_horizon.analysis.collect import TrainingJobs
from recall_horizon.cli._options import add_options

JOBS = {"jobs": "the training jobs: {model: {lengths, shards}}, a shard written first-last"}


def add_runs(parser: argparse.ArgumentParser, keys: Mapping[str, str]) -> None:
    """Add what names training jobs: `--runs`, and `--options` with the key `jobs` and `keys`."""
    parser.add_argument("--runs", required=True, type=Path, help="the folder of all runs")
    add_options(parser, {**JOBS, **keys})


def runs_of(parsed: argparse.Namespace) -> TrainingJobs:
    """The training jobs that the parsed arguments name."""
    return TrainingJobs(parsed.runs, parsed.options.jobs)
