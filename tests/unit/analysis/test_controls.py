import numpy as np
import pandas as pd
import pytest

from recall_horizon.analysis import controls
from recall_horizon.analysis.statistics import median
from recall_horizon.analysis.summary import summarise
from recall_horizon.contract import View
from recall_horizon.data import baselines
from recall_horizon.data.tasks.associative_recall import AssociativeRecall
from recall_horizon.data.tasks.first_element import FirstElement

TESTS = 2000
BASELINE = "MSE of predicting the mean / variance of the targets"
STATED = "variance of the targets / that of the task"
CEILING = "R² against its exact ceiling"
SHUFFLED = "R² on shuffled targets"


@pytest.fixture
def verdicts(losses_table):
    """The verdict on models that measure {model: R² of its replicates} at T = 10.

    `ceilings` are {model: (score_ceiling, reaches_ceiling)}.
    """

    def check(measured, ceilings=None, shuffled=None, baseline=1.0, stated=1.0, replicates=5):
        def summary(scores):
            spread = np.linspace(-0.001, 0.001, replicates)
            runs = {
                (model, 10, i): [(4, 0.5, 1 - r2 - d)]
                for model, r2 in scores.items()
                for i, d in enumerate(spread)
            }
            return summarise(losses_table(runs), 0.95, 0.9)

        known = ceilings or {}
        models = pd.DataFrame(
            [(m, 10, *known.get(m, (np.nan, False))) for m in measured],
            columns=["model", "length", "score_ceiling", "reaches_ceiling"],
        )
        datasets = pd.DataFrame(
            [{"length": 10, "pool": 9000, "test": TESTS, "loss": "mse", "chance_loss": 2.0}]
        ).assign(baseline_loss=2.0 * baseline, chance=2.0 / stated, chance_error=0.04)
        mixed = summary(shuffled) if shuffled else None
        rows = controls.check(summary(measured), models, datasets, mixed)
        return {(row.control, row.model): row.verdict for row in rows}

    return check


@pytest.mark.parametrize(
    ("r2", "ceiling", "reached", "verdict"),
    [
        (1.0, 1.0, True, "holds"),
        (0.95, 1.0, True, "holds"),
        (0.8, 1.0, True, "not reached"),  # a window that sees everything, trained too little
        (0.0, 0.0, True, "holds"),
        (-0.3, 0.0, True, "holds"),  # memorising is not a violation
        (0.07, 0.0, True, "holds"),  # less than four standard errors, of 0.02 each
        (0.09, 0.0, True, "violated"),  # a window that recalls what it cannot see
        (0.1, 0.1, True, "holds"),
        (0.19, 0.1, True, "violated"),
        (0.02, 0.25, False, "holds"),  # a ceiling that training need not reach
        (0.34, 0.25, False, "violated"),
    ],
)
def test_a_ceiling_holds_or_is_violated(verdicts, r2, ceiling, reached, verdict):
    judged = verdicts({"net": r2}, {"net": (ceiling, reached)})
    assert judged[(CEILING, "net")] == verdict


def test_a_model_without_an_exact_ceiling_is_not_judged(verdicts):
    assert set(verdicts({"net": 0.7})) == {(BASELINE, ""), (STATED, "")}


@pytest.mark.parametrize(("r2", "verdict"), [(-0.2, "holds"), (0.0, "holds"), (0.1, "violated")])
def test_no_model_recalls_shuffled_targets(verdicts, r2, verdict):
    assert verdicts({"net": 0.7}, shuffled={"net": r2})[(SHUFFLED, "net")] == verdict


@pytest.mark.parametrize(
    ("ratio", "verdict"), [(1.0, "holds"), (1.0005, "holds"), (1.1, "violated"), (0.9, "violated")]
)
def test_predicting_the_mean_scores_the_variance(verdicts, ratio, verdict):
    assert verdicts({"net": 0.7}, baseline=ratio)[(BASELINE, "")] == verdict


@pytest.mark.parametrize(("ratio", "verdict"), [(1.0, "holds"), (1.05, "holds"), (1.3, "violated")])
def test_the_targets_have_the_variance_that_the_task_states(verdicts, ratio, verdict):
    """To four standard errors of it, here 2 % each."""
    assert verdicts({"net": 0.7}, stated=ratio)[(STATED, "")] == verdict


@pytest.mark.parametrize(
    ("ratio", "verdict"), [(1.0, "holds"), (1.2, "violated"), (0.8, "violated")]
)
def test_guessing_at_classes_scores_the_chance_that_the_task_states(ratio, verdict):
    row = {"length": 10, "pool": 9000, "test": TESTS, "loss": "cross_entropy", "outputs": 8}
    datasets = pd.DataFrame([{**row, "chance_loss": 2.0, "baseline_loss": 2.0 * ratio}])
    none = pd.DataFrame({"model": [], "length": [], "score_ceiling": [], "reaches_ceiling": []})
    (control,) = controls.check(pd.DataFrame({"model": []}), none, datasets, None)
    assert control.verdict == verdict


@pytest.mark.parametrize("replicates", [1, 2])
def test_few_replicates_are_judged_as_well(verdicts, replicates):
    judged = verdicts({"net": 0.5}, {"net": (0.0, True)}, replicates=replicates)
    assert judged[(CEILING, "net")] == "violated"


def test_a_control_is_one_line_with_its_model_and_numbers():
    row = controls.Control("R²", "net", 5, "≤ 0", 0.5, 0.4, 0.6, np.nan, 0.02, "violated")
    assert controls.as_text([row]) == (
        "  R², net, T = 5: expected ≤ 0, measured 0.5000 [0.4000, 0.6000]: violated"
    )


def squares(y, known, rng):
    """The loss of each sequence, of a network that answers about the mean of what it was trained on
    and as much about nothing."""
    answers = known.mean() + 0.3 * rng.standard_normal(y.shape)
    return ((y - answers) ** 2).mean(axis=1)


def entropies(y, known, rng):
    """The like of classes: the logarithm of how often each occurred, off by a little."""
    logits = np.log(np.bincount(known.ravel(), minlength=8) + 0.5)
    logits = logits + 0.3 * rng.standard_normal((len(y), 8))
    return np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(y)), y[:, 0]]


TASKS = {
    "first_element": (FirstElement, squares),
    "associative_recall": (AssociativeRecall, entropies),
}
LENGTHS = (5, 10, 20)


def study(rng, task, tests, pool=100, replicates=5, cheat=0.0):
    """The controls of a study of a window that sees nothing, by an exact pipeline.

    A `cheat` takes that share of each loss away.
    """
    datasets, cells = [], []
    build, losses_of = TASKS[task]
    for length in LENGTHS:
        made = build(length)
        (_, y), (_, seen) = made.draw(rng, tests), made.draw(rng, pool)
        level = baselines.chance_loss(y, made.loss, made.chance)
        outputs = made.shape.outputs
        about = {"length": length, "pool": pool, "test": tests, "loss": made.loss}
        about |= {"outputs": outputs, "chance": made.chance, "chance_loss": level}
        about["chance_error"] = baselines.standard_error(y, made.loss)
        about["baseline_loss"] = baselines.constant_loss(y, seen, made.loss, outputs)
        datasets.append(about)
        each = baselines.chance_losses(y, made.loss, made.chance)
        # Each replicate has half of the pool, and all err alike on a part of the test set.
        seeds = rng.integers(2**32, size=2).tolist()
        runs = [
            (1 - cheat) * losses_of(y, rng.choice(seen, pool // 2, replace=False),
                                    np.random.default_rng(seeds[r % 2]))
            for r in range(replicates)
        ]  # fmt: skip
        found = median(np.array([1 - run.mean() / level for run in runs]), 0.95)
        cell = {"model": "window", "length": length, "epoch": 9, **found.columns("score_median")}
        error = float(np.median([baselines.score_error(run, each) for run in runs]))
        cells.append(cell | {"score_error": error})
    summary = pd.DataFrame(cells)
    models = summary[["model", "length"]].assign(score_ceiling=0.0, reaches_ceiling=True)
    return controls.check(summary, models, pd.DataFrame(datasets), summary)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(("tests", "pool"), [(10, 100), (10, 20), (2, 20)])
def test_an_exact_pipeline_is_rarely_called_wrong_though_test_sets_are_small(task, tests, pool):
    """In at most one of twenty studies, each with twelve controls or nine."""
    rng = np.random.default_rng(tests)
    checked = [study(rng, task, tests, pool) for _ in range(100)]
    assert {len(rows) for rows in checked} == {12 if task == "first_element" else 9}
    violated = [any(row.verdict == "violated" for row in rows) for rows in checked]
    assert np.mean(violated) <= 0.05


@pytest.mark.parametrize("task", TASKS)
def test_a_cheat_is_caught_with_two_thousand_test_sequences(task):
    rng = np.random.default_rng(0)
    for _ in range(5):
        rows = study(rng, task, 2000, 1000, cheat=0.25)
        by_control = {}
        for row in rows:
            by_control.setdefault(row.control, set()).add(row.verdict)
        assert [said for name, said in by_control.items() if "ceiling" in name] == [{"violated"}]
        assert [said for name, said in by_control.items() if "shuffled" in name] == [{"violated"}]
        assert set().union(*by_control.values()) == {"violated", "holds"}


def test_a_score_whose_error_is_unknown_violates_no_ceiling():
    """A table of an older version does not hold it."""
    cell = {"model": "net", "length": 5, "score_error": np.nan}
    cell |= dict.fromkeys(("score_median", "score_median_low", "score_median_high"), 0.5)
    row = controls._judge("R²", pd.Series(cell), "≤ 0", np.nan, 0.0, 10)
    assert (row.verdict, row.at_most) == ("holds", 1.0)


@pytest.mark.parametrize(
    ("scores", "verdict"),
    [
        ((1.0, 0.6), "holds"),  # at one length it may know everything
        ((0.76, 0.74), "holds"),
        ((1.0, 0.75), "violated"),
        ((-3.0, -2.0), "holds"),
    ],
)
def test_a_mean_over_lengths_is_held_against_its_exact_ceiling(losses_table, scores, verdict):
    """Of a network that is linear and time-invariant, on two lengths: (1 + 1/2) / 2."""
    runs = {
        ("linear", length, i): [(0, 1, 1), (4, 0.5, 1 - score - i / 1000)]
        for length, score in zip((5, 10), scores, strict=True)
        for i in range(6)
    }
    view = View(time_invariant=True)
    ceiling = FirstElement(1).mean_ceiling(view, (5, 10))
    assert ceiling == 0.75
    models = pd.DataFrame([("linear", 5, ceiling), ("linear", 10, ceiling), ("free", 5, np.nan)])
    models.columns = ["model", "length", "mean_ceiling"]
    datasets = pd.DataFrame([{"test": TESTS, "loss": "mse"}])
    (control,) = controls.check_means(losses_table(runs), models, datasets, 0.95)
    assert (control.model, control.verdict) == ("linear", verdict)
