"""The arguments that name training jobs, for the steps that read what these wrote."""

import argparse
from pathlib import Path

from recall_horizon.collect import Runs


def add_runs(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that name a study's training jobs."""
    parser.add_argument("--runs", required=True, type=Path, help="the folder of all runs")
    parser.add_argument("--models", required=True, nargs="+")
    parser.add_argument("--lengths", required=True, nargs="+", type=int)
    parser.add_argument("--shards", required=True, nargs="+", help="first-last, first-last, …")


def runs_of(options: argparse.Namespace) -> Runs:
    """The training jobs that the parsed `options` name."""
    return Runs(options.runs, options.models, options.lengths, options.shards)
