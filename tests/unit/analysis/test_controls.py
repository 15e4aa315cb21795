import numpy as np
import pandas as pd
import pytest

from recall_horizon.analysis import controls
from recall_horizon.analysis.summary import summarise

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
            return summarise(losses_table(runs), 0.95, 200, 0.9, np.random.default_rng(0))

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
        (0.05, 0.0, True, "violated"),  # a window that recalls what it cannot see
        (0.1, 0.1, True, "holds"),
        (0.16, 0.1, True, "violated"),
        (0.02, 0.25, False, "holds"),  # a ceiling that training need not reach
        (0.33, 0.25, False, "violated"),
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
