import numpy as np
import pytest

from recall_horizon.analysis.statistics import (
    STANDARD_ERRORS,
    bootstrap_interval,
    holm,
    interquartile_mean,
    median,
    permutation_p,
    rank_differences,
    sampling_error,
    shift_between,
    smallest_p,
    wilson_interval,
)


def interval(values, statistic=median, confidence=0.95, draws=2000, seed=0):
    rng = np.random.default_rng(seed)
    return bootstrap_interval(np.asarray(values, float), statistic, confidence, draws, rng)


def test_the_interquartile_mean_is_that_of_the_middle_half():
    assert interquartile_mean(np.array([8.0, 1, 2, 7, 3, 6, 4, 5])) == 4.5
    ten = np.array([-1000.0, -500, 2, 3, 4, 5, 6, 7, 500, 1000])
    assert interquartile_mean(ten) == pytest.approx((2 + 3 + 4 + 5 + 6 + 7) / 6)


def test_the_interquartile_mean_tolerates_a_quarter_of_infinities():
    assert interquartile_mean(np.array([1.0, 2, 3, np.inf])) == 2.5
    assert interquartile_mean(np.array([1.0, 2, np.inf, np.inf])) == np.inf


def test_the_median_tolerates_less_than_half_of_infinities():
    assert median(np.array([3.0, 1, np.inf])) == 3
    assert median(np.array([1.0, np.inf, np.inf])) == np.inf


@pytest.mark.parametrize("statistic", [median, interquartile_mean, np.mean])
def test_statistics_go_along_the_last_axis(statistic):
    values = np.random.default_rng(0).normal(size=(2, 3, 8))
    result = statistic(values, axis=-1)
    assert result.shape == (2, 3)
    assert result[1, 2] == statistic(values[1, 2], axis=-1)


@pytest.mark.parametrize("statistic", [median, interquartile_mean])
@pytest.mark.parametrize("n", [2, 5, 10, 30])
def test_an_interval_contains_the_statistic_and_stays_within_the_values(statistic, n):
    values = np.random.default_rng(n).normal(size=(4, n))
    low, high = interval(values, statistic)
    centre = statistic(values, axis=-1)
    assert low.shape == high.shape == (4,)
    assert (low <= centre).all()
    assert (centre <= high).all()
    assert (values.min(axis=-1) <= low).all()
    assert (high <= values.max(axis=-1)).all()
    assert (low < high).all()


def test_an_interval_narrows_with_the_root_of_the_replicates():
    rng = np.random.default_rng(0)

    def width(n):
        low, high = interval(rng.normal(size=(30, n)), np.mean, draws=400)
        return (high - low).mean()

    assert width(10) / width(160) == pytest.approx(4, rel=0.15)


def test_an_interval_widens_with_its_confidence():
    values = np.random.default_rng(0).normal(size=20)
    widths = [np.diff(interval(values, np.mean, confidence)) for confidence in (0.5, 0.9, 0.99)]
    assert widths == sorted(widths)
    assert widths[0] < widths[2] / 2


def test_an_interval_has_about_its_nominal_coverage():
    values = np.random.default_rng(1).normal(loc=3, size=(400, 25))
    low, high = interval(values, np.mean, 0.9, draws=400)
    assert 0.83 <= ((low <= 3) & (high >= 3)).mean() <= 0.95


def test_one_replicate_shows_no_spread():
    low, high = interval([[1.0], [2.0]])
    assert np.isnan([*low, *high]).all()


def test_equal_replicates_have_an_interval_of_zero_width():
    assert interval([2.0] * 6) == (2.0, 2.0)


@pytest.mark.parametrize("worst", [np.inf, -np.inf])
def test_infinities_are_allowed(worst):
    low, high = interval([[1.0, 2, 3, 4, worst], [worst] * 5])
    near, far = (low, high) if worst > 0 else (high, low)
    assert np.isfinite(near[0])
    assert far[0] == worst
    assert near[1] == far[1] == worst


def test_the_same_generator_gives_the_same_interval():
    values = np.random.default_rng(0).normal(size=(2, 9))
    np.testing.assert_array_equal(interval(values), interval(values))


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


def test_a_test_sets_error_matches_simulation():
    """R² of a predictor that explains a share of the variance, over many test sets."""
    rng, tests = np.random.default_rng(0), 2000
    for share in (0.05, 0.25):
        y = rng.standard_normal((2000, tests))
        noise = rng.standard_normal(y.shape)
        seen = share * y + np.sqrt(share * (1 - share)) * noise  # the best guess from a part
        r2 = 1 - ((y - seen) ** 2).mean(axis=1) / y.var(axis=1)
        assert r2.mean() == pytest.approx(share, abs=0.005)
        expected = sampling_error(share, tests)
        assert 0.5 * expected < r2.std() <= 1.1 * expected
        assert (r2 <= share + STANDARD_ERRORS * expected).mean() > 0.999


def column(values):
    return np.asarray(values, float)[:, None]


def test_the_shift_between_samples_makes_their_mean_ranks_equal():
    rng = np.random.default_rng(0)
    one, other = rng.normal(3, 1, (9, 4)), rng.normal(0, 2, (7, 4))
    shift = shift_between(one, other)
    assert shift.shape == (4,)
    apart = rank_differences(one - shift, other, 0, rng)[0]
    assert np.abs(apart).max() < 0.1
    assert (rank_differences(one, other, 0, rng)[0] > 1).all()


def test_the_shift_between_samples_tolerates_infinities():
    assert shift_between(column([-np.inf] * 3), column([-np.inf] * 3)) == 0
    assert shift_between(column([-np.inf] * 3), column([0.5, 0.6])) < -1e300
    assert shift_between(column([-np.inf, 0.5, 0.6]), column([-np.inf, 0.5, 0.6])) == 0


def test_rank_differences_by_hand():
    """Ranks 1, 2 against 3, 4: 1 below the mean 2.5, whose deviation over all six choices of two
    of four ranks is √(5/12)."""
    rng = np.random.default_rng(0)
    apart = rank_differences(column([0.1, -np.inf]), column([0.2, 0.3]), 5000, rng)
    assert apart.shape == (5001, 1)
    assert apart[0, 0] == pytest.approx(-1 / np.sqrt(5 / 12))
    assert apart[1:].std() == pytest.approx(1, abs=0.03)
    assert permutation_p(np.abs(apart[:, 0])) == pytest.approx(2 / 6, abs=0.03)


def test_equal_values_are_no_difference():
    apart = rank_differences(column([1.0, 1]), column([1.0, 1, 1]), 10, np.random.default_rng(0))
    assert not apart.any()


def test_a_permutation_moves_whole_rows():
    values = np.random.default_rng(0).normal(size=(8, 1))
    both = np.hstack([values, -values])
    apart = rank_differences(both[:4], both[4:], 100, np.random.default_rng(1))
    np.testing.assert_allclose(apart[:, 0], -apart[:, 1])


def test_samples_of_one_distribution_are_rarely_far_apart():
    """At the rate of the p-value, over strata of replicates with strongly correlated columns."""
    rng = np.random.default_rng(0)

    def p_value():
        pairs = np.cumsum(rng.normal(size=(3, 2, 6, 4)), axis=-1)  # 3 strata of 6 and 6
        return permutation_p(sum((rank_differences(*p, 200, rng) ** 2).sum(axis=1) for p in pairs))

    p_values = np.array([p_value() for _ in range(400)])
    for rate in (0.05, 0.5):
        assert (p_values <= rate).mean() == pytest.approx(rate, abs=3 * (rate / 400) ** 0.5)


@pytest.mark.parametrize("sizes", [[(3, 4)], [(2, 3), (3, 3)]])
def test_the_smallest_p_is_that_of_samples_fully_apart(sizes):
    rng, draws = np.random.default_rng(0), 20_000
    squares = sum(
        rank_differences(column(range(n)), column(range(10, 10 + m)), draws, rng)[:, 0] ** 2
        for n, m in sizes
    )
    assert smallest_p(sizes, draws) == pytest.approx(permutation_p(squares), rel=0.1)


def test_no_p_is_smaller_than_the_draws_allow():
    assert smallest_p([(50, 50)], 999) == 1 / 1000


def test_holms_correction_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    corrected = holm([0.001, float("nan")])
    assert corrected[0] == pytest.approx(0.001)
    assert np.isnan(corrected[1])
    assert holm([0.9, 0.8]) == pytest.approx([1.0, 1.0])
