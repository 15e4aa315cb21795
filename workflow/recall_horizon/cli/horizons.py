"""Find the recall horizon of each model."""

import argparse
import logging
from pathlib import Path

from recall_horizon import tables
from recall_horizon.cli._intervals import add_intervals
from recall_horizon.horizons import horizons
from recall_horizon.seeds import Stream, generator


def main(arguments: list[str]) -> None:
    """Write the recall horizons of the models in --losses to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon horizons", description=__doc__)
    parser.add_argument("--losses", required=True, type=Path)
    parser.add_argument("--output", required=True, type=Path)
    parser.add_argument("--thresholds", required=True, nargs="+", type=float, help="of R²")
    add_intervals(parser)
    options = parser.parse_args(arguments)
    table = horizons(
        tables.read(options.losses),
        options.thresholds,
        options.confidence,
        options.draws,
        generator(options.seed, Stream.HORIZON),
    )
    tables.write(options.output, table)
    logging.info("%d horizons in %s", len(table), options.output)
