"""Statistics of few runs: small functions on plain arrays, replicates along the last axis."""

from collections.abc import Callable

import numpy as np
import scipy.stats

# Values resampled at once by the bootstrap: 64 MiB of them.
BLOCK = 8 * 2**20


def median(values: np.ndarray, axis: int = -1) -> np.ndarray:
    """The median along `axis`."""
    return np.median(values, axis=axis)


def interquartile_mean(values: np.ndarray, axis: int = -1) -> np.ndarray:
    """The mean of the middle half along `axis` (Agarwal et al., 2021).

    A quarter of the values is cut at each end, rounded down: of 10 values, 2 and 2.
    """
    return scipy.stats.trim_mean(values, 0.25, axis=axis)


def bootstrap_interval(
    values: np.ndarray,
    statistic: Callable[..., np.ndarray],
    confidence: float,
    draws: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Percentile bootstrap intervals (Efron, 1979) of `statistic` over replicates.

    Args:
        values: shape (..., n), n replicates each; infinities are values like others.
        statistic: a function of (values, axis), vectorised.
        confidence: the intervals' nominal coverage, in (0, 1).
        draws: resamples.
        rng: where they come from.

    Returns:
        The intervals' lower and upper ends, each of shape (...); NaN where n is 1, since one
        replicate says nothing of its spread.
    """
    if values.shape[-1] < 2:
        unknown = np.full(values.shape[:-1], np.nan)
        return unknown, unknown.copy()
    result = scipy.stats.bootstrap(
        (values,),
        statistic,
        n_resamples=draws,
        batch=max(1, BLOCK // values.size),
        vectorized=True,
        confidence_level=confidence,
        method="percentile",
        rng=rng,
        axis=-1,
    )
    # An order statistic of the draws, not scipy's own interpolated one: infinities stay infinite.
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    low, high = np.quantile(result.bootstrap_distribution, tails, axis=-1, method="inverted_cdf")
    return low, high


def wilson_interval(successes: int, trials: int, confidence: float) -> tuple[float, float]:
    """The score interval of a proportion (Wilson, 1927)."""
    interval = scipy.stats.binomtest(successes, trials).proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high)
