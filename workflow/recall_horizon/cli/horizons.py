"""Find the recall horizon of each model."""

import argparse
import logging
from pathlib import Path

from recall_horizon.analysis.horizons import horizons
from recall_horizon.cli._options import INTERVALS, add_options
from recall_horizon.seeds import Stream, generator
from recall_horizon.storage import tables


def main(arguments: list[str]) -> None:
    """Write the recall horizons of the models in --losses to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon horizons", description=__doc__)
    parser.add_argument("--losses", required=True, type=Path)
    parser.add_argument("--output", required=True, type=Path)
    add_options(parser, {**INTERVALS, "thresholds": "of R², a list"})
    parsed = parser.parse_args(arguments)
    table = horizons(
        tables.read(parsed.losses),
        parsed.options.thresholds,
        parsed.options.confidence,
        parsed.options.draws,
        generator(parsed.options.seed, Stream.HORIZON),
    )
    tables.write(parsed.output, table)
    logging.info("%d horizons in %s", len(table), parsed.output)
