"""The losses of one model at one length in two studies, side by side: what verification measures.

Separate from the verdicts, which say what the measurements mean.
"""

import numpy as np
import pandas as pd

from recall_horizon.analysis.replicates import is_last
from recall_horizon.analysis.statistics import STANDARD_ERRORS, sampling_error, shift_between

LOSSES = ["train_loss", "test_loss", "chance_loss"]


def final_scores(rows: pd.DataFrame) -> np.ndarray:
    """Held-out scores of each replicate after its last epoch, −∞ if it diverged."""
    last = rows[is_last(rows)]
    return last["score"].where(last["status"] == "ok", -np.inf).to_numpy()


def scores(
    here: pd.DataFrame, there: pd.DataFrame, epochs: list[int], tests: int
) -> tuple[np.ndarray, np.ndarray]:
    """Held-out scores, one row per replicate and column per epoch, −∞ once it diverged.

    The first is shifted towards the second by as much as another test set of `tests` sequences may
    explain, but not past it; not at all if `tests` is 0, since both then share a test set.
    """
    one, other = (
        rows[rows["status"] == "ok"]
        .pivot(index="replicate", columns="epoch", values="score")
        .reindex(index=sorted(set(rows["replicate"])), columns=epochs)
        .fillna(-np.inf)
        .to_numpy()
        for rows in (here, there)
    )
    if tests:
        errors = [sampling_error(np.median(side, axis=0), tests) for side in (one, other)]
        most = STANDARD_ERRORS * np.hypot(*errors)
        one = one - np.clip(shift_between(one, other), -most, most)
    return one, other


def relative_differences(here: pd.DataFrame, there: pd.DataFrame, epochs: list[int]) -> pd.Series:
    """How far losses are apart, relative to the larger: one row per epoch and replicate that both
    have, infinite if only one of the two has diverged.
    """
    both = set(here["replicate"]) & set(there["replicate"])

    def values(rows: pd.DataFrame) -> pd.DataFrame:
        diverged = rows["status"] == "diverged"
        rows = rows[rows["replicate"].isin(both) & (rows["epoch"].isin(epochs) | diverged)]
        rows = rows.assign(diverged=(rows["status"] == "diverged").astype(float))
        return rows.set_index(["replicate", "epoch"])[[*LOSSES, "diverged"]]

    one, other = values(here).align(values(there))
    a, b = one.to_numpy(), other.to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))
    apart[np.isnan(apart)] = np.inf
    apart[(a == b) | (np.isnan(a) & np.isnan(b))] = 0.0
    return pd.Series(apart.max(axis=1), index=one.index, dtype=float)
