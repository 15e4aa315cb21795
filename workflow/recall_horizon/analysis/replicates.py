"""Replicates side by side, as figures, text and statistics use them.

Separate from the statistics, so that code that only reads tables does not import scipy.
"""

import numpy as np
import pandas as pd

CELL = ["study", "task", "model", "length", "epoch"]
# The metrics, and the value of each for a replicate that has diverged: worse than any other.
METRICS = {"train_loss": np.inf, "test_loss": np.inf, "score": -np.inf, "accuracy": -np.inf}


def by_replicate(losses: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """For each metric a frame with one row per cell (study, task, model, length, epoch) and one
    column per replicate: NaN where the model has no such replicate at that length. Only classes
    have an accuracy.

    A replicate that diverged has no further rows: from there on it counts as worse than every
    other, so that it is never dropped and never rewarded.
    """
    ok = losses[losses["status"] == "ok"]
    diverged = losses[losses["status"] == "diverged"]
    cells = []
    for (study, task, model), runs in losses.groupby(["study", "task", "model"]):
        epochs = set(runs.loc[runs["status"] == "ok", "epoch"])
        epochs |= {max(epochs | set(diverged.loc[diverged["model"] == model, "epoch"]))}
        lengths = sorted(set(runs["length"]))
        cells += [(study, task, model, t, e) for t in lengths for e in sorted(epochs)]
    index = pd.MultiIndex.from_tuples(cells, names=CELL)
    replicates = sorted(set(losses["replicate"]))
    started = losses.groupby(CELL[:-1])["replicate"].agg(set)
    ran = np.array([[r in started[cell[:-1]] for r in replicates] for cell in cells])
    return {
        metric: ok.pivot(index=CELL, columns="replicate", values=metric)
        .reindex(index=index, columns=replicates)
        .fillna(worst)
        .where(ran)
        for metric, worst in METRICS.items()
        if pd.api.types.is_numeric_dtype(losses[metric])
    }


def final(table: pd.DataFrame, model: str) -> pd.DataFrame:
    """The rows of `model` at its last epoch, by length, of a losses or a summary table."""
    rows = table[table["model"] == model]
    return rows[rows["epoch"] == rows["epoch"].max()].sort_values("length", ignore_index=True)


def is_last(losses: pd.DataFrame) -> pd.Series:
    """Whether a row of a losses table is its replicate's last: early if the replicate diverged."""
    last = losses.groupby(["model", "length", "replicate"])["epoch"].transform("max")
    return losses["epoch"] == last


def last_epochs(losses: pd.DataFrame) -> set[int]:
    """The last epochs of the replicates that did not diverge."""
    return set(losses.loc[is_last(losses) & (losses["status"] == "ok"), "epoch"])
