"""Statistics of few runs, exact and free of distributions: small functions on plain arrays.

Probabilities are counted. `scipy.stats` has them, too; to import it takes a step longer than all
that it computes.
"""

import math
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from scipy import special

# An interval that covers less than this decides nothing.
LEAST_COVERAGE = 0.9
# How many standard errors of a finite test set a measurement may be off.
STANDARD_ERRORS = 4


class Median(NamedTuple):
    """A median over replicates with the ends of its interval, and what the interval covers.

    Each of the first three has the shape of the values without their last axis. `coverage` is 0,
    and the ends are NaN, of one replicate, which shows no spread.
    """

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    coverage: float

    def columns(self, name: str) -> dict[str, Any]:
        """The median and the ends of its interval, as columns of a table: `name`, `name_low` and
        `name_high`, each a number, or a list of them."""
        ends = {name: self.value, f"{name}_low": self.low, f"{name}_high": self.high}
        return {column: values.tolist() for column, values in ends.items()}


def at_most(k: int, n: int) -> float:
    """P(X ≤ k), X binomial with n and ½."""
    return sum(math.comb(n, i) for i in range(k + 1)) / 2**n


@cache
def order_statistic(replicates: int, confidence: float) -> tuple[int, float]:
    """Which order statistics are the ends of a median's interval, and what it covers.

    Of n values of any continuous distribution, the k-th smallest and the k-th largest have its
    median between them with probability 1 − 2 P(X < k), X binomial with n and ½ (Thompson, 1936;
    the interval of the sign test). The largest k that covers `confidence` is taken, or 1 where none
    does: 2 of 10 replicates (.979), 1 of 6 (.969), of 5 (.938), of 3 (.75).

    Returns:
        k, from 1 on, and the coverage; 0 of one replicate.
    """
    covered = [1 - 2 * at_most(k - 1, replicates) for k in range(1, replicates // 2 + 1)]
    if not covered:
        return 1, 0.0
    k = max((k for k, c in enumerate(covered, start=1) if c >= confidence), default=1)
    return k, covered[k - 1]


def median(values: np.ndarray, confidence: float) -> Median:
    """The median of `values` over replicates, with its exact interval.

    Args:
        values: shape (..., n), n replicates along the last axis; infinities are values like others.
        confidence: what the interval should cover, in (0, 1); of few replicates it covers less.
    """
    values = np.asarray(values, dtype=float)
    k, coverage = order_statistic(values.shape[-1], confidence)
    ordered = np.sort(values, axis=-1)
    low, high = ordered[..., k - 1], ordered[..., -k]
    if coverage == 0:
        low = high = np.full(values.shape[:-1], np.nan)
    return Median(np.median(values, axis=-1), low, high, coverage)


@cache
def opposite(replicates: tuple[int, int], confidence: float) -> float:
    """How likely intervals of two samples of one distribution lie on opposite sides of a bound.

    The probability that the first lies wholly at or above it, and the second wholly below, at most:
    for whatever share of the distribution lies above the bound.

    Args:
        replicates: the sizes of the two samples.
        confidence: what the intervals should cover.
    """
    above = np.linspace(0, 1, 2001)
    (one, k), (other, j) = ((n, order_statistic(n, confidence)[0]) for n in replicates)
    passes = special.bdtrc(one - k, one, above)  # all but k − 1 of them
    fails = special.bdtr(j - 1, other, above)
    return float((passes * fails).max())


def ranked_apart(replicates: tuple[int, int], confidence: float) -> float:
    """How likely the ranks of two samples of one distribution are as far apart as intervals on
    opposite sides of a bound.

    With n and m values whose intervals end at the k-th and the j-th order statistic: the
    probability that all but k − 1 of the first lie below all but j − 1 of the second, where every
    order of the n + m is as likely; 1 / C(n + m, n) where k and j are 1.

    Args:
        replicates: the sizes of the two samples, n and m.
        confidence: what the intervals should cover.
    """
    (n, k), (m, j) = ((size, order_statistic(size, confidence)[0]) for size in replicates)
    # Of the lowest n − k + j values, at most j − 1 are of the second sample.
    lowest = n - k + j
    ways = sum(math.comb(m, of_second) * math.comb(n, lowest - of_second) for of_second in range(j))
    return ways / math.comb(n + m, lowest)


def wilson_interval(successes: int, trials: int, confidence: float) -> tuple[float, float]:
    """The score interval of a proportion (Wilson, 1927)."""
    errors = float(special.ndtri((1 + confidence) / 2))
    share, room = successes / trials, errors**2 / trials
    half = errors * math.sqrt(share * (1 - share) / trials + room / (4 * trials))
    low, high = ((share + room / 2 + end) / (1 + room) for end in (-half, half))
    return max(low, 0.0), min(high, 1.0)


def sign_test(better: int, worse: int) -> float:
    """How likely at least so many of `better` and `worse` pairs are better where either is as
    likely: exact and one-sided; 1 where there are no pairs."""
    return at_most(worse, better + worse)


def slack(error: np.ndarray | float, tests: int) -> np.ndarray | float:
    """How far a measurement on `tests` sequences may be off: four standard errors, or as many more
    as make it equally unlikely where the error is estimated from so few (Student, 1908)."""
    share = special.ndtr(STANDARD_ERRORS)
    return error * float(special.stdtrit(max(tests - 1, 1), share))


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


def rank_test(pairs: Iterable[tuple[np.ndarray, np.ndarray]]) -> float:
    """How likely pairs of samples are as far apart in their ranks, if each pair has one
    distribution.

    The exact two-sided permutation test of the sum of ranks (Wilcoxon, 1945), also where values are
    equal; of several pairs, of the sum over pairs (van Elteren, 1960, with equal weights). Ranks
    are used so that a replicate that diverged (−∞) counts as the worst, but not as infinitely
    worse.

    Args:
        pairs: of each pair the two samples, of shapes (n,) and (m,).
    """
    chances, observed = np.ones(1), 0
    for one, other in pairs:
        both = np.concatenate([one, other])
        # Twice the ranks, of which equal values share the mean: how many are lower, and not higher.
        doubled = 1 + (both[:, None] > both).sum(axis=1) + (both[:, None] >= both).sum(axis=1)
        # Twice the sum of ranks, less its mean, is a whole number.
        mean = len(one) * (len(doubled) + 1)
        reach = int(doubled.sum()) + mean
        centred = np.zeros(2 * reach + 1)
        centred[reach - mean : reach - mean + doubled.sum() + 1] = _sums(doubled, len(one))
        chances = np.convolve(chances, centred)
        observed += int(doubled[: len(one)].sum()) - mean
    middle = len(chances) // 2
    apart = np.abs(np.arange(len(chances)) - middle)
    return min(1.0, float(chances[apart >= abs(observed)].sum()))


def _sums(values: np.ndarray, members: int) -> np.ndarray:
    """How likely each sum of `members` of the whole numbers `values` is, from 0 to the sum of all,
    where every choice of members is as likely."""
    counts = np.zeros((members + 1, int(values.sum()) + 1))
    counts[0, 0] = 1.0
    for value in values:
        counts[1:, value:] += counts[:-1, : counts.shape[1] - value].copy()
    return counts[members] / math.comb(len(values), members)


def smallest_p(sizes: Iterable[tuple[int, int]]) -> float:
    """The smallest p-value that `rank_test` can give of pairs of samples of these sizes.

    Only two of all arrangements are the farthest apart.
    """
    return min(1.0, 2 * math.prod(1 / math.comb(n + m, n) for n, m in sizes))


def change(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """How much each score rose: 0 between two of −∞, of replicates that have diverged."""
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(after - before, nan=0.0, posinf=np.inf, neginf=-np.inf)


def holm(p_values: Iterable[float]) -> np.ndarray:
    """`p_values`, corrected for their number (Holm, 1979); NaNs do not count."""
    values = np.array(list(p_values), dtype=float)
    tested = np.flatnonzero(~np.isnan(values))
    order = tested[np.argsort(values[tested], kind="stable")]
    steps = values[order] * np.arange(len(order), 0, -1)
    values[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return values
