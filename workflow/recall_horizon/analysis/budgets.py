"""The recall horizon against the budget: after each evaluated epoch, and whether it still grows."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from recall_horizon.analysis.horizons import Measured, censored, described, measure, percentiles

GROWTH = [
    *("model", "threshold", "from_epoch", "epoch", "from_steps", "steps"),
    *("from_horizon", "from_censoring", "horizon", "censoring"),
    *("growth", "growth_low", "growth_high"),
]


def budgets(
    losses: pd.DataFrame,
    thresholds: list[float],
    confidence: float,
    draws: int,
    rng: np.random.Generator,
    an_epoch: Mapping[str, Mapping[str, int]],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The recall horizon of each model after each evaluated epoch, and its growth at the end.

    Args:
        losses: the losses table.
        thresholds: of R².
        confidence: the intervals' nominal coverage.
        draws: resamples.
        rng: where they come from; with that of the horizons table, the last epoch of a model has
            the numbers of that table.
        an_epoch: what one epoch of each model spends: `steps` of Adam, and `sequences`.

    Returns:
        Two tables. Budgets: model, threshold, epoch, steps (of Adam up to then; the most
        of all lengths), sequences (seen
        up to then, each as often as it was), and the columns of the horizons table. Growth, a row
        for each model and threshold whose losses were evaluated at half of its epochs or before:
        from_epoch, the last evaluated one that is at most half of the last, not 0; epoch, the
        last; steps and the horizon at both; growth, the factor between the two, and growth_low
        and growth_high, the ends of its percentile bootstrap interval over replicates, which are
        the same at both epochs. A censored horizon counts there as the length at which it is
        censored, so a growth above 1 may be larger, and one of 1 says nothing where both are
        censored.
    """
    rows, growing = [], []
    for by_epoch in measure(losses, thresholds, draws, rng):
        spent = an_epoch[by_epoch[0].model]
        rows += [
            {
                **described(at, confidence),
                "epoch": at.epoch,
                **{what: at.epoch * number for what, number in spent.items()},
            }
            for at in by_epoch
        ]
        last = by_epoch[-1]
        halfway = [at for at in by_epoch if 0 < at.epoch <= last.epoch / 2]
        if halfway:
            growing.append(_growth(halfway[-1], last, confidence, spent["steps"]))
    table = pd.DataFrame(rows)
    first = ["model", "threshold", "epoch", "steps", "sequences"]
    table = table[[*first, *(column for column in table if column not in first)]]
    return table, pd.DataFrame(growing, columns=GROWTH)


def with_selected(
    an_epoch: Mapping[str, Mapping[str, int]], selection: pd.DataFrame
) -> dict[str, dict[str, int]]:
    """What one epoch of each model spends with the batch sizes that were selected for it.

    Where they differ between lengths, `steps` are those of the smallest batches, and `fewest_steps`
    those of the largest.
    """
    if "batch_size" not in selection:
        return {model: dict(spent) for model, spent in an_epoch.items()}
    chosen = selection[selection["chosen"]].groupby("model")["batch_size"]
    found = {}
    for model, spent in an_epoch.items():
        sequences = spent["sequences"]
        sizes = chosen.get_group(model).fillna(sequences)  # nan: a full batch
        steps = sorted(-(-sequences // int(size)) for size in sizes)
        found[model] = {"steps": steps[-1], "fewest_steps": steps[0], "sequences": sequences}
    return found


def _growth(start: Measured, end: Measured, confidence: float, steps: int) -> dict[str, Any]:
    shortest, longest = end.lengths[0], end.lengths[-1]

    def factor(one: np.ndarray | float, other: np.ndarray | float) -> np.ndarray:
        return np.clip(other, shortest, longest) / np.clip(one, shortest, longest)

    low, high = percentiles(factor(start.drawn, end.drawn), confidence)
    row = {"model": end.model, "threshold": end.threshold}
    for name, at in (("from_", start), ("", end)):
        row |= {f"{name}epoch": at.epoch, f"{name}steps": at.epoch * steps}
        row[f"{name}horizon"], row[f"{name}censoring"] = censored(at.lengths, at.point)
    growth = float(factor(start.point, end.point))
    return row | {"growth": growth, "growth_low": low, "growth_high": high}
