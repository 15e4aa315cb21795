"""Compare a study with the reference study: model by model, length by length."""

import argparse
import logging
from pathlib import Path

import pandas as pd

from recall_horizon import tables
from recall_horizon.seeds import Stream, generator
from recall_horizon.verification import compare


def main(arguments: list[str]) -> None:
    """Compare --losses with --reference and write the verdicts to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon verification", description=__doc__)
    parser.add_argument("--losses", required=True, type=Path)
    parser.add_argument("--reference", required=True, type=Path, help="losses of the reference")
    parser.add_argument("--datasets", required=True, type=Path, help="the datasets table")
    parser.add_argument("--seed", required=True, type=int, help="the study's seed")
    parser.add_argument("--output", required=True, type=Path)
    options = parser.parse_args(arguments)
    rng = generator(options.seed, Stream.VERIFICATION)
    tests = int(tables.read(options.datasets)["test"].min())
    rows = compare(tables.read(options.losses), tables.read(options.reference), tests, rng)
    tables.write(options.output, pd.DataFrame(rows))
    logging.info("%d comparisons in %s", len(rows), options.output)
