"""The recall horizon: how far back a model remembers, with an interval, honestly censored."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from recall_horizon.analysis.replicates import by_replicate
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


class Measured(NamedTuple):
    """The horizon of one model at one threshold after one epoch."""

    model: str
    threshold: float
    epoch: int
    lengths: np.ndarray
    """Shape (L,), ascending."""
    point: float
    """Of the interquartile mean scores; ±inf where censored."""
    drawn: np.ndarray
    """Shape (draws,), of each bootstrap draw, ±inf where censored; empty of one replicate, which
    says nothing of its spread."""

    def interval(self, confidence: float) -> tuple[float, float]:
        """The percentile bootstrap interval, NaN of one replicate."""
        return percentiles(self.drawn, confidence)


def percentiles(drawn: np.ndarray, confidence: float) -> tuple[float, float]:
    """The ends of the middle `confidence` of bootstrap draws, which are draws; NaN of none."""
    if not len(drawn):
        return float("nan"), float("nan")
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    low, high = np.quantile(drawn, tails, method="inverted_cdf")
    return float(low), float(high)


def resampled(shape: tuple[int, int], draws: int, rng: np.random.Generator) -> np.ndarray | None:
    """Which replicates each bootstrap draw takes at each length; None of one replicate.

    Args:
        shape: (L, n), lengths and replicates; each draw resamples them within each length.
        draws: resamples.
        rng: where they come from.

    Returns:
        Shape (draws, L, n), numbers of replicates.
    """
    return rng.integers(0, shape[1], size=(draws, *shape)) if shape[1] > 1 else None


def horizons_drawn(
    lengths: np.ndarray, runs: np.ndarray, threshold: float, picks: np.ndarray | None
) -> np.ndarray:
    """The horizon of the interquartile mean scores of each bootstrap draw.

    Args:
        lengths: shape (L,), ascending.
        runs: shape (L, n), the scores of n replicates at each length.
        threshold: what an interquartile mean must reach.
        picks: shape (draws, L, n), by `resampled`.

    Returns:
        Shape (draws,), or (0,) where there are no picks.
    """
    if picks is None:
        return np.empty(0)
    taken = np.take_along_axis(np.broadcast_to(runs, picks.shape), picks, axis=-1)
    return horizon(lengths, interquartile_mean(taken), threshold)


def measure(
    losses: pd.DataFrame,
    thresholds: list[float],
    draws: int,
    rng: np.random.Generator,
    last_only: bool = False,
) -> Iterator[list[Measured]]:
    """For each model and R² threshold the horizon after each evaluated epoch, ascending.

    The draws of a model and threshold take the same replicates after each epoch: a difference
    between epochs is one of the same runs (a paired bootstrap). `last_only` leaves out all epochs
    but the last, whose draws are the same.
    """
    scores = by_replicate(losses)["score"]
    for model in sorted(set(losses["model"])):
        cells = scores.reset_index()
        cells = cells[cells["model"] == model].sort_values(["epoch", "length"])
        by_epoch = dict(list(cells.groupby("epoch"))[-1 if last_only else 0 :])
        lengths = np.sort(cells["length"].unique())
        replicates = list(cells[scores.columns].dropna(axis="columns").columns)
        for threshold in thresholds:
            picks = resampled((len(lengths), len(replicates)), draws, rng)
            row = []
            for epoch, at in by_epoch.items():
                runs = at[replicates].to_numpy()
                point = float(horizon(lengths, interquartile_mean(runs), threshold))
                drawn = horizons_drawn(lengths, runs, threshold, picks)
                row.append(Measured(model, threshold, int(epoch), lengths, point, drawn))
            yield row


def censored(lengths: np.ndarray, value: float) -> tuple[float, str]:
    """A horizon as tables hold it: a length, and whether the value is `below` it or at least it."""
    if value in CENSORING:
        return float(lengths[0] if value < 0 else lengths[-1]), CENSORING[value]
    return float(value), "none"


def described(at: Measured, confidence: float) -> dict[str, Any]:
    """A horizon with its interval and what is censored, as columns of a table."""
    row: dict[str, Any] = {"model": at.model, "threshold": at.threshold}
    ends = [censored(at.lengths, value) for value in (at.point, *at.interval(confidence))]
    row["horizon"], row["low"], row["high"] = (value for value, _ in ends)
    kinds = ("censoring", "low_censoring", "high_censoring")
    return row | dict(zip(kinds, (kind for _, kind in ends), strict=True))


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
    its place; `above` that it is at least the longest; `none` that the value is the value. The
    interval is a percentile bootstrap over replicates, NaN of one.
    """
    measured = measure(losses, thresholds, draws, rng, last_only=True)
    return pd.DataFrame([described(at, confidence) for (at,) in measured])
