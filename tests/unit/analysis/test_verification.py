import numpy as np
import pandas as pd
import pytest

from recall_horizon.analysis import experiment
from recall_horizon.analysis.experiment import Trained
from recall_horizon.analysis.verification import TOLERANCE, compare
from recall_horizon.config import jobs
from recall_horizon.config.load import load


@pytest.fixture
def verify(experiment):
    """Compares two losses tables, by default with different seeds; returns a data frame."""

    def check(ours, theirs, seeds=(1, 2), tests=2000, **training):
        models = sorted({*ours["model"], *theirs["model"]})
        reference = experiment(set(theirs["model"]), seeds[1])
        here = experiment(models, seeds[0], **training)
        sides = Trained(ours, here, {}), Trained(theirs, reference, {})
        return pd.DataFrame(compare(*sides, tests))

    return check


@pytest.fixture
def verdicts(verify, scores_table):
    """The verdicts on replicates that end with these R², here and in the reference."""

    def check(here, there, **changes):
        rows = verify(scores_table(here), scores_table(there), **changes)
        return {(row.model, row.length): row.verdict for row in rows.itertuples()}

    return check


RECALLS = {("net", 5): [0.99, 0.98, 0.97, 0.99, 0.96, 0.95, 0.98, 0.97]}
SAME = {"seeds": (1, 1)}


def both(verdict):
    return {("net", 5): verdict, ("net", "all"): verdict}


def test_the_same_losses_with_another_seed_are_consistent(verdicts):
    assert verdicts(RECALLS, RECALLS) == both("consistent")


@pytest.mark.parametrize("replicates", [1, 5, 8])
def test_the_same_losses_of_some_or_all_replicates_with_the_same_seed_are_identical(
    verdicts, replicates
):
    some = {("net", 5): RECALLS[("net", 5)][:replicates]}
    assert verdicts(some, RECALLS, **SAME) == both("identical")
    assert verdicts(RECALLS, some, **SAME) == both("identical")


def test_other_replicates_of_the_same_distribution_are_consistent(verdicts):
    rng = np.random.default_rng(1)
    one, other = ({("net", 5): list(0.9 + 0.05 * rng.standard_normal(8))} for _ in range(2))
    assert verdicts(one, other) == both("consistent")


def test_a_model_that_recalls_less_is_different(verdicts):
    worse = {("net", 5): [0.5 + 0.01 * i for i in range(8)]}
    assert verdicts(worse, RECALLS) == both("different")
    assert verdicts(RECALLS, worse) == both("different")


def test_replicates_that_diverged_are_different_and_do_not_crash(verdicts):
    diverged = {("net", 5): [None] * 8}
    assert verdicts(diverged, RECALLS) == both("different")
    assert verdicts(RECALLS, diverged) == both("different")
    assert verdicts(diverged, diverged, **SAME) == both("identical")
    assert verdicts(diverged, RECALLS, **SAME) == both("different")


def test_replicates_that_diverged_at_another_epoch_are_not_the_same(verify, losses_table):
    ours, theirs = (
        losses_table({("net", 5, r): [(0, 1, 1), (e, 1, 1, "diverged")] for r in range(3)})
        for e in (3, 4)
    )
    assert set(verify(ours, theirs, (1, 1))["verdict"]) == {"different"}


def test_what_the_reference_lacks_is_reported(verdicts):
    more = {**RECALLS, ("net", 7): [0.5] * 8, ("other", 5): [0.5] * 8}
    assert verdicts(more, RECALLS, **SAME) == {
        **both("identical"),
        ("net", 7): "not in the reference",
        ("other", 5): "not in the reference",
    }


def test_few_replicates_cannot_show_a_difference(verdicts):
    few = {("net", 5): [0.1, 0.2]}
    assert verdicts(few, {("net", 5): [0.9, 0.8]}) == both("too few to tell")
    assert verdicts(few, {("net", 5): [0.9, 0.8, 0.9, 0.8]}) == both("too few to tell")


def test_few_replicates_at_many_lengths_can(verdicts):
    """Three against eight: p is at least 2/165 at a length, and (2/165)² at two."""
    few, reference = (
        {("net", 5): scores, ("net", 10): scores}
        for scores in ([0.1, 0.2, 0.15], RECALLS[("net", 5)])
    )
    assert verdicts(few, reference) == {
        ("net", 5): "too few to tell",
        ("net", 10): "too few to tell",
        ("net", "all"): "different",
    }


def test_more_comparisons_need_more_replicates(verdicts):
    """Five against eight: p is at least 2/1287, too much for ten tests of one table."""

    def cells(scores, models):
        return {(f"net{i}", 5): scores for i in range(models)}

    ours, theirs = RECALLS[("net", 5)][:5], RECALLS[("net", 5)]
    one, ten = (verdicts(cells(ours, n), cells(theirs, n)) for n in (1, 5))
    assert set(one.values()) == {"consistent"}
    assert set(ten.values()) == {"too few to tell"}


def test_the_effect_of_another_test_set_is_not_a_difference(verify, losses_table):
    """If it is one or two standard errors, which are 0.018 here; ten are a difference."""

    def verdict(one, other, seeds):
        spread = np.linspace(-0.001, 0.001, 10)
        ours, theirs = (
            losses_table({("net", 5, r): [(4, 0.5, 1 - r2 - d)] for r, d in enumerate(spread)})
            for r2 in (one, other)
        )
        return set(verify(ours, theirs, seeds)["verdict"])

    assert verdict(0.20, 0.23, (1, 2)) == {"consistent"}
    assert verdict(0.20, 0.40, (1, 2)) == {"different"}
    assert verdict(0.40, 0.20, (1, 2)) == {"different"}


def curves(losses_table, change=0.0, replicates=10, end=0.1, epochs=(0, 5, 10, 100)):
    """Replicates at two lengths, which end at losses from `end` on; before, their losses are off
    by a share `change`."""
    return losses_table(
        {
            ("net", length, r): [
                (e, 0.9, end + 0.01 * r if e == 100 else 0.8 * (1 + change)) for e in epochs
            ]
            for length in (5, 10)
            for r in range(replicates)
        }
    )


@pytest.mark.parametrize(
    ("change", "verdict"), [(TOLERANCE / 10, "consistent"), (TOLERANCE * 10, "different")]
)
@pytest.mark.parametrize("replicates", [1, 10])
def test_first_epochs_with_the_same_seed_agree_except_for_rounding(
    verify, losses_table, change, verdict, replicates
):
    ours = curves(losses_table, change, replicates)
    rows = verify(ours, curves(losses_table), seeds=(1, 1))
    assert set(rows["verdict"]) == {verdict}
    assert rows["early_difference"].to_list() == pytest.approx([change] * 3, rel=0.01)


def test_one_replicate_that_starts_differently_is_enough(verify, losses_table):
    ours = curves(losses_table)
    row = (ours["replicate"] == 3) & (ours["length"] == 10) & (ours["epoch"] == 0)
    ours.loc[row, "train_loss"] *= 1.01
    rows = verify(ours, curves(losses_table), seeds=(1, 1))
    assert rows["verdict"].to_list() == ["identical", "different", "different"]


def test_later_losses_with_the_same_seed_are_compared_as_a_distribution(verify, losses_table):
    same = verify(curves(losses_table, end=0.102), curves(losses_table), seeds=(1, 1))
    assert set(same["verdict"]) == {"consistent"}
    other = verify(curves(losses_table, end=0.4), curves(losses_table), seeds=(1, 1))
    assert set(other["verdict"]) == {"different"}


def test_only_epochs_that_both_have_are_compared(verify, losses_table):
    ours = curves(losses_table, epochs=(0, 5, 7, 10, 50, 100))
    rows = verify(ours, curves(losses_table), seeds=(1, 1))
    assert set(rows["verdict"]) == {"identical"}


def test_untrained_models_alone_show_nothing_about_training(verify, losses_table):
    """With only epoch 0 and the last evaluated, few replicates are too few, even if equal there."""
    epochs = (0, 100)
    ours = curves(losses_table, replicates=2, end=0.15, epochs=epochs)
    rows = verify(ours, curves(losses_table), seeds=(1, 1))
    assert rows["verdict"].to_list()[:2] == ["too few to tell"] * 2


def test_another_experiment_is_not_compared_and_what_differs_is_reported(verify, losses_table):
    ours = curves(losses_table)
    rows = verify(ours, ours, seeds=(1, 1), learning_rate=0.003, batch_size=10)
    assert rows["length"].to_list() == [5, 10]
    assert set(rows["verdict"]) == {"another experiment"}
    assert set(rows["differs"]) == {
        "training.batch_size: 10 here, unset in the reference; "
        "training.learning_rate: 0.003 here, 0.01 in the reference"
    }
    assert rows[["reference_median", "p_value"]].isna().all(axis=None)


def test_a_model_that_the_references_config_lacks_is_not_in_the_reference(experiment, losses_table):
    """Regardless of its table, and of what its config says about models that it never ran."""
    ours = curves(losses_table)
    for there, known in ((ours, ["other"]), (ours.assign(model="other"), ["net", "other"])):
        reference = Trained(there, experiment(known, learning_rate=0.1), {})
        rows = compare(Trained(ours, experiment(["net"]), {}), reference, 9)
        assert {row.verdict for row in rows} == {"not in the reference"}


def test_another_number_of_epochs_is_another_experiment(verify, losses_table):
    """Even under a config that says otherwise."""
    ours = curves(losses_table)
    ours["epoch"] = ours["epoch"].replace(100, 99)
    rows = verify(ours, curves(losses_table), seeds=(1, 1))
    assert set(rows["differs"]) == {"last epoch: 99 here, 100 in the reference"}


GRID = {"learning_rate": [0.01, 0.1], "batch_size": [None, 40]}
SETTINGS = {"learning_rate": 0.01, "batch_size": None}


@pytest.fixture
def selecting(experiment, losses_table):
    """Compares the same losses at lengths 5 and 10, of studies whose selections chose these
    settings, {length: settings}; a study selects nothing if that is None.
    """

    def check(here, there, ours=None):
        def side(losses, choices):
            about = experiment(["net"])
            if choices is not None:
                about["selection"] = {"grid": GRID, "replicates": 3}
            chosen = {("net", length): chosen for length, chosen in (choices or {}).items()}
            return Trained(losses, about, chosen)

        kept = curves(losses_table)
        both = side(kept if ours is None else ours, here), side(kept, there)
        return pd.DataFrame(compare(*both, 2000))

    return check


def test_where_other_settings_were_chosen_losses_are_not_compared(selecting, losses_table):
    """And they take no part in the row of all lengths, different as they are."""
    other = {"learning_rate": 0.1, "batch_size": 40}
    ours = curves(losses_table)
    ours.loc[ours["length"] == 10, ["test_loss", "score"]] = 0.7, 0.3
    rows = selecting({5: SETTINGS, 10: other}, {5: SETTINGS, 10: SETTINGS}, ours)
    verdict = dict(zip(rows["length"], rows["verdict"], strict=True))
    assert verdict == {5: "identical", 10: "other settings chosen", "all": "identical"}
    row = rows[rows["length"] == 10].iloc[0]
    assert row["differs"] == (
        "training.batch_size: 40 here, null in the reference; "
        "training.learning_rate: 0.1 here, 0.01 in the reference"
    )
    assert rows.loc[rows["length"] != 10, "differs"].eq("").all()
    assert row[["reference_median", "difference", "p_value"]].isna().all()


def test_with_the_same_settings_chosen_losses_are_compared(selecting, losses_table):
    choices = {5: SETTINGS, 10: {**SETTINGS, "learning_rate": 0.1}}
    assert set(selecting(choices, choices)["verdict"]) == {"identical"}
    worse = selecting(choices, choices, curves(losses_table, end=0.4))
    assert set(worse["verdict"]) == {"different"}


def test_if_no_choice_is_the_same_there_is_nothing_to_compare_over_all_lengths(selecting):
    here, there = ({t: {**SETTINGS, "learning_rate": r} for t in (5, 10)} for r in (0.1, 0.01))
    rows = selecting(here, there)
    assert rows["length"].to_list() == [5, 10]
    assert set(rows["verdict"]) == {"other settings chosen"}


def test_a_length_that_the_reference_lacks_is_not_one_with_other_settings(selecting, losses_table):
    kept = curves(losses_table)
    ours = pd.concat([kept, kept[kept["length"] == 5].assign(length=20)])
    choices = {5: SETTINGS, 10: SETTINGS}
    rows = selecting({**choices, 20: SETTINGS}, choices, ours).set_index("length")
    assert rows.loc[20, "verdict"] == "not in the reference"


def test_the_first_steps_are_compared_one_by_one_and_not_the_first_epochs(selecting, losses_table):
    """With batches of 5 of 10 sequences, epoch 10 ends at step 20: rounding may show by then."""
    ours = curves(losses_table)
    ours.loc[ours["epoch"] == 10, "test_loss"] *= 1 + 10 * TOLERANCE
    choices = {5: {"batch_size": 5}, 10: {"batch_size": None}}
    rows = selecting(choices, choices, ours).set_index("length")
    assert rows["verdict"].to_dict() == {5: "consistent", 10: "different", "all": "different"}
    assert rows.loc[5, "early_difference"] == 0
    ours = curves(losses_table)
    ours.loc[ours["epoch"] == 5, "test_loss"] *= 1 + 10 * TOLERANCE
    assert set(selecting(choices, choices, ours)["verdict"]) == {"different"}


def test_a_study_that_selects_is_another_experiment_than_one_that_does_not(selecting):
    choices = {5: SETTINGS, 10: SETTINGS}
    for rows in (selecting(choices, None), selecting(None, choices)):
        assert set(rows["verdict"]) == {"another experiment"}
        assert "selection.replicates: " in rows["differs"].iloc[0]


CHANGES = {
    ("task",): {"name": "associative_recall", "options": {"keys": 512}},
    ("dataset", "pool"): 9000,
    ("training", "samples"): 900,
    ("training", "epochs"): 200,
    ("model_zoo", "lstm", "options"): {"hidden_size": 16},
    ("model_zoo", "lstm", "match"): {"parameters": 4500},
    ("model_zoo", "lstm", "training"): {"learning_rate": 0.1},
    ("model_zoo", "lstm", "architecture"): "gru",
    ("selection",): {"grid": {"learning_rate": [0.001, 0.01]}, "replicates": 3},
}
OTHER_CHANGES = {
    ("seed",): 7,
    ("replicates",): 5,
    ("replicates_per_job",): 1,
    ("lengths",): [5],
    ("dataset", "validation"): 50,
    ("training", "evaluate_at"): [1],
    ("model_zoo", "lstm", "training"): {"evaluate_at": [50]},
    ("model_zoo", "lstm", "label"): "other",
    ("model_zoo", "gru", "options"): {"hidden_size": 16},
}


@pytest.mark.parametrize(
    ("path", "value", "matters"),
    [(*change, True) for change in CHANGES.items()]
    + [(*change, False) for change in OTHER_CHANGES.items()],
)
def test_only_settings_that_affect_a_models_losses_are_compared(settings, path, value, matters):
    assert affects(settings, path, value) == matters


@pytest.mark.parametrize(
    ("path", "value", "matters"),
    [
        (("training", "learning_rate"), 0.1, False),  # one of the grid takes its place
        (("training", "batch_size"), 100, True),
        (("dataset", "validation"), 50, True),
        (("selection", "grid"), {"learning_rate": [0.001, 0.1]}, True),
        (("selection", "replicates"), 4, True),
    ],
)
def test_where_a_study_selects_what_it_tries_is_compared(settings, path, value, matters):
    settings["selection"] = {"grid": {"learning_rate": [0.001, 0.01]}, "replicates": 3}
    assert affects(settings, path, value) == matters


def test_how_near_a_size_has_to_be_is_no_part_of_the_experiment(settings):
    """A reference that was kept before there was a tolerance is of the same one."""
    settings["model_zoo"]["lstm"]["match"] = {"parameters": 4720}
    match = ("model_zoo", "lstm", "match")
    assert not affects(settings, (*match, "tolerance"), 0.1)
    assert affects(settings, (*match, "parameters"), 9000)


def affects(config, path, value):
    """Whether `value` at `path` of a config changes what its LSTM is compared by."""

    def known():
        return experiment.settings(jobs.experiment(load(config)), "lstm")

    before = known()
    section = config
    for key in path[:-1]:
        section = section[key]
    section[path[-1]] = value
    return known() != before


def ends(losses_table, scores):
    """A losses table of replicates that end at `scores`, of shape (lengths, replicates), measured
    without an error."""
    runs = {("net", t, r): [(4, 0.5, 1 - score)] for (t, r), score in np.ndenumerate(scores)}
    return losses_table(runs).assign(score_error=0.0)


def test_a_study_with_another_seed_is_not_called_different(verify, losses_table):
    """Over whole studies, at the promised rate, which allows 0.3 of these 30."""
    rng = np.random.default_rng(3)
    found = [
        verify(*(ends(losses_table, rng.normal(0.7, 0.2, (4, 8))) for _ in range(2)))
        for _ in range(30)
    ]
    assert sum((table["verdict"] == "different").any() for table in found) <= 2


def test_small_differences_at_all_lengths_add_up(verify, losses_table):
    """Although none is enough on its own."""
    rng = np.random.default_rng(5)
    sides = (ends(losses_table, rng.normal(mean, 0.05, (5, 10))) for mean in (0.55, 0.5))
    assert verify(*sides)["verdict"].to_list() == ["consistent"] * 5 + ["different"]


def test_another_test_set_explains_as_much_as_the_scores_recorded_errors_do(verify, losses_table):
    """Where one side has not recorded it, that of the other stands for it; where none has, another
    test set explains nothing."""
    one, other = (ends(losses_table, np.full((1, 8), score)) for score in (0.5, 0.4))

    def verdict(ours, theirs, tests=2000):
        return verify(ours, theirs, tests=tests)["verdict"].iloc[0]

    assert verdict(one, other) == "different"
    noisy = one.assign(score_error=0.02), other.assign(score_error=0.02)
    assert verdict(*noisy) == "consistent"  # 0.11 of both
    assert verdict(noisy[0], other) == "different"  # 0.08 of one
    older = other.drop(columns="score_error")
    assert verdict(noisy[0], older) == "consistent"
    assert verdict(one.drop(columns="score_error"), older) == "different"
    assert verdict(noisy[0], other, tests=5) == "consistent"  # an error estimated from five
