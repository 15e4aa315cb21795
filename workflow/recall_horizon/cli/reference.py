"""Make a finished study the reference that others are compared with."""

import argparse
import json
import logging
from pathlib import Path

from recall_horizon.analysis.verification import kept_rows
from recall_horizon.storage import tables
from recall_horizon.storage.files import write_text


def main(arguments: list[str]) -> None:
    """Write the rows that a reference keeps of a study's losses, and their origin, to --folder."""
    parser = argparse.ArgumentParser(prog="recall_horizon reference", description=__doc__)
    parser.add_argument("--results", required=True, type=Path, help="the folder of the study")
    parser.add_argument("--folder", required=True, type=Path)
    options = parser.parse_args(arguments)
    rows = kept_rows(tables.read(options.results / "tables" / "losses.csv"))
    tables.write(options.folder / "losses.csv", rows)
    told = json.loads((options.results / "provenance.json").read_text(encoding="utf-8"))
    write_text(options.folder / "provenance.json", json.dumps(told, indent=2) + "\n")
    logging.info("%d rows in %s", len(rows), options.folder / "losses.csv")
