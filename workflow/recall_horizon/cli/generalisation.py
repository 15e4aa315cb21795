"""Collect what networks score at every tested length, and make tables and verdicts of it."""

import argparse
import logging
from pathlib import Path

import pandas as pd

from recall_horizon.analysis.generalisation import generalisation, transfer_summary
from recall_horizon.cli._options import add_options
from recall_horizon.storage import layout, tables

KEYS = {
    "confidence": "what intervals should cover",
    "lengths": "{model: those that it is trained on}",
    "thresholds": "of the score, at which horizons are measured",
}


def main(arguments: list[str]) -> None:
    """Write the tables transfer, transfer_summary and generalisation to --folder."""
    parser = argparse.ArgumentParser(prog="recall_horizon generalisation", description=__doc__)
    parser.add_argument(
        "--transfers", required=True, nargs="+", type=Path, help="one table per model"
    )
    parser.add_argument("--folder", required=True, type=Path, help="the folder of the tables")
    add_options(parser, KEYS)
    parsed = parser.parse_args(arguments)
    options = parsed.options
    transfer = pd.concat([tables.read(path) for path in sorted(parsed.transfers)])
    numbers = transfer.columns.difference(layout.COLUMNS["transfer"].text)
    for column in numbers:  # empty where there is none
        transfer[column] = pd.to_numeric(transfer[column], errors="coerce")
    made = {
        "transfer": transfer,
        "transfer_summary": transfer_summary(transfer, options.confidence),
        "generalisation": generalisation(
            transfer, options.lengths, options.thresholds, options.confidence
        ),
    }
    for name, table in made.items():
        tables.write(parsed.folder / f"{name}.csv", table)
    logging.info("%d scores in %s", len(transfer), parsed.folder / "transfer.csv")
