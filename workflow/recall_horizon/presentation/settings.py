"""Sentences on the selection of training settings: what was tried, and where the grid ended."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from recall_horizon.presentation.intervals import listed

# Columns of the selection table that are not settings.
MEASURED = ("model", "length", "candidate", "replicates", "diverged", "score", "score_low")
MEASURED += ("score_high", "chosen", "edge")


def selected(selection: pd.DataFrame, look: dict[str, Any]) -> Iterator[str]:
    """What was selected, how, and for which models and lengths at the edge of what was tried."""
    keys = [key.replace("_", " ") for key in selection.columns if key not in MEASURED]
    candidates = selection["candidate"].nunique()
    replicates = int(selection["replicates"].max())
    yield (
        f"{listed(keys).capitalize()} {'was' if len(keys) == 1 else 'were'} selected for each "
        f"model and length among {candidates} candidates: the one with the highest interquartile "
        f"mean of R² on the validation split over {_replicates(replicates)}, which are not "
        "reported. Search jobs cannot read the test split."
    )
    chosen = selection[selection["chosen"]]
    at_edge = chosen[chosen["edge"] != ""]
    judged = [key for key in keys if selection[key.replace(" ", "_")].nunique(dropna=False) > 2]
    others = [key for key in keys if key not in judged]
    if others:
        yield (
            f"Of {listed(others)} no more than two values were tried, so every choice is at the "
            "edge of what was tried."
        )
    if judged and at_edge.empty:
        yield f"No chosen {' or '.join(judged)} is the lowest or the highest of those tried."
    ends = sorted({end for edge in at_edge["edge"] for end in edge.split("; ")})
    for end in ends:
        bound, key = end.split(" ", 1)
        where = at_edge[[end in edge.split("; ") for edge in at_edge["edge"]]]
        places = [
            f"{look['labels'][model]} at T = {listed(list(map(str, rows['length'])))}"
            for model in look["models"]
            if len(rows := where[where["model"] == model])
        ]
        yield (
            f"The {bound} {key.replace('_', ' ')} that was tried is the choice for "
            f"{'; '.join(places)}: a better one may lie beyond it, which is a limit of this study."
        )


def _replicates(number: int) -> str:
    return f"{number} search replicates" if number > 1 else "one search replicate"
