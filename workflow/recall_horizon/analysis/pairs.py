"""The losses of one model at one length in two studies, side by side: what verification measures.

Separate from the verdicts, which say what the measurements mean.
"""

import numpy as np
import pandas as pd

from recall_horizon.analysis.replicates import is_last
from recall_horizon.analysis.statistics import shift_between, slack

LOSSES = ["train_loss", "test_loss", "chance_loss"]


def final_scores(rows: pd.DataFrame) -> np.ndarray:
    """Held-out scores of each replicate after its last epoch, −∞ if it diverged."""
    last = rows[is_last(rows)]
    return last["score"].where(last["status"] == "ok", -np.inf).to_numpy()


def comparable_scores(
    here: pd.DataFrame, there: pd.DataFrame, tests: int
) -> tuple[np.ndarray, np.ndarray]:
    """The final scores of two studies as samples that a rank test compares.

    All replicates of a study share a test set, so what another one does to a score is not seen in
    the spread between them. The first is shifted towards the second by as much as that may explain,
    but not past it: as many standard errors as `slack` says. Not at all if `tests`, the sequences
    of a test set, is 0: both then have the same. Where a study has not recorded the error, that of
    the other stands for it.
    """
    one, other = final_scores(here), final_scores(there)
    if tests:
        errors = np.array([_score_error(rows) for rows in (here, there)])
        errors[np.isnan(errors)] = np.nanmax([*errors, 0.0])
        most = float(slack(np.hypot(*errors), tests))
        one = one - np.clip(shift_between(one[:, None], other[:, None])[0], -most, most)
    return one, other


def _score_error(rows: pd.DataFrame) -> float:
    """The median standard error of a final score; NaN where none was recorded."""
    if "score_error" not in rows:
        return float("nan")
    return float(rows.loc[is_last(rows), "score_error"].median())


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
