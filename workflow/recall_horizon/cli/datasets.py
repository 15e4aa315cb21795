"""Describe the datasets of a study in one table."""

import argparse
import logging
from pathlib import Path

import pandas as pd

from recall_horizon.analysis import collect
from recall_horizon.storage import tables


def main(arguments: list[str]) -> None:
    """Check the datasets --input and write one row for each to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon datasets", description=__doc__)
    parser.add_argument("--input", required=True, nargs="+", type=Path)
    parser.add_argument("--output", required=True, type=Path)
    options = parser.parse_args(arguments)
    table = pd.DataFrame(collect.datasets(options.input)).sort_values("length")
    tables.write(options.output, table)
    logging.info("%d datasets in %s", len(table), options.output)
