"""What the last half of training improved and what it did not, in sentences."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from recall_horizon.presentation.intervals import cases, interval, side, solved, with_interval


def changes(summary: pd.DataFrame, look: dict[str, Any], solved_score: float) -> Iterator[str]:
    """How the headline model changed in the last half of training where it has not succeeded."""
    rows = summary[summary["model"] == look["headline"]]
    last = rows["epoch"].max()
    earlier = rows.loc[rows["epoch"] <= last / 2, "epoch"].max()
    if not earlier > 0 or rows["score_iqm_low"].isna().any():
        return
    before, after = (rows[rows["epoch"] == epoch].set_index("length") for epoch in (earlier, last))
    told = [
        (
            side(interval(row, "score_iqm"), interval(before.loc[t], "score_iqm")),
            f"T = {t} (from {with_interval(before.loc[t], 'score_iqm')} to "
            f"{with_interval(row, 'score_iqm')})",
        )
        for t, row in after.iterrows()
        if solved(row, "score_iqm", solved_score) < 1
    ]
    if not told:
        return
    verbs = {1: "rises clearly at", -1: "falls clearly at", 0: "does not clearly change at"}
    yield (
        f"From epoch {earlier} to {last} the interquartile mean {look['words']['score']} of the "
        f"{look['labels'][look['headline']]}, where it does not end clearly at {solved_score:g} or "
        f"more, {cases(verbs, told)}."
    )
