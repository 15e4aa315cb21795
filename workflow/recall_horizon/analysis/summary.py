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
    table["replicates"] = metrics["score"].shape[1]
    table["diverged"] = np.isinf(metrics["score"]).sum(axis=1).to_numpy()
    stacked = np.stack([values.to_numpy() for values in metrics.values()])
    for name, statistic in STATISTICS.items():
        values = statistic(stacked, axis=-1)
        low, high = bootstrap_interval(stacked, statistic, confidence, draws, rng)
        for i, metric in enumerate(metrics):
            table[f"{metric}_{name}"] = values[i]
            table[f"{metric}_{name}_low"] = low[i]
            table[f"{metric}_{name}_high"] = high[i]
    solved = (metrics["score"] >= solved_score).sum(axis=1).to_numpy()
    trials = metrics["score"].shape[1]
    intervals = [wilson_interval(int(count), trials, confidence) for count in solved]
    table["solved"] = solved
    table["solved_fraction"] = solved / trials
    table["solved_low"], table["solved_high"] = zip(*intervals, strict=True)
    return table
