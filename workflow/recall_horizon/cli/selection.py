"""Collect what the search for training settings found into one table."""

import argparse
import logging
from pathlib import Path

from recall_horizon.analysis.selection import selection_table
from recall_horizon.cli._options import INTERVALS, add_options
from recall_horizon.cli._search import CANDIDATES, losses_of
from recall_horizon.seeds import Stream, generator
from recall_horizon.storage import tables


def main(arguments: list[str]) -> None:
    """Write the score of every candidate in --search, and which was chosen, to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon selection", description=__doc__)
    parser.add_argument("--search", required=True, type=Path, help="the folder of all search jobs")
    parser.add_argument("--output", required=True, type=Path)
    searched = {"lengths": "the lengths searched, by model"}
    add_options(parser, {**INTERVALS, **CANDIDATES, **searched})
    parsed = parser.parse_args(arguments)
    options = parsed.options
    losses = {
        (model, length): losses_of(parsed.search / model / f"T{length}", options.candidates)
        for model, lengths in sorted(options.lengths.items())
        for length in sorted(lengths)
    }
    rng = generator(options.seed, Stream.SELECTION)
    table = selection_table(options.candidates, losses, options.confidence, options.draws, rng)
    tables.write(parsed.output, table)
    logging.info("%d rows in %s", len(table), parsed.output)
