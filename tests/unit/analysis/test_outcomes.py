import numpy as np
import pytest

from recall_horizon.analysis.outcomes import OUTCOMES, outcome, outcomes
from recall_horizon.analysis.statistics import median

UNDER = np.nextafter(0.1, 0)


def ended(losses, constant=1.0):
    """The outcomes of losses whose best constant has a held-out loss of `constant`."""
    return outcomes(losses, dict.fromkeys(set(losses["length"]), constant), 0.95, 0.9)


@pytest.mark.parametrize(
    ("train", "held_out", "how"),
    [
        (0.95, 0.9, "recalled"),
        (0.95, np.nextafter(0.9, 0), "partly_recalled"),
        (0.2, 0.9, "recalled"),  # whatever the training loss
        (0.5, 0.1, "partly_recalled"),
        (0.5, UNDER, "memorised"),
        (0.1, 0.0, "memorised"),
        (UNDER, 0.0, "not_started"),
        (UNDER, UNDER, "not_started"),
        (0.1, UNDER, "not_started"),  # both low, and together
        (0.16, 0.05, "memorised"),
        (0.15, 0.06, "not_started"),
        (1.0, -5.0, "memorised"),
        (0.0, -5.0, "not_started"),
        (-0.2, 0.05, "not_started"),
        (-np.inf, -np.inf, "diverged"),
    ],
)
def test_each_rule_at_its_boundary(train, held_out, how):
    assert outcome(np.array([train]), np.array([held_out]), 0.9).tolist() == [how]


def test_replicates_are_counted_after_the_last_epoch(losses_table):
    curves = {
        0: [(0, 1, 1), (4, 0.9, 0.9), (8, 0.05, 0.05)],  # recalled
        1: [(0, 1, 1), (4, 0.05, 0.05), (8, 0.5, 0.5)],  # no longer
        2: [(0, 1, 1), (4, 0.9, 1.0), (8, 0.2, 1.3)],
        3: [(0, 1, 1), (4, 1.0, 1.0), (8, 1.0, 1.0)],
        4: [(0, 1, 1), (3, 0.05, 0.05, "diverged")],
    }
    table = ended(losses_table({("lstm", 5, r): curve for r, curve in curves.items()}))
    (row,) = table.to_dict("records")
    assert (row["model"], row["length"], row["epoch"], row["replicates"]) == ("lstm", 5, 8, 5)
    assert [row[name] for name in OUTCOMES] == [1] * 5


def test_every_replicate_is_counted_once(losses_table):
    rng = np.random.default_rng(0)
    runs = {
        (model, t, r): [(0, 1, 1), (end, *rng.uniform(0, 1.5, 2))]
        for model, end, replicates in (("lstm", 4, 20), ("gru", 9, 12))
        for t in (5, 9)
        for r in range(replicates)
    }
    table = ended(losses_table(runs))
    assert table["replicates"].tolist() == [12, 12, 20, 20]  # those that each model has
    assert table[list(OUTCOMES)].sum(axis=1).tolist() == [12, 12, 20, 20]
    assert table.groupby("model")["epoch"].unique().to_dict() == {"gru": [9], "lstm": [4]}


def test_a_study_of_failures_and_one_of_one_replicate_have_outcomes(losses_table):
    lost = losses_table({("lstm", t, 0): [(2, 1, 1, "diverged")] for t in (5, 9)})
    assert ended(lost)["diverged"].tolist() == [1, 1]


def test_training_loss_is_measured_by_the_variance_of_the_training_targets(losses_table):
    """A plateau whose training targets happen to vary less is none that memorised."""
    curves = {0: [(0, 0.8, 1.0), (4, 0.78, 1.0)], 1: [(0, 1.0, 1.0), (4, 0.78, 1.0)]}
    losses = losses_table({("lstm", 5, r): curve for r, curve in curves.items()})
    (row,) = ended(losses).to_dict("records")
    assert (row["not_started"], row["memorised"]) == (1, 1)
    (row,) = ended(losses[losses["epoch"] == 4]).to_dict("records")
    assert row["memorised"] == 2  # nothing else is known
    losses["chance_loss"] = 0.8
    (row,) = ended(losses.assign(score=0.0)).to_dict("records")
    assert (row["not_started"], row["memorised"]) == (2, 0)


def test_numbers_are_numbers_in_the_table(losses_table):
    table = ended(losses_table({("lstm", 5, r): [(4, 0.5, 0.5)] for r in range(6)}))
    words = {"model", "recalls", "versus_chance", "versus_training", "memorises"}
    assert set(table.select_dtypes(exclude="number")) == words


@pytest.fixture
def judged(ends_table):
    """The row of replicates that end at these training and test losses; None is one that
    diverged."""

    def row(train, test, constant=1.0):
        ends = [b if b is None else (a, b) for a, b in zip(train, test, strict=True)]
        (found,) = ended(ends_table({("lstm", 5): ends}), constant).to_dict("records")
        return found

    return row


ABOUT = np.array([-0.03, -0.02, -0.01, 0.01, 0.02, 0.03])
VERDICTS = ["recalls", "versus_chance", "versus_training", "memorises"]


def test_the_medians_of_losses_and_scores_stand_beside_the_verdicts(judged):
    train, test = 0.3 + ABOUT, 0.6 + 2 * ABOUT
    row = judged(train, test, 1.1)
    for metric, values in (("train_loss", train), ("test_loss", test), ("score", 1 - test)):
        found = median(values, 0.95)
        ends = [row[f"{metric}{end}"] for end in ("", "_low", "_high")]
        assert ends == pytest.approx([float(each) for each in found[:3]])
    assert (row["coverage"], row["chance_loss"]) == (1 - 2 / 64, 1.1)


@pytest.mark.parametrize(
    ("train", "test", "verdicts"),
    [
        (0.05, 0.05, ["yes", "better", "unclear", "no"]),
        (0.05, 0.1, ["unclear", "better", "unclear", "no"]),
        (0.05, 0.5, ["no", "better", "higher", "no"]),
        (0.5, 0.05, ["yes", "better", "lower", "no"]),
        (1.0, 1.01, ["no", "at chance", "unclear", "no"]),
        (0.2, 1.5, ["no", "worse", "higher", "yes"]),
        (0.98, 1.5, ["no", "worse", "higher", "no"]),  # training losses not clearly below chance
        (0.2, 1.02, ["no", "at chance", "higher", "no"]),  # held-out losses not clearly above
        (1.4, 1.5, ["no", "worse", "higher", "no"]),
    ],
)
def test_verdicts_are_what_whole_intervals_show(judged, train, test, verdicts):
    row = judged(train + ABOUT, test + ABOUT)
    assert [row[name] for name in VERDICTS] == verdicts


def test_bounds_belong_to_what_passes_and_chance_to_an_interval_that_ends_at_it(judged):
    assert judged([0.1] * 6, [0.1] * 6)["recalls"] == "yes"
    row = judged([1.0] * 6, [1.0] * 6)
    assert (row["versus_chance"], row["versus_training"]) == ("at chance", "unclear")


def test_memorising_is_judged_by_the_best_constant_and_not_by_the_targets_variance(judged):
    assert judged(0.2 + ABOUT, 1.1 + ABOUT, 1.0)["memorises"] == "yes"
    assert judged(0.2 + ABOUT, 1.1 + ABOUT, 1.1)["memorises"] == "no"


@pytest.mark.parametrize("replicates", [1, 3, 4])
def test_too_few_replicates_show_nothing(judged, replicates):
    row = judged([0.2] * replicates, [1.5] * replicates)
    assert [row[name] for name in VERDICTS] == ["unclear"] * 3 + ["no"]
    assert row["memorised"] == replicates  # they are still counted


def test_where_all_diverge_nothing_is_recalled(judged):
    row = judged([1.0] * 6, [None] * 6)
    assert (row["score"], row["test_loss"], row["diverged"]) == (-np.inf, np.inf, 6)
    assert [row[name] for name in VERDICTS] == ["no", "worse", "unclear", "no"]
