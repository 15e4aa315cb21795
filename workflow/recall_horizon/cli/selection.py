"""Collect what the search for training settings found into one table."""

import argparse
import logging
from pathlib import Path

from recall_horizon.analysis.selection import selection_table
from recall_horizon.cli._options import add_options
from recall_horizon.cli._search import CANDIDATES, losses_of
from recall_horizon.storage import tables


def main(arguments: list[str]) -> None:
    """Write the score of every candidate in --search, and which was chosen, to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon selection", description=__doc__)
    parser.add_argument("--search", required=True, type=Path, help="the folder of all search jobs")
    parser.add_argument("--output", required=True, type=Path)
    keys = {
        "places": "where each model is searched: {model: {folder: the lengths trained on}}",
        "steps": "{model: {candidate: steps of Adam that it spends}}",
        "confidence": "what intervals should cover",
        "solved_score": "the least score of a replicate that solved the task",
    }
    add_options(parser, {**CANDIDATES, **keys})
    parsed = parser.parse_args(arguments)
    options = parsed.options
    losses = {
        (model, max(lengths)): losses_of(parsed.search / model / place, options.candidates)
        for model, places in sorted(options.places.items())
        for place, lengths in sorted(places.items(), key=lambda item: item[1])
    }
    table = selection_table(
        options.candidates, losses, options.steps, options.confidence, options.solved_score
    )
    tables.write(parsed.output, table)
    logging.info("%d rows in %s", len(table), parsed.output)
