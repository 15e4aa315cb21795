"""Summarise all probes: profiles, s0 and decay rates, predicted horizons."""

import argparse
import logging
from pathlib import Path

import pandas as pd

from recall_horizon.analysis import sensitivity
from recall_horizon.storage import tables


def main(arguments: list[str]) -> None:
    """Write --profiles, --sensitivity and --predictions from --probes, --models and --horizons."""
    parser = argparse.ArgumentParser(prog="recall_horizon sensitivity", description=__doc__)
    parser.add_argument("--probes", required=True, nargs="+", type=Path, help="one table per model")
    parser.add_argument("--models", required=True, type=Path, help="the models table")
    parser.add_argument("--horizons", required=True, type=Path, help="the horizons table")
    parser.add_argument("--profiles", required=True, type=Path, help="CSV to write")
    parser.add_argument("--sensitivity", required=True, type=Path, help="CSV to write")
    parser.add_argument("--predictions", required=True, type=Path, help="CSV to write")
    options = parser.parse_args(arguments)
    probes = pd.concat([tables.read(path) for path in sorted(options.probes)])
    models, horizons = tables.read(options.models), tables.read(options.horizons)
    runs = sensitivity.of_replicates(probes, models)
    tables.write(options.profiles, sensitivity.profiles(probes))
    tables.write(options.sensitivity, runs)
    threshold = horizons["threshold"].max()
    predictions = sensitivity.predictions(runs, models, horizons, threshold)
    tables.write(options.predictions, predictions)
    logging.info("%d runs in %s", len(runs), options.sensitivity)
