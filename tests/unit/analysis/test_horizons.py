import numpy as np
import pytest

from recall_horizon.analysis.horizons import (
    horizon,
    horizons,
    horizons_drawn,
    percentiles,
    resampled,
)

LENGTHS = np.array([5, 10, 20, 50, 100])


def of(*scores, threshold=0.9):
    return float(horizon(LENGTHS, np.array(scores), threshold))


def interval(runs, threshold, draws, rng):
    """The 95 % interval of the horizon of `runs`."""
    picks = resampled(runs.shape, draws, rng)
    return percentiles(horizons_drawn(LENGTHS, runs, threshold, picks), 0.95)


def test_a_horizon_is_interpolated_in_log_length():
    assert of(1.0, 1.0, 0.8, 0.0, 0.0) == pytest.approx(np.sqrt(10 * 20))
    assert of(1.0, 0.95, 0.75, 0.0, 0.0) == pytest.approx(10 * 2**0.25)


def test_a_score_at_the_threshold_passes():
    assert of(0.9, 0.9, 0.0, 0.0, 0.0) == pytest.approx(10)


def test_the_first_failure_ends_the_horizon_regardless_of_what_follows():
    assert of(1.0, 0.0, 1.0, 1.0, 1.0) == pytest.approx(5 * 2**0.1)


def test_beyond_the_lengths_tested_it_is_censored():
    assert of(0.8, 1.0, 1.0, 1.0, 1.0) == -np.inf
    assert of(1.0, 1.0, 1.0, 1.0, 0.9) == np.inf


def test_diverged_scores_end_it_at_the_last_success():
    assert of(1.0, 1.0, -np.inf, -np.inf, -np.inf) == pytest.approx(10)
    assert of(*[-np.inf] * 5) == -np.inf


def test_the_horizon_of_one_length_is_censored():
    assert horizon(np.array([7]), np.array([[0.95], [0.1]]), 0.9).tolist() == [np.inf, -np.inf]


@pytest.mark.parametrize("shape", [(), (3,), (2, 4)])
def test_many_horizons_at_once_equal_those_computed_one_by_one(shape):
    rng = np.random.default_rng(0)
    scores = rng.uniform(0, 1.3, (*shape, 5))
    together = horizon(LENGTHS, scores, 0.5)
    assert together.shape == shape
    for place in np.ndindex(shape):
        assert together[place] == of(*scores[place], threshold=0.5)


def test_replicates_that_agree_have_an_interval_of_zero_width():
    runs = np.repeat([[1.0], [1.0], [0.8], [0.0], [0.0]], 6, axis=1)
    low, high = interval(runs, 0.9, 200, np.random.default_rng(0))
    assert low == high == pytest.approx(np.sqrt(10 * 20))


def test_one_replicate_has_no_interval():
    runs = np.array([[1.0], [1.0], [0.8], [0.0], [0.0]])
    assert np.isnan(interval(runs, 0.9, 200, np.random.default_rng(0))).all()


def test_the_interval_has_its_nominal_coverage():
    """500 simulated studies of 10 replicates, with a horizon that is known."""
    truth = np.array([0.98, 0.96, 0.8, 0.3, 0.0])
    rng = np.random.default_rng(1)
    for threshold in (0.9, 0.5):
        known = of(*truth, threshold=threshold)
        covered = 0
        for _ in range(500):
            runs = truth[:, None] + 0.1 * rng.standard_normal((5, 10))
            low, high = interval(runs, threshold, 400, rng)
            covered += low <= known <= high
        assert 0.90 <= covered / 500 <= 0.98


def test_a_table_says_where_values_are_censored(losses_table):
    ends = {"never": (1.0, 1.0), "always": (0.0, 0.0), "until": (0.0, 1.0)}
    losses = losses_table(
        {
            (model, length, replicate): [(0, 1.0, 1.0), (4, mse, mse)]
            for model, end in ends.items()
            for length, mse in zip((5, 50), end, strict=True)
            for replicate in range(3)
        }
    )
    table = horizons(losses, [0.9], 0.95, 100, np.random.default_rng(0)).set_index("model")
    assert table["censoring"].to_dict() == {"never": "below", "always": "above", "until": "none"}
    assert table["high_censoring"].to_dict() == table["censoring"].to_dict()
    assert table.loc["never", "horizon"] == 5
    assert table.loc["always", "horizon"] == 50
    assert 5 < table.loc["until", "horizon"] < 50


def test_a_model_with_fewer_replicates_and_lengths_has_a_horizon_of_its_own(losses_table):
    ends = {("a", 5): [0.0] * 4, ("a", 20): [0.0] * 4, ("b", 5): [0.0, 0.02]}
    runs = {
        (*key, replicate): [(0, 1.0, 1.0), (1, end, end)]
        for key, replicates in ends.items()
        for replicate, end in enumerate(replicates)
    }
    table = horizons(losses_table(runs), [0.9], 0.95, 50, np.random.default_rng(0))
    rows = table.set_index("model")[["horizon", "censoring", "low_censoring"]]
    assert list(rows.loc["a"]) == [20, "above", "above"]
    assert list(rows.loc["b"]) == [5, "above", "above"]
