"""Count how the replicates of each model and length ended."""

import argparse
import logging
from pathlib import Path

from recall_horizon.analysis.outcomes import outcomes
from recall_horizon.cli._options import add_options
from recall_horizon.storage import tables


def main(arguments: list[str]) -> None:
    """Write the outcomes of the replicates in --losses to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon outcomes", description=__doc__)
    parser.add_argument("--losses", required=True, type=Path)
    parser.add_argument("--output", required=True, type=Path)
    add_options(parser, {"solved_score": "the least R² of a replicate that solved"})
    parsed = parser.parse_args(arguments)
    table = outcomes(tables.read(parsed.losses), parsed.options.solved_score)
    tables.write(parsed.output, table)
    logging.info("%d rows in %s", len(table), parsed.output)
