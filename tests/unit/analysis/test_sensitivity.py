import numpy as np
import pandas as pd
import pytest

from recall_horizon.analysis.sensitivity import (
    CRITICAL_S0,
    decay_rate,
    of_replicates,
    predictions,
    profiles,
)


def probes_of(rates, lengths=(5, 10, 20, 50, 100), replicates=2):
    """Probes of models whose untrained profiles decay exactly and which recall perfectly later."""
    rows = []
    for model, rate in rates.items():
        for length in lengths:
            for replicate in range(replicates):
                for t in range(1, length + 1):
                    fading = np.exp(-rate * (length - t))
                    rows.append((model, length, replicate, "initial", t, fading))
                    rows.append((model, length, replicate, "final", t, float(t == 1)))
    return pd.DataFrame(
        rows, columns=["model", "length", "replicate", "stage", "position", "sensitivity"]
    )


def models_of(*recurrent, others=()):
    names = [*recurrent, *others]
    rows = [(name, t, t, name in recurrent) for name in names for t in (5, 10, 20, 50, 100)]
    return pd.DataFrame(rows, columns=["model", "length", "steps", "recurrent"])


def horizons_of(measured):
    return pd.DataFrame(
        [
            {
                "model": model,
                "threshold": 0.9,
                "horizon": value,
                "low": value,
                "high": value,
                "censoring": "none",
            }
            for model, value in measured.items()
        ]
    )


def test_the_rate_of_an_exact_decay_is_found():
    assert decay_rate(np.exp(-0.3 * np.arange(40)[::-1])) == pytest.approx(0.3)


def test_positions_that_vanished_do_not_count():
    profile = np.exp(-0.3 * np.arange(40)[::-1])
    profile[:10] = 0.0
    assert decay_rate(profile) == pytest.approx(0.3)
    assert np.isnan(decay_rate(np.array([0.0, 0.0, 1.0])))


def test_s0_and_concentration_of_a_run():
    table = of_replicates(probes_of({"a": 0.1}, lengths=(11,)), models_of("a"))
    assert table["s0"].tolist() == pytest.approx([np.exp(-1.0)] * 2)
    assert table["concentration"].tolist() == [1.0, 1.0]


def test_only_recurrent_models_have_a_decay_rate():
    runs = of_replicates(
        probes_of({"a": 0.1, "b": 0.1}, lengths=(5,)), models_of("a", others=["b"])
    )
    assert runs.set_index("model")["decay_rate"].notna().to_dict() == {"a": True, "b": False}


def test_the_predicted_horizon_is_where_the_fit_falls_to_the_critical_s0():
    rates = {"fast": 0.5, "slow": 0.001, "lost": 5.0}
    runs = of_replicates(probes_of(rates), models_of(*rates))
    measured = horizons_of({"fast": 12.0, "slow": 90.0, "lost": 5.0})
    table = predictions(runs, models_of(*rates), measured, 0.9)
    table = table.set_index("model")
    exact = 1 - np.log(CRITICAL_S0) / 0.5  # 14.1, between 10 and 20 on a logarithmic scale
    assert table.loc["fast", "predicted"] == pytest.approx(exact, rel=0.1)
    assert table["predicted_censoring"].to_dict() == {
        "fast": "none",
        "slow": "above",
        "lost": "below",
    }
    assert table["rank_correlation"].tolist() == pytest.approx([1.0] * 3)


def test_a_measured_order_that_is_reversed_gives_the_opposite_correlation():
    rates = {"fast": 0.5, "slow": 0.001, "lost": 5.0}
    runs = of_replicates(probes_of(rates), models_of(*rates))
    measured = horizons_of({"fast": 12.0, "slow": 5.0, "lost": 90.0})
    table = predictions(runs, models_of(*rates), measured, 0.9)
    assert table["rank_correlation"].tolist() == pytest.approx([-1.0] * 3)


def test_profiles_are_quantiles_over_replicates():
    probes = probes_of({"a": 0.1}, lengths=(3,), replicates=3)
    probes.loc[probes["replicate"] == 2, "sensitivity"] *= 100
    table = profiles(probes).set_index(["stage", "position"])
    assert table.loc[("initial", 3), "median"] == pytest.approx(1.0)
    assert table.loc[("initial", 3), "upper_quartile"] == pytest.approx(50.5)
