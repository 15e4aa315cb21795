"""What the last half of training improved and what it did not, in sentences."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from recall_horizon.presentation.intervals import cases, interval, side, solved, with_interval


def changes(summary: pd.DataFrame, look: dict[str, Any], solved_r2: float) -> Iterator[str]:
    """How the headline model changed in the last half of training where it has not succeeded."""
    rows = summary[summary["model"] == look["headline"]]
    last = rows["epoch"].max()
    earlier = rows.loc[rows["epoch"] <= last / 2, "epoch"].max()
    if not earlier > 0 or rows["test_r2_iqm_low"].isna().any():
        return
    before, after = (rows[rows["epoch"] == epoch].set_index("length") for epoch in (earlier, last))
    told = [
        (
            side(interval(row, "test_r2_iqm"), interval(before.loc[t], "test_r2_iqm")),
            f"T = {t} (from {with_interval(before.loc[t], 'test_r2_iqm')} to "
            f"{with_interval(row, 'test_r2_iqm')})",
        )
        for t, row in after.iterrows()
        if solved(row, "test_r2_iqm", solved_r2) < 1
    ]
    if not told:
        return
    verbs = {1: "rises clearly at", -1: "falls clearly at", 0: "does not clearly change at"}
    yield (
        f"From epoch {earlier} to {last} the interquartile mean R² of the "
        f"{look['labels'][look['headline']]}, where it does not end clearly at {solved_r2:g} or "
        f"more, {cases(verbs, told)}."
    )
