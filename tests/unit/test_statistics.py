import numpy as np
import pytest

from recall_horizon.statistics import (
    bootstrap_interval,
    interquartile_mean,
    median,
    wilson_interval,
)


def interval(values, statistic=median, confidence=0.95, draws=2000, seed=0):
    rng = np.random.default_rng(seed)
    return bootstrap_interval(np.asarray(values, float), statistic, confidence, draws, rng)


def test_the_interquartile_mean_is_that_of_the_middle_half():
    assert interquartile_mean(np.array([8.0, 1, 2, 7, 3, 6, 4, 5])) == 4.5
    ten = np.array([-1000.0, -500, 2, 3, 4, 5, 6, 7, 500, 1000])
    assert interquartile_mean(ten) == pytest.approx((2 + 3 + 4 + 5 + 6 + 7) / 6)


def test_the_interquartile_mean_stands_a_quarter_of_infinities():
    assert interquartile_mean(np.array([1.0, 2, 3, np.inf])) == 2.5
    assert interquartile_mean(np.array([1.0, 2, np.inf, np.inf])) == np.inf


def test_the_median_stands_less_than_half_of_infinities():
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


def test_an_interval_covers_the_truth_about_as_often_as_it_says():
    values = np.random.default_rng(1).normal(loc=3, size=(400, 25))
    low, high = interval(values, np.mean, 0.9, draws=400)
    assert 0.83 <= ((low <= 3) & (high >= 3)).mean() <= 0.95


def test_one_replicate_says_nothing_of_its_spread():
    low, high = interval([[1.0], [2.0]])
    assert np.isnan([*low, *high]).all()


def test_equal_replicates_leave_no_doubt():
    assert interval([2.0] * 6) == (2.0, 2.0)


@pytest.mark.parametrize("worst", [np.inf, -np.inf])
def test_infinities_are_values_like_others(worst):
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
