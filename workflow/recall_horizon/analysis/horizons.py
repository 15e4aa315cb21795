"""The recall horizon: how far back a model remembers, with an interval, honestly censored."""

from typing import Any

import numpy as np
import pandas as pd

from recall_horizon.analysis.replicates import by_replicate, final
from recall_horizon.analysis.statistics import interquartile_mean

CENSORING = {-np.inf: "below", np.inf: "above"}


def horizon(lengths: np.ndarray, scores: np.ndarray, threshold: float) -> np.ndarray:
    """The longest length up to which every length's score passes `threshold`.

    Between the last length that passes and the first that does not, the crossing is interpolated
    linearly in log length.

    Args:
        lengths: shape (L,), ascending.
        scores: shape (..., L); infinities are scores like others.
        threshold: what a score must reach.

    Returns:
        Shape (...); −inf where the first length already fails, +inf where all pass.
    """
    scores = np.asarray(scores, dtype=float)
    passed = np.minimum.accumulate(scores >= threshold, axis=-1).sum(axis=-1)
    last = np.clip(passed - 1, 0, len(lengths) - 2) if len(lengths) > 1 else np.zeros_like(passed)
    following = np.minimum(last + 1, len(lengths) - 1)
    above = np.take_along_axis(scores, last[..., None], axis=-1)[..., 0]
    below = np.take_along_axis(scores, following[..., None], axis=-1)[..., 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        # A score of −inf right after, or +inf right before, puts the crossing at that end.
        share = np.where(np.isinf(above), 1.0, (above - threshold) / (above - below))
        share = np.clip(np.where(np.isinf(below), 0.0, share), 0.0, 1.0)
    logs = np.log(lengths)
    crossing = np.exp(logs[last] + share * (logs[following] - logs[last]))
    crossing = np.where(passed == 0, -np.inf, crossing)
    return np.where(passed == len(lengths), np.inf, crossing)


def bootstrap(
    lengths: np.ndarray,
    runs: np.ndarray,
    threshold: float,
    confidence: float,
    draws: int,
    rng: np.random.Generator,
) -> tuple[float, float, float]:
    """The horizon of interquartile mean scores, and its percentile bootstrap interval.

    Args:
        lengths: shape (L,), ascending.
        runs: shape (L, n), the scores of n replicates at each length; each draw resamples them
            within each length.
        threshold: what an interquartile mean must reach.
        confidence: the interval's nominal coverage.
        draws: resamples.
        rng: where they come from.

    Returns:
        The horizon and the interval's lower and upper end; ±inf where censored. Both ends are NaN
        where n is 1, since one replicate says nothing of its spread.
    """
    point = horizon(lengths, interquartile_mean(runs), threshold)
    if runs.shape[1] < 2:
        return float(point), float("nan"), float("nan")
    picks = rng.integers(0, runs.shape[1], size=(draws, *runs.shape))
    drawn = np.take_along_axis(np.broadcast_to(runs, picks.shape), picks, axis=-1)
    horizons = horizon(lengths, interquartile_mean(drawn), threshold)
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    low, high = np.quantile(horizons, tails, method="inverted_cdf")
    return float(point), float(low), float(high)


def censored(lengths: np.ndarray, value: float) -> tuple[float, str]:
    """A horizon as tables hold it: a length, and whether the value is `below` it or at least it."""
    if value in CENSORING:
        return float(lengths[0] if value < 0 else lengths[-1]), CENSORING[value]
    return float(value), "none"


def horizons(
    losses: pd.DataFrame,
    thresholds: list[float],
    confidence: float,
    draws: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The recall horizon of each model for each R² threshold, from a losses table.

    Columns: model, threshold; horizon, low, high (lengths); censoring, low_censoring and
    high_censoring: `below` says that the true value is below the shortest length, which stands in
    its place; `above` that it is at least the longest; `none` that the value is the value.
    """
    rows: list[dict[str, Any]] = []
    scores = by_replicate(losses)["test_r2"]
    for model in sorted(set(losses["model"])):
        cells = final(scores.reset_index(), model)
        lengths = cells["length"].to_numpy()
        runs = cells[list(scores.columns)].to_numpy()
        for threshold in thresholds:
            ends = bootstrap(lengths, runs, threshold, confidence, draws, rng)
            values = [censored(lengths, value) for value in ends]
            row = {"model": model, "threshold": threshold}
            for name, (value, kind) in zip(("horizon", "low", "high"), values, strict=True):
                row[name] = value
                row["censoring" if name == "horizon" else f"{name}_censoring"] = kind
            rows.append(row)
    order = ["model", "threshold", "horizon", "low", "high", "censoring"]
    return pd.DataFrame(rows)[[*order, "low_censoring", "high_censoring"]]
