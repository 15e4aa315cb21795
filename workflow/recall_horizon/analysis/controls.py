"""Controls: what any correct pipeline must measure, checked on a study's own tables.

Some architectures do not see all of a sequence, or not its order, so that no weights give them a
better score on a task than an exact one: their `score_ceiling`. A measurement above a ceiling,
recall of targets that were shuffled, or a chance level that is not what the task states: each means
that the pipeline is wrong, not that a network is. A network that stays below a ceiling that it
easily reaches may have been trained too little.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from recall_horizon.analysis.replicates import final, is_last
from recall_horizon.analysis.statistics import median, slack
from recall_horizon.contract import WORDS
from recall_horizon.errors import RecallHorizonError

# How far below its ceiling a model that should reach it may stay after little training.
TRAINING_SLACK = 0.1


class Control(NamedTuple):
    """A row of the controls table: what is expected, what was measured, and the verdict.

    `measured` is a median of held-out scores over replicates, `low` and `high` the ends of its
    interval; for the chance level it is a ratio of losses, without an interval.
    `at_least` and `at_most` are the bounds beyond which the whole interval must not lie (NaN: no
    such bound), with the tolerance that a finite test set requires. `verdict` is `holds`,
    `violated` (more was measured than is possible) or `not reached` (less than a model with enough
    training reaches).
    """

    control: str
    model: str
    length: int
    expected: str
    measured: float
    low: float
    high: float
    at_least: float
    at_most: float
    verdict: str


def check(
    summary: pd.DataFrame,
    models: pd.DataFrame,
    datasets: pd.DataFrame,
    shuffled: pd.DataFrame | None,
) -> list[Control]:
    """Every control that applies to a study.

    Args:
        summary: the study's summary table.
        models: its models table, with `score_ceiling` and `reaches_ceiling`.
        datasets: its datasets table.
        shuffled: the summary table of models trained on shuffled targets, if there are any.
    """
    tests = int(datasets["test"].min())
    score = WORDS[datasets["loss"].iloc[0]].score
    rows = [*_chance(datasets), *_ceilings(summary, models, score, tests)]
    for model in sorted(set(shuffled["model"])) if shuffled is not None else ():
        for _, cell in final(shuffled, model).iterrows():
            rows.append(_judge(f"{score} on shuffled targets", cell, "≤ 0", np.nan, 0.0, tests))
    return rows


def check_means(
    losses: pd.DataFrame, models: pd.DataFrame, datasets: pd.DataFrame, confidence: float
) -> Iterator[Control]:
    """Of models with a `mean_ceiling`: what one network scores on average over the lengths that it
    is trained on.

    Args:
        losses: the study's losses table.
        models: its models table.
        datasets: its datasets table.
        confidence: what intervals should cover.
    """
    tests, score = int(datasets["test"].min()), WORDS[datasets["loss"].iloc[0]].score
    bounded = models[models["mean_ceiling"].notna()].groupby("model")["mean_ceiling"].first()
    for model, ceiling in bounded.items():
        last = losses[(losses["model"] == model) & is_last(losses)]
        means = last.groupby("replicate")["score"].mean()
        # Lengths have test sets of their own, whose errors are independent.
        errors = last.groupby("length")["score_error"].median()
        cell = {
            "model": model,
            "length": last["length"].max(),
            "score_error": (errors**2).sum() ** 0.5 / len(errors),
            **median(means.fillna(-np.inf).to_numpy(), confidence).columns("score_median"),
        }
        name = f"mean {score} over all lengths against its exact ceiling"
        yield _judge(name, pd.Series(cell), f"≤ {ceiling:.3g}", np.nan, ceiling, tests)


def checked(table: pd.DataFrame) -> str:
    """What a controls table says, one line a control.

    Raises:
        RecallHorizonError: one is violated; the message has each that is.
    """
    rows = [Control(**row) for row in table[list(Control._fields)].to_dict("records")]
    violated = [row for row in rows if row.verdict == "violated"]
    if violated:
        count = "A control is" if len(violated) == 1 else f"{len(violated)} controls are"
        raise RecallHorizonError(
            f"{count} violated: more was measured than is possible, so the pipeline is wrong.\n"
            f"{as_text(violated)}"
        )
    return as_text(rows)


def as_text(controls: list[Control]) -> str:
    """The controls, one line each: what was expected, what was measured, the verdict."""
    return "\n".join(
        f"  {c.control}{f', {c.model}' if c.model else ''}, T = {c.length}: expected {c.expected}, "
        f"measured {c.measured:.4f} [{c.low:.4f}, {c.high:.4f}]: {c.verdict}"
        for c in controls
    )


def _chance(datasets: pd.DataFrame) -> Iterator[Control]:
    """That ignoring the sequence scores what the task says, measured in two ways."""
    for _, row in datasets.iterrows():
        # The pool's mean is off the test set's by a normal error of this variance.
        excess = float(slack(1.0, int(min(row["pool"], row["test"])))) ** 2
        excess *= 1 / row["pool"] + 1 / row["test"]
        ratio = row["baseline_loss"] / row["chance_loss"]
        if row["loss"] == "mse":
            constant = "MSE of predicting the mean / variance of the targets"
            yield _ratio(constant, row, ratio, 1 - 1e-9, 1 + excess)
            # Ratios of variances are compared on a logarithmic scale, where the error of few
            # targets does not depend on their own variance.
            stated, apart = row["chance_loss"] / row["chance"], row["chance_error"]
            most = float(np.exp(slack(apart / row["chance_loss"], int(row["test"]))))
            yield _ratio("variance of the targets / that of the task", row, stated, 1 / most, most)
        else:
            # Frequencies in the pool differ from equal ones, each with such an error.
            excess *= row["outputs"]
            constant = "cross-entropy of predicting the frequencies / that of equal ones"
            yield _ratio(constant, row, ratio, 1 - excess, 1 + excess)


def _ratio(control: str, row: pd.Series, ratio: float, at_least: float, at_most: float) -> Control:
    """Whether a ratio that is expected to be 1 lies between its bounds; NaN is none."""
    verdict = "violated" if ratio < at_least or ratio > at_most else "holds"
    bounds = (float(at_least), float(at_most))
    return Control(control, "", int(row["length"]), "1", ratio, ratio, ratio, *bounds, verdict)


def _ceilings(
    summary: pd.DataFrame, models: pd.DataFrame, score: str, tests: int
) -> Iterator[Control]:
    bounded = models[models["score_ceiling"].notna()].set_index(["model", "length"])
    for model in dict.fromkeys(bounded.index.get_level_values("model")):
        for _, cell in final(summary, model).iterrows():
            known = bounded.loc[(model, cell["length"])]
            ceiling, reached = known["score_ceiling"], known["reaches_ceiling"]
            at_least = ceiling - TRAINING_SLACK if reached and ceiling > TRAINING_SLACK else np.nan
            expected = f"{'≈' if at_least > 0 else '≤'} {ceiling:.3g}"
            yield _judge(
                f"{score} against its exact ceiling", cell, expected, at_least, ceiling, tests
            )


def _judge(
    control: str, cell: pd.Series, expected: str, at_least: float, ceiling: float, tests: int
) -> Control:
    """Whether a cell's score can be at least `at_least`, unless NaN, and at most `ceiling`."""
    measured, low, high = (cell[f"score_median{end}"] for end in ("", "_low", "_high"))
    # One replicate has no interval: its value itself is judged.
    low, high = (measured if np.isnan(end) else end for end in (low, high))
    at_most = min(1.0, ceiling + float(slack(cell["score_error"], tests)))
    numbers = (float(value) for value in (measured, low, high, at_least, at_most))
    # A comparison with NaN is false.
    verdict = "violated" if low > at_most else "not reached" if high < at_least else "holds"
    return Control(control, cell["model"], int(cell["length"]), expected, *numbers, verdict)
