"""Summarise the losses over replicates."""

import argparse
import logging
from pathlib import Path

from recall_horizon import tables
from recall_horizon.cli._intervals import add_intervals
from recall_horizon.seeds import Stream, generator
from recall_horizon.summary import summarise


def main(arguments: list[str]) -> None:
    """Write the summary of --losses to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon summary", description=__doc__)
    parser.add_argument("--losses", required=True, type=Path)
    parser.add_argument("--output", required=True, type=Path)
    parser.add_argument("--solved-r2", required=True, type=float)
    add_intervals(parser)
    options = parser.parse_args(arguments)
    summary = summarise(
        tables.read(options.losses),
        options.confidence,
        options.draws,
        options.solved_r2,
        generator(options.seed, Stream.BOOTSTRAP),
    )
    tables.write(options.output, summary)
    logging.info("%d rows in %s", len(summary), options.output)
