"""Summarise the losses over replicates."""

import argparse
import logging
from pathlib import Path

from recall_horizon.analysis.summary import summarise
from recall_horizon.cli._options import INTERVALS, add_options
from recall_horizon.seeds import Stream, generator
from recall_horizon.storage import tables


def main(arguments: list[str]) -> None:
    """Write the summary of --losses to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon summary", description=__doc__)
    parser.add_argument("--losses", required=True, type=Path)
    parser.add_argument("--output", required=True, type=Path)
    add_options(parser, {**INTERVALS, "solved_score": "the least R² of a replicate that solved"})
    parsed = parser.parse_args(arguments)
    summary = summarise(
        tables.read(parsed.losses),
        parsed.options.confidence,
        parsed.options.draws,
        parsed.options.solved_score,
        generator(parsed.options.seed, Stream.BOOTSTRAP),
    )
    tables.write(parsed.output, summary)
    logging.info("%d rows in %s", len(summary), parsed.output)
