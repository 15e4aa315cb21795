import numpy as np
import pandas as pd
import pytest

from recall_horizon.analysis.budgets import GROWTH, budgets, growth, with_selected
from recall_horizon.analysis.horizons import Horizon, horizons
from recall_horizon.analysis.statistics import median
from recall_horizon.config.training import Training
from recall_horizon.storage import tables

THRESHOLDS = [0.9, 0.5]
SPENT = ["epoch", "steps", "sequences", "elements"]
INF = float("inf")


def found(losses, steps=1, sequences=10):
    spent = {"lengths": 1, "steps": steps, "sequences": sequences, "elements": 7 * sequences}
    per_epoch = dict.fromkeys(set(losses["model"]), spent)
    return budgets(losses, THRESHOLDS, 0.95, per_epoch)


@pytest.fixture
def curves(losses_table):
    """A losses table of {model: {length: [score at 0, 2, 4, 8 epochs of each replicate, …]}}."""

    def table(models):
        return losses_table(
            {
                (model, length, r): [
                    (epoch, 1 - score, 1 - score)
                    for epoch, score in zip((0, 2, 4, 8), scores, strict=False)
                ]
                for model, lengths in models.items()
                for length, replicates in lengths.items()
                for r, scores in enumerate(replicates)
            }
        )

    return table


@pytest.fixture
def growing(curves):
    """A model whose six replicates, of any score at 50, all recall more there by the end."""
    start = np.random.default_rng(1).uniform(0.1, 0.6, 6)
    return curves({"lstm": {5: [[0, 1, 1, 1]] * 6, 50: [[0, 0, x, x + 0.2] for x in start]}})


def test_the_last_epoch_of_each_model_has_the_numbers_of_the_horizons_table(losses_table):
    """Also where models train for different numbers of epochs."""
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
    last = last.drop(columns=SPENT).reset_index(drop=True)
    measured = horizons(losses, THRESHOLDS, 0.95, "long").drop(columns="versus_headline")
    pd.testing.assert_frame_equal(last, measured)


def test_steps_sequences_and_elements_are_counted(growing):
    table, grown = found(growing, 11, 1050)
    assert table["steps"].tolist() == [0, 22, 44, 88] * 2
    assert table["sequences"].tolist() == [0, 2100, 4200, 8400] * 2
    assert table["elements"].tolist() == [0, 14700, 29400, 58800] * 2
    assert "lengths" not in table
    assert (grown["from_steps"].tolist(), grown["steps"].tolist()) == ([44] * 2, [88] * 2)
    assert (grown["from_epoch"].tolist(), grown["epoch"].tolist()) == ([4] * 2, [8] * 2)


@pytest.mark.parametrize(
    ("batch_size", "steps"), [(None, 1), (100, 11), (1050, 1), (1049, 2), (2000, 1), (1, 1050)]
)
def test_an_epoch_is_a_step_a_batch(settings, batch_size, steps):
    keys = settings["training"] | {"samples": 1050, "batch_size": batch_size}
    assert Training(**keys).batches() == steps


def test_the_untrained_have_a_horizon_too(growing):
    table = found(growing)[0]
    untrained = table[table["epoch"] == 0]
    assert untrained[["passes", "fails", "low", "high"]].to_numpy().tolist() == [[0, 5, 0, 5]] * 2


LENGTHS = np.array([5, 10, 20, 50])
HIGH, LOW = [0.97] * 6, [0.05] * 6
SPREAD = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]


def grown(before, after, threshold=0.9, lengths=LENGTHS):
    """The growth between two lists of the replicates' scores at each length."""
    ends = [
        Horizon("lstm", threshold, epoch, lengths, runs, median(runs, 0.95))
        for epoch, runs in ((50, np.array(before, float)), (100, np.array(after, float)))
    ]
    return growth(*ends, 0.95, 3)


def test_a_horizon_grows_where_another_length_passes_in_the_same_replicates():
    row = grown([HIGH, SPREAD, LOW, LOW], [HIGH, HIGH, LOW, LOW])
    assert row["verdict"] == "grows"
    assert [row[f"from_{name}"] for name in ("passes", "fails")] == [5, 10]
    assert [row[name] for name in ("passes", "fails", "at_length")] == [10, 20, 10]
    changes = [row[name] for name in ("change", "change_low", "change_high")]
    assert changes == pytest.approx([0.62, 0.37, 0.87])
    assert (row["from_steps"], row["steps"], row["replicates"]) == (150, 300, 6)
    assert row["coverage"] == 1 - 2 / 64


def test_growth_is_paired():
    """Each gains by less than replicates differ; in another order the same scores show nothing."""
    start, gained = np.array(SPREAD), np.array(SPREAD) + 0.17
    row = grown([HIGH, start, LOW, LOW], [HIGH, gained, LOW, LOW], threshold=0.5)
    assert (row["verdict"], row["change"]) == ("grows", pytest.approx(0.17))
    assert row["change_low"] == pytest.approx(row["change_high"])
    mixed = gained[[5, 4, 3, 2, 1, 0]]
    row = grown([HIGH, start, LOW, LOW], [HIGH, mixed, LOW, LOW], threshold=0.5)
    assert (row["verdict"], row["passes"], row["from_passes"]) == ("unclear", 10, 5)


def test_a_horizon_shrinks_likewise():
    row = grown([HIGH, HIGH, LOW, LOW], [HIGH, SPREAD, LOW, LOW])
    assert (row["verdict"], row["at_length"], row["change"]) == (
        "shrinks",
        10,
        pytest.approx(-0.62),
    )
    mixed = [0.99, 0.98, *SPREAD[2:]]  # some gain
    assert grown([HIGH, HIGH, LOW, LOW], [HIGH, mixed, LOW, LOW])["verdict"] == "unclear"


def test_where_all_lengths_pass_growth_is_not_seen():
    row = grown([HIGH] * 4, [HIGH] * 4)
    assert row["verdict"] == "beyond"
    assert row["fails"] == row["from_fails"] == INF
    assert np.isnan(
        [row[name] for name in ("at_length", "change", "change_low", "change_high")]
    ).all()
    assert grown([HIGH, HIGH, HIGH, LOW], [HIGH] * 4)["verdict"] == "beyond"


def test_a_horizon_has_stopped_where_two_lengths_beyond_it_stay_below():
    still = [HIGH, SPREAD, LOW, LOW]
    row = grown(still, still)
    assert (row["verdict"], row["at_length"], row["change"]) == ("stopped", 10, 0)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([HIGH, HIGH, HIGH, LOW], [HIGH, HIGH, HIGH, LOW]),  # one length beyond it
        ([HIGH, LOW, LOW, LOW], [HIGH, [0.6] * 6, LOW, LOW]),  # as much again would pass
        ([HIGH, LOW, LOW, LOW], [HIGH, LOW, [0.6] * 6, LOW]),  # or at the second length
        ([HIGH, LOW, LOW, LOW], [HIGH, [*[0.05] * 5, 0.9], LOW, LOW]),  # one replicate passes
        ([LOW] * 4, [LOW] * 4),  # it may not have begun
    ],
)
def test_a_horizon_that_stays_has_not_always_stopped(before, after):
    assert grown(before, after)["verdict"] == "unclear"


def test_nothing_grows_or_stops_within_one_gap():
    """Scores that rise or stay between two tested lengths move no bracket."""
    two = np.array([5, 10])
    for end in (LOW, [0.4] * 6, [0.89] * 6):
        assert grown([HIGH, LOW], [HIGH, end], lengths=two)["verdict"] == "unclear"


@pytest.mark.parametrize("replicates", [1, 3, 4])
def test_too_few_replicates_show_no_growth(replicates):
    before, after = ([runs[:replicates] for runs in each] for each in (
        [HIGH, LOW, LOW, LOW], [HIGH, HIGH, LOW, LOW]
    ))  # fmt: skip
    for ends in ((before, after), (after, before), (before, before)):
        assert grown(*ends)["verdict"] == "unclear"
    assert grown([HIGH[:1]] * 4, [HIGH[:1]] * 4)["verdict"] == "beyond"


def test_replicates_that_diverged_before_and_after_do_not_change():
    lost = [-INF] * 6
    row = grown([HIGH, lost, LOW, LOW], [HIGH, lost, LOW, LOW])
    assert (row["verdict"], row["change"]) == ("stopped", 0)
    row = grown([HIGH, HIGH, LOW, LOW], [HIGH, lost, LOW, LOW])
    assert (row["verdict"], row["change"]) == ("shrinks", -INF)


@pytest.mark.parametrize("replicates", [5, 6, 10])
def test_noise_grows_or_shrinks_as_rarely_as_intervals_miss(replicates):
    """Of replicates whose scores at both ends are drawn anew, near the threshold at three lengths;
    to three standard errors of 400 simulated studies."""
    rng = np.random.default_rng(replicates)
    noise = 0.9 + rng.normal(0, 0.1, (400, 2, 4, replicates)) - [[0], [0], [0.05], [1]]
    rows = [grown(*ends) for ends in noise]
    missed = 1 - rows[0]["coverage"]
    wrong = np.mean([row["verdict"] in ("grows", "shrinks") for row in rows])
    assert wrong <= missed + 3 * (missed / 400) ** 0.5


def test_without_a_look_halfway_there_is_no_growth(losses_table, tmp_path):
    runs = {("lstm", t, r): [(0, 1, 1), (3, 0, 0), (4, 0, 0)] for t in (5, 50) for r in range(4)}
    for losses in (losses_table(runs), losses_table({k: c[-1:] for k, c in runs.items()})):
        growth = found(losses)[1]
        assert growth.empty
        tables.write(tmp_path / "growth.csv", growth)
        assert tables.read(tmp_path / "growth.csv").columns.tolist() == GROWTH


def test_one_replicate_has_brackets_and_no_intervals(curves):
    table, row = found(curves({"lstm": {5: [[0, 1, 1, 1]], 50: [[0, 0, 0.2, 0.4]]}}))
    assert table[["low", "high"]].isna().all(axis=None)
    assert table["passes"].tolist() == [0, 5, 5, 5] * 2
    assert row[["change_low", "change_high"]].isna().all(axis=None)
    assert row["change"].tolist() == pytest.approx([0.2, 0.2])
    assert row["verdict"].tolist() == ["unclear"] * 2


def test_one_length_is_enough(curves):
    table, row = found(curves({"lstm": {5: [[0, 0, 0, 1]] * 6}}))
    assert table["passes"].tolist() == [0, 0, 0, 5] * 2
    assert row["verdict"].tolist() == ["beyond"] * 2


def test_replicates_that_diverge_lose_their_horizon(losses_table):
    fine, lost = [(0, 1, 1), (4, 0, 0), (8, 0, 0)], [(0, 1, 1), (3, 1, 1, "diverged")]
    runs = {("lstm", 5, r): lost if r < 3 else fine for r in range(4)}
    table, row = found(losses_table(runs))
    assert table["passes"].tolist() == [0] * 6
    assert row["from_epoch"].tolist() == [4, 4]
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
    rest = {"lengths": 1, "sequences": 100, "elements": 900}
    per_epoch = {model: {"steps": 1, **rest} for model in ("lstm", "rnn")}
    assert with_selected(per_epoch, selection) == {
        "lstm": {"steps": 10, "fewest_steps": 1, **rest},
        "rnn": {"steps": 4, "fewest_steps": 4, **rest},
    }
    both = {"lengths": 2, "sequences": 200, "elements": 1400}  # one network on both lengths
    mixed = {model: {"steps": 2, **both} for model in ("lstm", "rnn")}
    assert with_selected(mixed, selection)["rnn"] == {"steps": 8, "fewest_steps": 8, **both}
    assert with_selected(per_epoch, selection.drop(columns="batch_size")) == per_epoch
