"""Compare a study with a reference: model by model, length by length."""

import argparse
import logging
from pathlib import Path
from typing import Any

import pandas as pd

from recall_horizon.analysis.experiment import Trained, recorded
from recall_horizon.analysis.selection import chosen_settings
from recall_horizon.analysis.verification import compare
from recall_horizon.cli._options import add_options
from recall_horizon.config import finished
from recall_horizon.storage import tables


def main(arguments: list[str]) -> None:
    """Compare the study of --losses with the one in --reference and write the verdicts."""
    parser = argparse.ArgumentParser(prog="recall_horizon verification", description=__doc__)
    parser.add_argument("--losses", required=True, type=Path)
    parser.add_argument(
        "--selection", nargs="*", default=[], type=Path, help="the selection table, if any"
    )
    parser.add_argument("--datasets", required=True, type=Path, help="the datasets table")
    parser.add_argument("--reference", required=True, type=Path, help="the reference's folder")
    parser.add_argument("--output", required=True, type=Path)
    add_options(parser, {"experiment": "what was trained on what, by jobs.experiment"})
    parsed = parser.parse_args(arguments)
    experiment, folder = parsed.options.experiment, parsed.reference
    made = recorded(finished.read(folder)[0])
    kept = [folder / "selection.csv.gz"] if made.get("selection") else []
    rows = compare(
        _trained(experiment, parsed.losses, parsed.selection),
        _trained(made, folder / "losses.csv.gz", kept),
        int(tables.read(parsed.datasets)["test"].min()),
    )
    tables.write(parsed.output, pd.DataFrame(rows).assign(reference=made["study"]))
    logging.info("%d comparisons with %s in %s", len(rows), made["study"], parsed.output)


def _trained(experiment: dict[str, Any], losses: Path, selections: list[Path]) -> Trained:
    """What a study trained, with the settings that its selection chose, if it has one."""
    chosen = {}
    for path in selections:
        chosen = chosen_settings(tables.read(path), experiment["selection"]["grid"])
    return Trained(tables.read(losses), experiment, chosen)
