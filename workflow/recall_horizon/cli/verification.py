"""Compare a study with a reference: model by model, length by length."""

import argparse
import json
import logging
from pathlib import Path

import pandas as pd

from recall_horizon.analysis.verification import compare
from recall_horizon.cli._options import add_options
from recall_horizon.seeds import Stream, generator
from recall_horizon.storage import tables


def main(arguments: list[str]) -> None:
    """Compare --losses with --reference and write the verdicts to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon verification", description=__doc__)
    parser.add_argument("--losses", required=True, type=Path)
    parser.add_argument("--reference", required=True, type=Path, help="losses of the reference")
    parser.add_argument("--provenance", required=True, type=Path, help="what made the reference")
    parser.add_argument("--datasets", required=True, type=Path, help="the datasets table")
    parser.add_argument("--output", required=True, type=Path)
    add_options(parser, {"experiment": "what was trained on what, by Study.experiment"})
    parsed = parser.parse_args(arguments)
    experiment = parsed.options.experiment
    made = json.loads(parsed.provenance.read_text(encoding="utf-8"))["study"]
    rows = compare(
        tables.read(parsed.losses),
        tables.read(parsed.reference),
        experiment,
        made,
        int(tables.read(parsed.datasets)["test"].min()),
        generator(experiment["seed"], Stream.VERIFICATION),
    )
    tables.write(parsed.output, pd.DataFrame(rows).assign(reference=made["study"]))
    logging.info("%d comparisons with %s in %s", len(rows), made["study"], parsed.output)
