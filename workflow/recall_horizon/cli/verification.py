"""Compare a study with the reference study: model by model, length by length."""

import argparse
import json
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
    parser.add_argument("--provenance", required=True, type=Path, help="what made the reference")
    parser.add_argument("--datasets", required=True, type=Path, help="the datasets table")
    parser.add_argument(
        "--options", required=True, type=json.loads, help="JSON: `experiment`, what was trained"
    )
    parser.add_argument("--output", required=True, type=Path)
    arguments = parser.parse_args(arguments)
    experiment = arguments.options["experiment"]
    provenance = json.loads(arguments.provenance.read_text(encoding="utf-8"))
    rows = compare(
        tables.read(arguments.losses),
        tables.read(arguments.reference),
        experiment,
        provenance["study"],
        int(tables.read(arguments.datasets)["test"].min()),
        generator(experiment["seed"], Stream.VERIFICATION),
    )
    tables.write(arguments.output, pd.DataFrame(rows))
    logging.info("%d comparisons in %s", len(rows), arguments.output)
