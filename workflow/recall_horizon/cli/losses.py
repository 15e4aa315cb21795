"""Collect the losses of all training jobs into one table."""

import argparse
import csv
import logging
from pathlib import Path

from recall_horizon.analysis import collect
from recall_horizon.cli._runs import add_runs, runs_of
from recall_horizon.storage.files import atomic


def main(arguments: list[str]) -> None:
    """Write the losses of --runs to --output, sorted by model, length, replicate and epoch."""
    parser = argparse.ArgumentParser(prog="recall_horizon losses", description=__doc__)
    add_runs(parser, {})
    parser.add_argument("--output", required=True, type=Path)
    parsed = parser.parse_args(arguments)
    rows = list(collect.losses(runs_of(parsed)))
    with atomic(parsed.output) as path, path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    logging.info("%d rows in %s", len(rows) - 1, parsed.output)
