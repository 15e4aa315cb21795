"""The summary table: statistics over the replicates of each model, length and epoch."""

import numpy as np
import pandas as pd

from recall_horizon.analysis.replicates import by_replicate
from recall_horizon.analysis.statistics import median, wilson_interval


def summarise(losses: pd.DataFrame, confidence: float, solved_score: float) -> pd.DataFrame:
    """The summary of a losses table.

    Columns: study, task, model, length, epoch; replicates, and how many of them have diverged by
    then; for each metric (train_loss, test_loss, score, and accuracy of classes) its median over
    replicates, `…_median`, with the ends of its exact interval, `…_low` and `…_high`, which covers
    `coverage`; `score_error`, the median over replicates of the standard error of a score on this
    test set, NaN where it was not measured; `solved`, the replicates with score ≥ `solved_score`,
    as a fraction with its Wilson interval.
    """
    metrics = by_replicate(losses)
    table = metrics["score"].index.to_frame(index=False)
    trials = metrics["score"].notna().sum(axis=1).to_numpy()
    table["replicates"] = trials
    table["diverged"] = np.isinf(metrics["score"]).sum(axis=1).to_numpy()
    stacked = np.stack([values.to_numpy() for values in metrics.values()])
    columns = [f"{metric}_median{end}" for metric in metrics for end in ("", "_low", "_high")]
    found, covered = np.empty((len(columns), len(table))), np.empty(len(table))
    for number in sorted(set(trials)):
        rows = trials == number
        runs = median(_present(stacked[:, rows]), confidence)
        found[:, rows] = np.stack(runs[:3], axis=1).reshape(len(columns), -1)
        covered[rows] = runs.coverage
    table["coverage"] = covered
    table = pd.concat([table, pd.DataFrame(found.T, columns=columns)], axis=1)
    table["score_error"] = _errors(losses, table)
    solved = (metrics["score"] >= solved_score).sum(axis=1).to_numpy()
    intervals = [
        wilson_interval(int(count), int(number), confidence)
        for count, number in zip(solved, trials, strict=True)
    ]
    table["solved"] = solved
    table["solved_fraction"] = solved / trials
    table["solved_low"], table["solved_high"] = zip(*intervals, strict=True)
    return table


def _errors(losses: pd.DataFrame, table: pd.DataFrame) -> pd.Series | float:
    """The median standard error of a score in each row of the summary."""
    if "score_error" not in losses:  # of an older version
        return np.nan
    cell = ["model", "length", "epoch"]
    medians = losses.groupby(cell)["score_error"].median()
    return table[cell].merge(medians.reset_index(), on=cell, how="left")["score_error"]


def _present(runs: np.ndarray) -> np.ndarray:
    """`runs`, of shape (metrics, cells, replicates), without what is NaN: as many in each cell."""
    return runs[~np.isnan(runs)].reshape(*runs.shape[:2], -1)
