import numpy as np
import pytest

from recall_horizon.analysis.outcomes import OUTCOMES, outcome, outcomes

UNDER = np.nextafter(0.1, 0)


@pytest.mark.parametrize(
    ("train", "held_out", "ended"),
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
def test_each_rule_at_its_boundary(train, held_out, ended):
    assert outcome(np.array([train]), np.array([held_out]), 0.9).tolist() == [ended]


def test_replicates_are_counted_after_the_last_epoch(losses_table):
    curves = {
        0: [(0, 1, 1), (4, 0.9, 0.9), (8, 0.05, 0.05)],  # recalled
        1: [(0, 1, 1), (4, 0.05, 0.05), (8, 0.5, 0.5)],  # no longer
        2: [(0, 1, 1), (4, 0.9, 1.0), (8, 0.2, 1.3)],
        3: [(0, 1, 1), (4, 1.0, 1.0), (8, 1.0, 1.0)],
        4: [(0, 1, 1), (3, 0.05, 0.05, "diverged")],
    }
    table = outcomes(losses_table({("lstm", 5, r): curve for r, curve in curves.items()}), 0.9)
    (row,) = table.to_dict("records")
    assert (row["model"], row["length"], row["epoch"], row["replicates"]) == ("lstm", 5, 8, 5)
    assert [row[name] for name in OUTCOMES] == [1] * 5


def test_every_replicate_is_counted_once(losses_table):
    rng = np.random.default_rng(0)
    runs = {
        (model, t, r): [(0, 1, 1), (end, *rng.uniform(0, 1.5, 2))]
        for model, end in (("lstm", 4), ("gru", 9))
        for t in (5, 9)
        for r in range(20)
    }
    table = outcomes(losses_table(runs), 0.9)
    assert (table[list(OUTCOMES)].sum(axis=1) == 20).all()
    assert table.groupby("model")["epoch"].unique().to_dict() == {"gru": [9], "lstm": [4]}


def test_a_study_of_failures_and_one_of_one_replicate_have_outcomes(losses_table):
    lost = losses_table({("lstm", t, 0): [(2, 1, 1, "diverged")] for t in (5, 9)})
    assert outcomes(lost, 0.9)["diverged"].tolist() == [1, 1]


def test_training_loss_is_measured_by_the_variance_of_the_training_targets(losses_table):
    """A plateau whose training targets happen to vary less is none that memorised."""
    curves = {0: [(0, 0.8, 1.0), (4, 0.78, 1.0)], 1: [(0, 1.0, 1.0), (4, 0.78, 1.0)]}
    losses = losses_table({("lstm", 5, r): curve for r, curve in curves.items()})
    (row,) = outcomes(losses, 0.9).to_dict("records")
    assert (row["not_started"], row["memorised"]) == (1, 1)
    (row,) = outcomes(losses[losses["epoch"] == 4], 0.9).to_dict("records")
    assert row["memorised"] == 2  # nothing else is known
    losses["chance_loss"] = 0.8
    (row,) = outcomes(losses.assign(score=0.0), 0.9).to_dict("records")
    assert (row["not_started"], row["memorised"]) == (2, 0)


def test_only_the_replicates_that_a_model_has_are_counted(losses_table):
    runs = {
        (model, 5, replicate): [(0, 1.0, 1.0), (1, 0.0, 0.0)]
        for model, number in (("a", 3), ("b", 2))
        for replicate in range(number)
    }
    table = outcomes(losses_table(runs), 0.9).set_index("model")
    assert dict(table["replicates"]) == dict(table["recalled"]) == {"a": 3, "b": 2}
