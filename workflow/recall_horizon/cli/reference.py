"""Make a finished study a reference that others are verified against."""

import json
import logging
from pathlib import Path

from recall_horizon.analysis.reference import kept_rows, whole_tables
from recall_horizon.explore import open_study
from recall_horizon.storage import layout, provenance, tables
from recall_horizon.storage.files import write_text


def main(*, results: Path, folder: Path) -> None:
    """Write what is kept of a finished study to a folder of its name.

    Args:
        results: the folder of the study.
        folder: the folder of all references.
    """
    study = open_study(results)
    recorded = study.provenance
    losses = kept_rows(study.losses)
    folder = folder / study.config.study
    kept = whole_tables(study.optional)
    for name in kept:
        study.table(name)  # refuses one that is missing or damaged, before anything is written
    for name in kept:
        tables.copy(results / layout.table(name), folder / f"{name}.csv.gz")
    tables.write(folder / "losses.csv.gz", losses)
    for path in folder.glob("*.csv.gz"):  # of an earlier reference, which kept more
        if path.name.removesuffix(".csv.gz") not in (*kept, "losses"):
            path.unlink()
    write_text(folder / provenance.FILE, json.dumps(recorded, indent=2) + "\n")
    logging.info("%d rows of losses and %d other tables in %s", len(losses), len(kept), folder)
