"""Make a finished study a reference that others are verified against."""

import argparse
import json
import logging
from pathlib import Path

from recall_horizon.analysis.reference import kept_rows, whole_tables
from recall_horizon.explore import open_study
from recall_horizon.storage import layout, provenance, tables
from recall_horizon.storage.files import write_text


def main(arguments: list[str]) -> None:
    """Write what is kept of the study in --results to a folder of its name in --folder."""
    parser = argparse.ArgumentParser(prog="recall_horizon reference", description=__doc__)
    parser.add_argument("--results", required=True, type=Path, help="the folder of the study")
    parser.add_argument("--folder", required=True, type=Path, help="the folder of all references")
    options = parser.parse_args(arguments)
    study = open_study(options.results)
    made, recorded = options.results / layout.TABLES, study.provenance
    losses = kept_rows(study.losses)
    folder = options.folder / study.config.study
    kept = whole_tables(recorded["study"])
    for name in kept:
        study.table(name)  # refuses one that is missing or damaged, before anything is written
    for name in kept:
        tables.copy(made / f"{name}.csv", folder / f"{name}.csv.gz")
    tables.write(folder / "losses.csv.gz", losses)
    for path in folder.glob("*.csv.gz"):  # of an earlier reference, which kept more
        if path.name.removesuffix(".csv.gz") not in (*kept, "losses"):
            path.unlink()
    write_text(folder / provenance.FILE, json.dumps(recorded, indent=2) + "\n")
    logging.info("%d rows of losses and %d other tables in %s", len(losses), len(kept), folder)
