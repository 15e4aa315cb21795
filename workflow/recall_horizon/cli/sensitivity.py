"""Summarise all probes: profiles, s0 and decay rates, predicted horizons."""

import argparse
import logging
from pathlib import Path

import pandas as pd

from recall_horizon.analysis import sensitivity
from recall_horizon.cli._options import add_options
from recall_horizon.storage import tables


def main(arguments: list[str]) -> None:
    """Write the tables profiles, sensitivity, predictions and rules to --folder."""
    parser = argparse.ArgumentParser(prog="recall_horizon sensitivity", description=__doc__)
    parser.add_argument("--probes", required=True, nargs="+", type=Path, help="one table per model")
    parser.add_argument("--models", required=True, type=Path, help="the models table")
    parser.add_argument("--horizons", required=True, type=Path, help="the horizons table")
    parser.add_argument("--outcomes", required=True, type=Path, help="the outcomes table")
    parser.add_argument("--folder", required=True, type=Path, help="the folder of the tables")
    add_options(parser, {"solved_score": "the least score of a replicate that solved the task"})
    options = parser.parse_args(arguments)
    probes = pd.concat([tables.read(path) for path in sorted(options.probes)])
    models, horizons = tables.read(options.models), tables.read(options.horizons)
    runs = sensitivity.of_replicates(probes, models)
    outcomes, solved_score = tables.read(options.outcomes), options.options.solved_score
    made = {
        "profiles": sensitivity.profiles(probes),
        "sensitivity": runs,
        "predictions": sensitivity.predictions(runs, models, horizons),
        "rules": sensitivity.rules(runs, models, outcomes, solved_score),
    }
    for name, table in made.items():
        tables.write(options.folder / f"{name}.csv", table)
    logging.info("%d runs in %s", len(runs), options.folder / "sensitivity.csv")
