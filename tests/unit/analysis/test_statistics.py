import itertools
import math

import numpy as np
import pytest
import scipy.stats

from recall_horizon.analysis.statistics import (
    holm,
    median,
    opposite,
    order_statistic,
    rank_test,
    ranked_apart,
    shift_between,
    sign_test,
    slack,
    smallest_p,
    wilson_interval,
)

NO, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("replicates", "k", "coverage"),
    [
        (1, 1, 0.0),
        (2, 1, 1 / 2),
        (3, 1, 3 / 4),
        (5, 1, 15 / 16),
        (6, 1, 31 / 32),
        (10, 2, 1 - 22 / 1024),
    ],
)
def test_an_interval_ends_at_order_statistics_and_states_what_it_covers(replicates, k, coverage):
    assert order_statistic(replicates, 0.95) == (k, pytest.approx(coverage, abs=1e-12))
    values = np.random.default_rng(0).permutation(np.arange(1.0, replicates + 1))
    found = median(values, 0.95)
    assert found.value == (replicates + 1) / 2
    assert found.coverage == pytest.approx(coverage, abs=1e-12)
    ends = (k, replicates - k + 1) if replicates > 1 else (NO, NO)
    assert (found.low, found.high) == pytest.approx(ends, nan_ok=True)


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.99])
def test_an_interval_is_the_narrowest_that_covers_enough_or_else_the_widest(confidence):
    for replicates in range(2, 60):
        k, coverage = order_statistic(replicates, confidence)
        narrower = 1 - 2 * scipy.stats.binom.cdf(k, replicates, 0.5)
        assert narrower < confidence
        assert coverage >= confidence or k == 1


# Distributions by name: draws of a shape, and their median.
DISTRIBUTIONS = {
    "normal": (lambda rng, shape: rng.normal(3, 2, shape), 3.0),
    "skewed": (lambda rng, shape: rng.lognormal(0, 2, shape), 1.0),
    "bimodal": (
        lambda rng, shape: rng.uniform(0, 0.01, shape) + (rng.random(shape) < 0.5 / 0.99),
        1.0001,  # a hundredth of the way through the upper mode
    ),
    "a third diverges": (
        lambda rng, shape: np.where(rng.random(shape) < 1 / 3, -INF, rng.uniform(0, 4, shape)),
        1.0,
    ),
}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@pytest.mark.parametrize("replicates", [2, 3, 5, 6, 10, 21])
def test_an_interval_covers_the_true_median_as_often_as_it_states(name, replicates):
    """To four standard errors of 20,000 simulated studies, from below and from above."""
    draw, truth = DISTRIBUTIONS[name]
    found = median(draw(np.random.default_rng(replicates), (20_000, replicates)), 0.95)
    covered = ((found.low <= truth) & (truth <= found.high)).mean()
    error = (found.coverage * (1 - found.coverage) / 20_000) ** 0.5
    assert covered == pytest.approx(found.coverage, abs=4 * error)


def test_where_most_replicates_diverge_the_median_does_and_stays_inside():
    rng = np.random.default_rng(0)
    found = median(np.where(rng.random((5000, 6)) < 0.6, -INF, rng.random((5000, 6))), 0.95)
    assert (found.low == -INF).mean() >= found.coverage
    assert not np.isnan([found.value, found.low, found.high]).any()


def test_equal_values_are_covered_at_least_as_often():
    """A median of 0 that half of the values have is between the ends more often than stated."""
    rng = np.random.default_rng(1)
    found = median(np.maximum(rng.normal(-0.1, 1, (5000, 6)), 0), 0.95)
    assert ((found.low <= 0) & (found.high >= 0)).mean() >= found.coverage


@pytest.mark.parametrize("replicates", [1, 2, 5, 10])
def test_medians_go_along_the_last_axis(replicates):
    values = np.random.default_rng(0).normal(size=(2, 3, replicates))
    found = median(values, 0.95)
    alone = median(values[1, 2], 0.95)
    for many, one in zip(found[:3], alone[:3], strict=True):
        assert many.shape == (2, 3)
        np.testing.assert_array_equal(many[1, 2], one)
    if replicates > 1:
        assert ((found.low <= found.value) & (found.value <= found.high)).all()


def test_opposite_sides_are_likeliest_where_the_bound_is_the_median():
    assert opposite((6, 6), 0.95) == pytest.approx(2.0**-12)
    assert opposite((10, 10), 0.95) == pytest.approx((11 / 1024) ** 2)
    assert opposite((5, 20), 0.95) > 2.0**-5 * 0.02  # unequal sizes: elsewhere


def test_opposite_sides_occur_as_often_as_stated():
    rng = np.random.default_rng(3)
    one, other = rng.random((200_000, 3)), rng.random((200_000, 3))
    apart = ((one >= 0.5).all(axis=1) & (other < 0.5).all(axis=1)).mean()
    assert apart == pytest.approx(opposite((3, 3), 0.75), rel=0.05)


def test_ranks_are_apart_in_as_many_orders_as_there_are():
    assert ranked_apart((3, 3), 0.95) == pytest.approx(1 / 20)
    assert ranked_apart((6, 6), 0.95) == pytest.approx(1 / math.comb(12, 6))
    assert ranked_apart((5, 6), 0.95) == pytest.approx(1 / math.comb(11, 5))
    ten = [1 + 10 * 10, math.comb(20, 10)]  # all of the lowest ten are of one sample, or all but 1
    assert ranked_apart((10, 10), 0.95) == pytest.approx(ten[0] / ten[1])
    assert ranked_apart((10, 6), 0.95) == pytest.approx(ranked_apart((6, 10), 0.95))


@pytest.mark.parametrize("sizes", [(5, 5), (6, 10), (10, 10), (20, 12)])
def test_ranks_are_apart_at_least_as_often_as_intervals_at_one_length(sizes):
    assert ranked_apart(sizes, 0.95) > opposite(sizes, 0.95)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_the_wilson_interval_has_its_published_values(successes, trials, low, high):
    """The last row is an example of Newcombe (1998), Statistics in Medicine 17, table I."""
    assert wilson_interval(successes, trials, 0.95) == pytest.approx((low, high), abs=1e-4)


def test_the_sign_test_counts_the_ways_to_be_as_good():
    assert sign_test(0, 0) == sign_test(0, 3) == 1
    assert sign_test(5, 0) == pytest.approx(1 / 32)
    assert sign_test(4, 1) == pytest.approx(6 / 32)


def test_slack_is_four_standard_errors_and_more_of_few_sequences():
    assert slack(0.5, 10**7) == pytest.approx(2.0, abs=1e-4)
    assert slack(np.array([0.5, 1.0]), 10**7) == pytest.approx([2.0, 4.0], abs=1e-4)
    sizes = [float(slack(1.0, tests)) for tests in (2, 5, 10, 100, 10_000)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[2] > 6


def test_slack_is_exceeded_as_rarely_of_few_sequences():
    """By one mean of n normal numbers in 30,000, in units of its own standard error."""
    rng = np.random.default_rng(0)
    for tests in (3, 10):
        values = rng.standard_normal((200_000, tests))
        errors = values.std(axis=1, ddof=1) / tests**0.5
        assert (values.mean(axis=1) > slack(errors, tests)).mean() < 2e-4
        assert (values.mean(axis=1) > 4 * errors).mean() > 1e-3  # without the correction


def column(values):
    return np.asarray(values, float)[:, None]


def test_the_shift_between_samples_makes_their_ranks_equal():
    rng = np.random.default_rng(0)
    one, other = rng.normal(3, 1, (9, 4)), rng.normal(0, 2, (7, 4))
    shift = shift_between(one, other)
    assert shift.shape == (4,)
    above = (one - shift)[:, None] > other[None]
    assert above.mean(axis=(0, 1)) == pytest.approx([0.5] * 4, abs=1 / 63)


def test_the_shift_between_samples_tolerates_infinities():
    assert shift_between(column([-INF] * 3), column([-INF] * 3)) == 0
    assert shift_between(column([-INF] * 3), column([0.5, 0.6])) < -1e300
    assert shift_between(column([-INF, 0.5, 0.6]), column([-INF, 0.5, 0.6])) == 0


def by_brute_force(pairs):
    """The share of all arrangements whose sum of ranks, over pairs, is as far from its mean."""
    sums, observed = [], 0.0
    for one, other in pairs:
        ranks = scipy.stats.rankdata([*one, *other])
        mean = len(one) * ranks.mean()
        sums.append([sum(c) - mean for c in itertools.combinations(ranks, len(one))])
        observed += ranks[: len(one)].sum() - mean
    apart = [abs(sum(each)) for each in itertools.product(*sums)]
    return np.mean(np.array(apart) >= abs(observed) - 1e-9)


@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 6), (3, 3), (5, 8), (10, 10), (10, 3)])
def test_without_equal_values_the_rank_test_is_that_of_mann_and_whitney(n, m):
    rng = np.random.default_rng(n)
    for shift in (0, 0.5, 2):
        one, other = rng.normal(shift, 1, n), rng.normal(0, 1, m)
        expected = scipy.stats.mannwhitneyu(one, other, method="exact").pvalue
        assert rank_test([(one, other)]) == pytest.approx(expected)


def test_with_equal_values_the_rank_test_counts_all_arrangements():
    rng = np.random.default_rng(0)
    for _ in range(30):
        n, m = rng.integers(1, 6, 2)
        one, other = rng.integers(0, 4, n).astype(float), rng.integers(0, 4, m).astype(float)
        one[one == 0] = -INF  # of replicates that diverged
        assert rank_test([(one, other)]) == pytest.approx(by_brute_force([(one, other)]))


def test_several_pairs_are_tested_by_the_sum_of_their_ranks():
    rng = np.random.default_rng(1)
    for _ in range(10):
        pairs = [
            (rng.integers(0, 9, n).astype(float), rng.integers(0, 9, m).astype(float))
            for n, m in rng.integers(1, 5, (3, 2))
        ]
        assert rank_test(pairs) == pytest.approx(by_brute_force(pairs))


def test_equal_values_are_no_difference():
    assert rank_test([(np.ones(3), np.ones(4))]) == 1
    assert rank_test([(np.full(2, -INF), np.full(5, -INF))]) == 1


def test_ranks_depend_on_no_scale_and_on_no_order_of_the_samples():
    rng = np.random.default_rng(2)
    one, other = rng.normal(size=6), rng.normal(1, 1, 7)
    p_value = rank_test([(one, other)])
    assert rank_test([(np.exp(one), np.exp(other))]) == p_value
    assert rank_test([(other, one)]) == pytest.approx(p_value)


def test_samples_of_one_distribution_are_rarely_far_apart():
    """At most at the rate of the p-value, over 3 pairs of 6 and 5."""
    rng = np.random.default_rng(0)
    studies = [[(rng.normal(size=6), rng.normal(size=5)) for _ in range(3)] for _ in range(400)]
    p_values = np.array([rank_test(pairs) for pairs in studies])
    for rate in (0.05, 0.5):
        assert (p_values <= rate).mean() == pytest.approx(rate, abs=3 * (rate / 400) ** 0.5)


@pytest.mark.parametrize("sizes", [[(1, 1)], [(3, 4)], [(5, 8)], [(2, 3), (3, 3)]])
def test_the_smallest_p_is_attained_by_samples_fully_apart_and_by_no_others(sizes):
    pairs = [(np.arange(n, dtype=float), np.arange(n, n + m, dtype=float)) for n, m in sizes]
    assert rank_test(pairs) == pytest.approx(smallest_p(sizes))
    assert smallest_p(sizes) == pytest.approx(
        min(1, 2 / math.prod(math.comb(n + m, n) for n, m in sizes))
    )
    if math.prod(map(sum, sizes)) > 2:
        one, other = pairs[0]
        one[-1], other[0] = other[0], one[-1]  # two neighbours change places
        assert rank_test(pairs) > smallest_p(sizes)


def test_holms_correction_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    corrected = holm([0.001, float("nan")])
    assert corrected[0] == pytest.approx(0.001)
    assert np.isnan(corrected[1])
    assert holm([0.9, 0.8]) == pytest.approx([1.0, 1.0])
    assert holm([]).shape == (0,)
