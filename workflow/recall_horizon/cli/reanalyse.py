"""Compute the tables of a kept reference anew from its losses, as this version computes them."""

import json
import logging
from pathlib import Path

from recall_horizon.analysis.claims import judge
from recall_horizon.analysis.tables import of_losses, of_selection, of_sensitivity, of_sizes
from recall_horizon.config import jobs
from recall_horizon.explore import open_study
from recall_horizon.storage import layout, provenance, tables
from recall_horizon.storage.files import write_text


def main(references: list[Path]) -> None:
    """Write the tables that follow from the losses of kept studies; the others stay.

    Args:
        references: folders such as report/reference/default.
    """
    for folder in references:
        study = open_study(folder)
        config = study.config
        selection = study.selection if config.selection else None
        about = jobs.statistics(config)
        made = of_losses(study.losses, study.datasets, selection, **about)
        solved = config.analysis.solved_score
        made |= of_selection(selection, study.models, solved, about["confidence"])
        judged = {**study.tables(), **made}
        made["claims"] = judge(config.claims, judged, about["confidence"], about["on_all"])
        if selection is not None and "steps" not in selection:
            cells = zip(selection["model"], selection["candidate"], strict=True)
            steps = [jobs.candidate_steps(config, model)[name] for model, name in cells]
            selection.insert(selection.columns.get_loc("replicates"), "steps", steps)
            made["selection"] = selection
        made |= of_sizes(judged, config.families)
        made |= of_sensitivity(study.sensitivity, judged, solved)
        for name, table in made.items():
            tables.write(layout.kept_table(folder, name), table)
        recorded = {**study.provenance, "study": jobs.recorded(config)}
        write_text(folder / provenance.FILE, json.dumps(recorded, indent=2) + "\n")
        logging.info("%d tables in %s", len(made), folder)
