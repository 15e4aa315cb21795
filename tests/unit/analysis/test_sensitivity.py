import numpy as np
import pandas as pd
import pytest

from recall_horizon.analysis.sensitivity import (
    CRITICAL_S0,
    decay_rate,
    of_replicates,
    predictions,
    profiles,
    rules,
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
    rows = [
        {"model": model, "threshold": threshold, "passes": passes, "fails": fails}
        for model, (passes, fails) in measured.items()
        for threshold, passes in ((0.9, passes), (0.5, 100.0))
    ]
    return pd.DataFrame(rows).assign(low=5.0, high=np.inf)


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
    """A bracket of tested lengths, beside the measured one at the highest threshold."""
    rates = {"fast": 0.5, "slow": 0.001, "lost": 5.0}
    runs = of_replicates(probes_of(rates), models_of(*rates))
    measured = horizons_of({"fast": (20, 50), "slow": (50, 100), "lost": (0, 5)})
    table = predictions(runs, models_of(*rates), measured).set_index("model")
    exact = 1 - np.log(CRITICAL_S0) / 0.5
    assert 10 < exact < 20
    ends = table[["predicted_passes", "predicted_fails"]]
    assert ends.T.to_dict("list") == {"fast": [10, 20], "slow": [100, np.inf], "lost": [0, 5]}
    assert table.loc["fast", ["passes", "fails", "low", "high"]].to_list() == [20, 50, 5, np.inf]
    assert set(table["basis"]) == {"decay rate"}
    assert not [column for column in table if "correlation" in column]


def test_of_a_model_that_sees_every_element_s0_itself_decides():
    """As measured at each length: the first that falls below ends the horizon."""
    probes = probes_of({"a": 0.001})
    weak = (probes["length"] == 20) & (probes["position"] == 1) & (probes["stage"] == "initial")
    probes.loc[weak, "sensitivity"] = CRITICAL_S0 / 2
    models = models_of(others=["a"])
    table = predictions(of_replicates(probes, models), models, horizons_of({"a": (5, 10)}))
    row = table.iloc[0]
    assert row["basis"] == "s0"
    assert row[["predicted_passes", "predicted_fails"]].to_list() == [10, 20]


LENGTHS = (5, 10, 20, 50, 100)


def judged(recalled, visible, others=()):
    """The rules on the cells of models that recall at these lengths, {model: lengths}, and whose
    untrained gradients reach the first element at those, by rule."""
    names = [*recalled, *others]
    models = pd.DataFrame({"model": names, "recurrent": [name in recalled for name in names]})
    cells = [(name, t) for name in names for t in LENGTHS]
    ends = pd.DataFrame(cells, columns=["model", "length"])
    runs = pd.concat([ends.assign(replicate=r) for r in range(3)], ignore_index=True)
    reach = {**visible, **dict.fromkeys(others, LENGTHS)}
    runs["s0"] = [1e-2 if t in reach[m] else 1e-9 for m, t in cells] * 3
    runs.loc[runs["replicate"] == 2, "s0"] = np.nan  # medians of those that are known
    known = {**recalled, **dict.fromkeys(others, ())}
    ends["score"] = [0.9 if t in known[m] else 0.8999 for m, t in cells]
    return rules(runs, models, ends, 0.9).set_index("rule")


def until(**lengths):
    return {model: [t for t in LENGTHS if t <= longest] for model, longest in lengths.items()}


# Models half of which recall everything and half of which recall nothing: length tells nothing.
SPLIT = until(a=100, b=100, c=0, d=0)


def test_a_gradient_that_beats_a_constant_and_a_cut_fits():
    table = judged(SPLIT, SPLIT)
    assert table["right"].to_dict() == {"gradient": 20, "constant": 10, "length": 10}
    assert table["cells"].tolist() == [20] * 3
    assert table["share"].tolist() == [1, 0.5, 0.5]
    assert table["verdict"].to_dict() == {"gradient": "fits", "constant": "", "length": ""}
    # All ten cells on which they disagree are the gradient's.
    assert table["p_value"].iloc[1:].tolist() == pytest.approx([2**-10] * 2)
    assert np.isnan(table.loc["gradient", "p_value"])
    assert table.loc["gradient", "setting"] == CRITICAL_S0


def test_a_gradient_that_a_cut_in_length_beats_does_not_fit():
    """Although it is right about more than the best constant."""
    recalled = until(a=20, b=20, c=20, d=20)
    visible = until(a=100, b=50, c=10, d=10)
    table = judged(recalled, visible)
    assert table["right"].to_dict() == {"gradient": 15, "constant": 12, "length": 20}
    assert table.loc["length", ["setting", "p_value"]].to_list() == [20, 1]
    assert table.loc["gradient", "verdict"] == "does not fit"


@pytest.mark.parametrize(("seen", "verdict"), [((), "does not fit"), ((5,), "unclear")])
def test_a_gradient_has_to_tell_more_than_a_constant(seen, verdict):
    table = judged({"a": [5, 100], "b": [], "c": []}, {"a": seen, "b": [], "c": []})
    assert table.loc["constant", "answer"] == "not recalled"
    assert table.loc["gradient", "verdict"] == verdict


def test_the_constant_and_the_cut_are_the_best_there_are():
    table = judged(until(a=50, b=50, c=20), until(a=5, b=5, c=5))
    assert table.loc["constant", ["answer", "right"]].to_list() == ["recalled", 11]
    assert table.loc["length", ["setting", "right"]].to_list() == [50, 14]
    nothing_helps = judged({"a": [100], "b": [100]}, until(a=0, b=0))
    assert nothing_helps.loc["length", ["setting", "right"]].to_list() == [0, 8]  # none recalled


def test_only_recurrent_models_are_judged():
    assert judged(SPLIT, SPLIT, others=["attention"])["cells"].tolist() == [20] * 3


@pytest.mark.parametrize(
    "recalled", [{}, until(a=100, b=100), until(a=0, b=0)], ids=["none", "all", "nothing"]
)
def test_where_there_is_nothing_to_tell_apart_there_are_no_rows(recalled):
    table = judged(recalled, recalled, others=["attention"])
    assert table.empty
    assert table.reset_index().columns.tolist()[:3] == ["rule", "setting", "answer"]


def test_profiles_are_quantiles_over_replicates():
    probes = probes_of({"a": 0.1}, lengths=(3,), replicates=3)
    probes.loc[probes["replicate"] == 2, "sensitivity"] *= 100
    table = profiles(probes).set_index(["stage", "position"])
    assert table.loc[("initial", 3), "median"] == pytest.approx(1.0)
    assert table.loc[("initial", 3), "upper_quartile"] == pytest.approx(50.5)
