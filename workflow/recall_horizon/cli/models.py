"""Describe the models of a study: parameters at each length, and whether they are recurrent."""

import argparse
import json
import logging
from pathlib import Path

import pandas as pd

from recall_horizon import tables
from recall_horizon.describe import facts


def main(arguments: list[str]) -> None:
    """Build each model of --models at each of --lengths and describe it in --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon models", description=__doc__)
    parser.add_argument("--models", required=True, type=json.loads, help="{name: {…}} as JSON")
    parser.add_argument("--lengths", required=True, nargs="+", type=int)
    parser.add_argument("--task", required=True, help="the task's name")
    parser.add_argument("--output", required=True, type=Path)
    options = parser.parse_args(arguments)
    rows = [
        {
            "model": name,
            "label": entry["label"],
            "length": length,
            **facts(entry["architecture"], entry["options"], length, options.task),
        }
        for name, entry in sorted(options.models.items())
        for length in options.lengths
    ]
    tables.write(options.output, pd.DataFrame(rows))
    logging.info("%d rows in %s", len(rows), options.output)
