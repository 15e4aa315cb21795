"""Sentences on the selection of training settings: what was tried, and where the grid ended."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from recall_horizon.presentation.intervals import listed

# Columns of the selection table that are not settings.
MEASURED = ("model", "length", "candidate", "replicates", "diverged", "score", "score_low")
MEASURED += ("score_high", "chosen", "edge")
# A setting of None has no bound: nothing lies beyond it.
UNBOUNDED = {"batch_size": "full batch", "gradient_clip": "no clipping"}


def keys(selection: pd.DataFrame) -> list[str]:
    """The settings that were searched: the selection table's columns of them."""
    return [key for key in selection.columns if key not in MEASURED]


def setting(key: str, value: float | None) -> str:
    """The value of a setting for a reader; one without a bound is None or infinite."""
    return UNBOUNDED[key] if value in (None, np.inf) else f"{value:g}"


def selected(selection: pd.DataFrame, look: dict[str, Any]) -> Iterator[str]:
    """What was selected, how, and for which models and lengths at the edge of what was tried."""
    names = {key: key.replace("_", " ") for key in keys(selection)}
    candidates = selection["candidate"].nunique()
    replicates = int(selection["replicates"].max())
    yield (
        f"{listed(names.values()).capitalize()} {'was' if len(names) == 1 else 'were'} selected "
        f"for each model and length among {candidates} candidates: the one with the highest "
        f"interquartile mean of {look['words']['score']} on the validation split over "
        f"{_replicates(replicates)}, which are not reported. Search jobs cannot read the test "
        "split."
    )
    chosen = selection[selection["chosen"]]
    at_edge = chosen[chosen["edge"] != ""]
    judged = [name for key, name in names.items() if selection[key].nunique(dropna=False) > 2]
    others = [name for name in names.values() if name not in judged]
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
        value, beyond = "", "a better one may lie beyond it, which is a limit of this study"
        if bound == "highest" and selection[key].isna().any():
            value, beyond = f", {UNBOUNDED[key]},", "there is no higher one"
        yield (
            f"The {bound} {key.replace('_', ' ')} that was tried{value} is the choice for "
            f"{'; '.join(places)}: {beyond}."
        )


def _replicates(number: int) -> str:
    return f"{number} search replicates" if number > 1 else "one search replicate"
