"""Collect the losses of all training jobs, and make of them the tables of numbers and verdicts."""

import argparse
import csv
import io
import logging
from pathlib import Path

from recall_horizon.analysis import collect
from recall_horizon.analysis.tables import of_losses
from recall_horizon.cli._runs import add_runs, runs_of
from recall_horizon.storage import tables
from recall_horizon.storage.files import write_text

KEYS = {
    "confidence": "what intervals should cover",
    "thresholds": "of the score, at which horizons are measured",
    "solved_score": "the least score of a replicate that solved the task",
    "headline": "the model that the others' horizons are compared with",
    "on_all": "the models each of whose networks is trained on all lengths",
    "per_epoch": "{model: {lengths, steps, sequences, elements}}, what one epoch spends",
    "claims": "those of the configuration, a list",
}


def main(arguments: list[str]) -> None:
    """Write losses, summary, horizons, budgets, growth, outcomes and claims to --folder."""
    parser = argparse.ArgumentParser(prog="recall_horizon tables", description=__doc__)
    add_runs(parser, KEYS)
    parser.add_argument("--datasets", required=True, type=Path, help="the datasets table")
    parser.add_argument(
        "--selection", nargs="*", default=[], type=Path, help="the selection table, if any"
    )
    parser.add_argument("--folder", required=True, type=Path, help="the folder of the tables")
    parsed = parser.parse_args(arguments)
    rows = io.StringIO()
    csv.writer(rows, lineterminator="\n").writerows(collect.losses(runs_of(parsed)))
    losses = parsed.folder / "losses.csv"
    write_text(losses, rows.getvalue())
    selected = [tables.read(path) for path in parsed.selection]
    settings = {key: getattr(parsed.options, key) for key in KEYS}
    made = of_losses(
        tables.read(losses), tables.read(parsed.datasets), next(iter(selected), None), **settings
    )
    for name, table in made.items():
        tables.write(parsed.folder / f"{name}.csv", table)
    logging.info("%d tables in %s", 1 + len(made), parsed.folder)
