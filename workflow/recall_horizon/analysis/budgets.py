"""The recall horizon against the budget: after each evaluated epoch, and whether it still grows."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from recall_horizon.analysis import statistics
from recall_horizon.analysis.horizons import Horizon, measure
from recall_horizon.analysis.statistics import LEAST_COVERAGE, Median, median

GROWTH = [
    *("model", "threshold", "from_epoch", "epoch", "from_steps", "steps", "replicates"),
    *("from_passes", "from_fails", "passes", "fails"),
    *("at_length", "change", "change_low", "change_high", "coverage", "verdict"),
]
# The lengths beyond a horizon at which it has to be seen that it does not grow.
LENGTHS_BEYOND = 2


def budgets(
    losses: pd.DataFrame,
    thresholds: list[float],
    confidence: float,
    per_epoch: Mapping[str, Mapping[str, int]],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The recall horizon of each model after each evaluated epoch, and its growth at the end.

    Args:
        losses: the losses table.
        thresholds: of the score.
        confidence: what intervals should cover.
        per_epoch: what one epoch of a network of each model spends: `steps` of Adam, `sequences`,
            and `elements` of them, the most of all lengths; on how many `lengths` it is trained.

    Returns:
        Two tables. Budgets: model, threshold, epoch, steps (of Adam up to then; the most of all
        lengths), sequences (seen up to then, each as often as it was), elements (read up to then),
        and the columns of the horizons table. Growth, by `growth`: a row for each model and
        threshold whose losses were evaluated at half of its epochs or before, but not only
        untrained.
    """
    rows, growing = [], []
    for by_epoch in measure(losses, thresholds, confidence):
        spent = per_epoch[by_epoch[0].model]
        rows += [
            {
                "model": at.model,
                "threshold": at.threshold,
                "epoch": at.epoch,
                **{what: at.epoch * n for what, n in spent.items() if what != "lengths"},
                **at.described(),
            }
            for at in by_epoch
        ]
        last = by_epoch[-1]
        halfway = [at for at in by_epoch if 0 < at.epoch <= last.epoch / 2]
        if halfway:
            growing.append(growth(halfway[-1], last, confidence, spent["steps"]))
    return pd.DataFrame(rows), pd.DataFrame(growing, columns=GROWTH)


def with_selected(
    per_epoch: Mapping[str, Mapping[str, int]], selection: pd.DataFrame
) -> dict[str, dict[str, int]]:
    """What one epoch of each model spends with the batch sizes that were selected for it.

    Where they differ between lengths, `steps` are those of the smallest batches, and `fewest_steps`
    those of the largest.
    """
    if "batch_size" not in selection:
        return {model: dict(spent) for model, spent in per_epoch.items()}
    chosen = selection[selection["chosen"]].groupby("model")["batch_size"]
    found = {}
    for model, spent in per_epoch.items():
        lengths = spent["lengths"]
        samples = spent["sequences"] // lengths
        sizes = chosen.get_group(model).fillna(samples)  # nan: a full batch
        steps = sorted(lengths * -(-samples // int(size)) for size in sizes)
        found[model] = {**spent, "steps": steps[-1], "fewest_steps": steps[0]}
    return found


def growth(start: Horizon, end: Horizon, confidence: float, steps: int) -> dict[str, Any]:
    """What the budget between `start` and `end` did to a horizon, in the same replicates.

    Its `change` is the median over replicates of a score's change between the two, at `at_length`:
    the first length that does not pass at one of the two, the shorter one. The `verdict` is

    * `beyond`: every tested length passes at the end, so growth is not seen;
    * `grows`: another tested length passes at the end, and the interval of the change there is
      above 0; `shrinks` likewise;
    * `stopped`: the same lengths pass, some at least, and at two tested lengths beyond them the
      median clearly fails, and another change like this one, up to its interval's high end, would
      not make it pass. Between two tested lengths nothing is seen: one alone does not show it;
    * `unclear`: none of these, or the intervals cover less than nine tenths.

    Args:
        start: the horizon at half of the budget.
        end: that of the same model at its end.
        confidence: what intervals should cover.
        steps: of Adam in an epoch.
    """
    change = median(statistics.change(start.runs, end.runs), confidence)
    before, after = start.bracket, end.bracket
    at_length = min(before.fails, after.fails)
    i = int(np.searchsorted(end.lengths, at_length))
    nowhere = i == len(end.lengths)  # every length passes at both
    row = {
        "model": end.model,
        "threshold": end.threshold,
        "from_epoch": start.epoch,
        "epoch": end.epoch,
        "from_steps": start.epoch * steps,
        "steps": end.epoch * steps,
        "replicates": end.runs.shape[1],
        "from_passes": before.passes,
        "from_fails": before.fails,
        **after._asdict(),
        "at_length": np.nan if nowhere else at_length,
        **{name: np.nan if nowhere else at[i] for name, at in change.columns("change").items()},
        "coverage": change.coverage,
    }
    return row | {"verdict": _verdict(row, end, change)}


def _verdict(row: Mapping[str, Any], end: Horizon, change: Median) -> str:
    if np.isinf(row["fails"]):
        return "beyond"
    if not change.coverage >= LEAST_COVERAGE:
        return "unclear"
    if row["passes"] > row["from_passes"]:
        return "grows" if row["change_low"] > 0 else "unclear"
    if row["passes"] < row["from_passes"]:
        return "shrinks" if row["change_high"] < 0 else "unclear"
    if row["passes"] == 0:
        return "unclear"  # it may not have begun
    past = end.lengths > row["passes"]
    short = end.threshold - end.scores.value
    settled = (end.scores.high < end.threshold) & (change.high < short)
    return "stopped" if settled[past][:LENGTHS_BEYOND].sum() == LENGTHS_BEYOND else "unclear"
