"""The summary table: statistics over the replicates of each model, length and epoch."""

import numpy as np
import pandas as pd

from recall_horizon.analysis.replicates import by_replicate
from recall_horizon.analysis.statistics import (
    bootstrap_interval,
    interquartile_mean,
    median,
    wilson_interval,
)

STATISTICS = {"median": median, "iqm": interquartile_mean}


def summarise(
    losses: pd.DataFrame,
    confidence: float,
    draws: int,
    solved_score: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The summary of a losses table.

    Columns: study, task, model, length, epoch; replicates, and how many of them have diverged by
    then; for each metric (train_loss, test_loss, score, and accuracy of classes) and statistic
    (median, iqm: interquartile mean) its value and the ends of its bootstrap interval over
    replicates, `…_low` and `…_high`; `solved`, the replicates with score ≥ `solved_score`, as a
    fraction with its Wilson interval.
    """
    metrics = by_replicate(losses)
    table = metrics["score"].index.to_frame(index=False)
    trials = metrics["score"].notna().sum(axis=1).to_numpy()
    table["replicates"] = trials
    table["diverged"] = np.isinf(metrics["score"]).sum(axis=1).to_numpy()
    stacked = np.stack([values.to_numpy() for values in metrics.values()])
    for name, statistic in STATISTICS.items():
        columns = [f"{metric}_{name}{end}" for metric in metrics for end in ("", "_low", "_high")]
        found = np.empty((len(columns), len(table)))
        for number in sorted(set(trials), reverse=True):
            rows = trials == number
            runs = _present(stacked[:, rows])
            low, high = bootstrap_interval(runs, statistic, confidence, draws, rng)
            values = np.stack([statistic(runs, axis=-1), low, high], axis=1)
            found[:, rows] = values.reshape(len(columns), -1)
        table = pd.concat([table, pd.DataFrame(found.T, columns=columns)], axis=1)
    solved = (metrics["score"] >= solved_score).sum(axis=1).to_numpy()
    intervals = [
        wilson_interval(int(count), int(number), confidence)
        for count, number in zip(solved, trials, strict=True)
    ]
    table["solved"] = solved
    table["solved_fraction"] = solved / trials
    table["solved_low"], table["solved_high"] = zip(*intervals, strict=True)
    return table


def _present(runs: np.ndarray) -> np.ndarray:
    """`runs`, of shape (metrics, cells, replicates), without what is NaN: as many in each cell."""
    return runs[~np.isnan(runs)].reshape(*runs.shape[:2], -1)
