"""Describe the models of a study: parameters at each length, and whether they are recurrent."""

import argparse
import logging
from pathlib import Path

import pandas as pd

from recall_horizon.analysis.architectures import facts
from recall_horizon.cli._options import add_options
from recall_horizon.storage import tables


def main(arguments: list[str]) -> None:
    """Build each model in --options at each length and describe it in --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon models", description=__doc__)
    add_options(
        parser,
        {"models": "{name: {label, architecture, …}}", "lengths": "T", "task": "the task's name"},
    )
    parser.add_argument("--output", required=True, type=Path)
    parsed = parser.parse_args(arguments)
    rows = [
        {
            "model": name,
            "label": entry["label"],
            "length": length,
            **facts(entry["architecture"], entry["options"], length, parsed.options.task),
        }
        for name, entry in sorted(parsed.options.models.items())
        for length in parsed.options.lengths
    ]
    tables.write(parsed.output, pd.DataFrame(rows))
    logging.info("%d rows in %s", len(rows), parsed.output)
