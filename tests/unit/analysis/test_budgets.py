import numpy as np
import pandas as pd
import pytest

from recall_horizon.analysis.budgets import GROWTH, budgets, with_selected
from recall_horizon.analysis.horizons import horizons
from recall_horizon.config.training import Training
from recall_horizon.storage import tables

THRESHOLDS = [0.9, 0.5]


def found(losses, steps=1, sequences=10):
    an_epoch = {model: {"steps": steps, "sequences": sequences} for model in set(losses["model"])}
    rng = np.random.default_rng(0)
    return budgets(losses, THRESHOLDS, 0.95, 300, rng, an_epoch)


@pytest.fixture
def curves(losses_table):
    """A losses table of {model: {length: [R² at 0, 2, 4, 8 epochs of each replicate, …]}}."""

    def table(models):
        return losses_table(
            {
                (model, length, r): [
                    (epoch, 1 - r2, 1 - r2) for epoch, r2 in zip((0, 2, 4, 8), scores, strict=False)
                ]
                for model, lengths in models.items()
                for length, replicates in lengths.items()
                for r, scores in enumerate(replicates)
            }
        )

    return table


def growing(rng, by=0.2, n=6):
    """Replicates of any R² at 50 that all recall `by` more there by the end."""
    start = rng.uniform(0.1, 0.6, n)
    return {5: [[0, 1, 1, 1]] * n, 50: [[0, 0, x, x + by] for x in start]}


def test_the_last_epoch_has_the_numbers_of_the_horizons_table(curves):
    rng = np.random.default_rng(1)
    losses = curves({"lstm": growing(rng), "gru": growing(rng), "rnn": growing(rng, 0.4)})
    table = found(losses)[0]
    last = table[table["epoch"] == 8].drop(columns=["epoch", "steps", "sequences"])
    measured = horizons(losses, THRESHOLDS, 0.95, 300, np.random.default_rng(0))
    pd.testing.assert_frame_equal(last.reset_index(drop=True), measured)


def test_models_whose_last_epochs_differ_each_have_theirs(losses_table):
    ends = {"short": 3, "long": 9}
    losses = losses_table(
        {
            (model, t, r): [(0, 1, 1), (end, 0, r / 9)]
            for model, end in ends.items()
            for t in (5, 9)
            for r in range(4)
        }
    )
    table = found(losses)[0]
    assert table.groupby("model")["epoch"].max().to_dict() == ends
    last = table[table["epoch"] == table["model"].map(ends)]
    last = last.drop(columns=["epoch", "steps", "sequences"]).reset_index(drop=True)
    measured = horizons(losses, THRESHOLDS, 0.95, 300, np.random.default_rng(0))
    pd.testing.assert_frame_equal(last, measured)


def test_steps_and_sequences_are_counted(curves):
    table, growth = found(curves({"lstm": growing(np.random.default_rng(1))}), 11, 1050)
    assert table["steps"].tolist() == [0, 22, 44, 88] * 2
    assert table["sequences"].tolist() == [0, 2100, 4200, 8400] * 2
    assert (growth["from_steps"].tolist(), growth["steps"].tolist()) == ([44] * 2, [88] * 2)


@pytest.mark.parametrize(
    ("batch_size", "steps"), [(None, 1), (100, 11), (1050, 1), (1049, 2), (2000, 1), (1, 1050)]
)
def test_an_epoch_is_a_step_a_batch(settings, batch_size, steps):
    keys = settings["training"] | {"samples": 1050, "batch_size": batch_size}
    assert Training(**keys).an_epoch() == {"steps": steps, "sequences": 1050}


def test_the_untrained_have_a_horizon_too(curves):
    table = found(curves({"lstm": growing(np.random.default_rng(1))}))[0]
    untrained = table[table["epoch"] == 0]
    assert untrained["censoring"].tolist() == ["below", "below"]


def test_growth_is_of_the_same_replicates(curves):
    """Each replicate gains, by less than they differ: only pairs show it."""
    table, growth = found(curves({"lstm": growing(np.random.default_rng(1), 0.03)}))
    row = growth[growth["threshold"] == 0.9].iloc[0]
    before, after = (table[table["epoch"] == e].iloc[0] for e in (row["from_epoch"], row["epoch"]))
    assert before["high"] > after["low"]
    assert 1 < row["growth_low"] < row["growth"] < row["growth_high"]
    assert row["growth"] == pytest.approx(after["horizon"] / before["horizon"])


def test_nothing_that_stays_grows(curves):
    still = {t: [[0, x, x, x] for x in (1.0, 0.9, 0.3, 0.1)] for t in (5, 50)}
    growth = found(curves({"lstm": still}))[1]
    assert (growth[["growth", "growth_low", "growth_high"]] == 1).all(axis=None)


def test_what_is_censored_counts_as_where_it_is(curves):
    cells = {
        "reached": {5: [[0, 1, 1, 1]] * 4, 50: [[0, 0, 0, 1]] * 4},
        "beyond": {5: [[0, 1, 1, 1]] * 4, 50: [[0, 1, 1, 1]] * 4},
        "never": {5: [[0, 0, 0, 0]] * 4, 50: [[0, 0, 0, 0]] * 4},
        "lost": {5: [[0, 1, 1, 0]] * 4, 50: [[0, 1, 1, 0]] * 4},
    }
    growth = found(curves(cells))[1]
    growth = growth[growth["threshold"] == 0.9].set_index("model")
    assert growth.loc["reached", "growth"] == pytest.approx(50 / (5 * 10**0.1))
    assert growth.loc["beyond", ["from_censoring", "censoring"]].tolist() == ["above", "above"]
    assert growth.loc["beyond", "growth"] == growth.loc["never", "growth"] == 1
    assert growth.loc["lost", "growth"] == 0.1


def test_without_a_look_halfway_there_is_no_growth(losses_table, tmp_path):
    runs = {("lstm", t, r): [(0, 1, 1), (3, 0, 0), (4, 0, 0)] for t in (5, 50) for r in range(4)}
    for losses in (losses_table(runs), losses_table({k: c[-1:] for k, c in runs.items()})):
        growth = found(losses)[1]
        assert growth.empty
        tables.write(tmp_path / "growth.csv", growth)
        assert tables.read(tmp_path / "growth.csv").columns.tolist() == GROWTH


def test_one_replicate_grows_without_an_interval(curves):
    table, growth = found(curves({"lstm": {5: [[0, 1, 1, 1]], 50: [[0, 0, 0.2, 0.4]]}}))
    assert table[["low", "high"]].isna().all(axis=None)
    assert growth[["growth_low", "growth_high"]].isna().all(axis=None)
    assert (growth["growth"] > 1).all()


def test_one_length_is_enough(curves):
    table, growth = found(curves({"lstm": {5: [[0, 0, 0, 1]] * 3}}))
    assert table["censoring"].tolist() == ["below"] * 3 + ["above"] + ["below"] * 3 + ["above"]
    assert (growth["growth"] == 1).all()


def test_replicates_that_diverge_lose_their_horizon(losses_table):
    fine, lost = [(0, 1, 1), (4, 0, 0), (8, 0, 0)], [(0, 1, 1), (3, 1, 1, "diverged")]
    runs = {("lstm", 5, r): lost if r < 3 else fine for r in range(4)}
    table, growth = found(losses_table(runs))
    assert table["censoring"].tolist() == ["below"] * 6
    assert growth["from_epoch"].tolist() == [4, 4]
    all_lost = found(losses_table(dict.fromkeys(runs, lost)))[0]
    assert all_lost["epoch"].tolist() == [0, 3] * 2


def test_steps_are_those_of_the_batch_sizes_that_were_selected():
    selection = pd.DataFrame(
        [
            ("lstm", 5, 10.0, True),
            ("lstm", 9, np.nan, True),
            ("lstm", 9, 1.0, False),
            ("rnn", 5, 30.0, True),
            ("rnn", 9, 30.0, True),
        ],
        columns=["model", "length", "batch_size", "chosen"],
    )
    an_epoch = {model: {"steps": 1, "sequences": 100} for model in ("lstm", "rnn")}
    assert with_selected(an_epoch, selection) == {
        "lstm": {"steps": 10, "fewest_steps": 1, "sequences": 100},
        "rnn": {"steps": 4, "fewest_steps": 4, "sequences": 100},
    }
    assert with_selected(an_epoch, selection.drop(columns="batch_size")) == an_epoch
