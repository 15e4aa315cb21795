"""Statistics of few runs: small functions on plain arrays."""

import math
from collections.abc import Callable, Iterable

import numpy as np
import scipy.stats

# Values resampled at once by the bootstrap: 64 MiB of them.
BLOCK = 8 * 2**20
# How many standard errors of a finite test set a measurement may be off.
STANDARD_ERRORS = 4


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
        values: shape (..., n), n replicates along the last axis; infinities are allowed.
        statistic: a function of (values, axis), vectorised.
        confidence: the intervals' nominal coverage, in (0, 1).
        draws: how many resamples.
        rng: the source of the resamples.

    Returns:
        The intervals' lower and upper ends, each of shape (...); NaN if n is 1, since one replicate
        shows no spread.
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


def sampling_error(r2: np.ndarray | float, tests: int) -> np.ndarray:
    """The standard error of R² on `tests` sequences, of a predictor whose true R² is `r2`.

    The large-sample error of a squared correlation, 2r(1 − r²)/√n (Olkin & Finn, 1995), but at
    least its value at r² = 0.01: at 0 the formula vanishes, a noisy predictor's error does not.
    """
    r2 = np.clip(r2, 0.01, 1.0)
    return 2 * np.sqrt(r2) * (1 - r2) / np.sqrt(tests)


def shift_between(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """How far `one` lies above `other`, by column: the median of all differences between a value
    of one and a value of the other (Hodges & Lehmann, 1963).

    Args:
        one: shape (n, k), n replicates; −∞ is lower than any other value and equal to itself.
        other: shape (m, k).

    Returns:
        Shape (k,). Subtracted from `one`, it makes the mean ranks of the two equal.
    """
    lowest = np.finfo(float).min
    one, other = np.maximum(one, lowest), np.maximum(other, lowest)
    with np.errstate(over="ignore"):
        return np.median(one[:, None] - other[None], axis=(0, 1))


def rank_differences(
    one: np.ndarray, other: np.ndarray, draws: int, rng: np.random.Generator
) -> np.ndarray:
    """How far the mean ranks of two samples are apart, and how far apart they are by chance.

    Ranks are used so that a replicate that diverged (−∞) counts as the worst, but not as infinitely
    worse. A permutation moves whole rows, so the correlation between columns is kept.

    Args:
        one: shape (n, k), n replicates.
        other: shape (m, k).
        draws: how many random permutations of the n + m rows.
        rng: the source of the permutations.

    Returns:
        Shape (1 + draws, k): the mean rank of `one` minus the mean of all ranks, in standard
        deviations over permutations; the first row as observed, the others permuted. 0 where all
        values are equal.
    """
    n, total = len(one), len(one) + len(other)
    ranks = scipy.stats.rankdata(np.concatenate([one, other]), axis=0)
    ranks -= ranks.mean(axis=0)
    deviation = ranks.std(axis=0) * np.sqrt((total - n) / (n * (total - 1)))
    observed = np.arange(total) < n
    permuted = rng.permuted(np.broadcast_to(observed, (draws, total)), axis=1)
    members = np.concatenate([observed[None], permuted])
    means = members.astype(float) @ ranks / n
    return np.divide(means, deviation, out=np.zeros_like(means), where=deviation > 0)


def permutation_p(statistics: np.ndarray) -> float:
    """The share of `statistics` that are at least the first, which is the observed one."""
    return float((statistics >= statistics[0] - 1e-9).mean())


def smallest_p(sizes: Iterable[tuple[int, int]], draws: int) -> float:
    """The smallest p-value that a two-sided permutation test of these pairs of samples can give.

    In each pair only two of all arrangements are the farthest apart.
    """
    exact = math.prod(2 / math.comb(n + m, n) for n, m in sizes)
    return max(exact, 1 / (1 + draws))


def holm(p_values: Iterable[float]) -> np.ndarray:
    """`p_values`, corrected for their number (Holm, 1979); NaNs do not count."""
    values = np.array(list(p_values), dtype=float)
    tested = np.flatnonzero(~np.isnan(values))
    order = tested[np.argsort(values[tested], kind="stable")]
    steps = values[order] * np.arange(len(order), 0, -1)
    values[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return values
