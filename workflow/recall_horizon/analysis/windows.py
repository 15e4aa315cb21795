"""The window of learning rates: at which of those tried a model solves the task, at each length."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from recall_horizon.analysis.statistics import median

RATE = "learning_rate"
# From so many bounded windows on, and so many different ends of them, an exponent is fitted: with
# fewer ends it would be one of the grid.
FEWEST_FITTED = 3
OPEN = {(False, False): "", (True, False): "below", (False, True): "above", (True, True): "both"}


def windows(
    selection: pd.DataFrame, models: pd.DataFrame, solved_score: float, confidence: float
) -> pd.DataFrame:
    """The window of learning rates of each model, at each length or on all.

    A candidate solves the task where its score is at least `solved_score`: that of the selection
    table, the median over search replicates on the validation split, of each its mean over the
    lengths that it is trained on. A learning rate solves where any candidate that has it does.

    Args:
        selection: the selection table, of a study that searches several learning rates.
        models: the models table, for what each is trained on.
        solved_score: the least score of a replicate that solved the task.
        confidence: what intervals should cover.

    Returns:
        Columns: model; length, the longest of several; trained_on, a length, or the curriculum of
        several; rates, how many were tried, and solve, how many of them solve; solves, which, as
        text; low and high, the lowest and the highest that solve, and decades, log10(high / low);
        all three are missing where none solves; gaps, how many between low and high do not solve;
        open, at which ends the window is at the edge of what was tried, so that decades is a lower
        bound: below, above, both or neither; chosen, the rate that the selection chose; of the
        model, the same in each of its rows: bounded, at how many lengths a network of one length
        has a highest rate below the highest tried, and exponent, of that rate against the length,
        by least squares in logarithms. It is missing where fewer than three lengths are bounded, or
        their rates take fewer than three values. Where the selection table has the score of each
        replicate, also what `of_replicates` returns.
    """
    curricula = models.drop_duplicates("model").set_index("model")["curriculum"]
    tried = sorted(selection[RATE].unique())
    rows = []
    for (model, length), candidates in selection.groupby(["model", "length"], sort=False):
        scores = candidates.groupby(RATE)["score"].max()
        curriculum = curricula[model]
        rows.append(
            {
                "model": model,
                "length": length,
                "trained_on": str(length) if curriculum == "none" else curriculum,
                **window(tried, list(scores.index[scores >= solved_score])),
                **of_replicates(candidates, solved_score, confidence),
                "chosen": candidates.loc[candidates["chosen"], RATE].iloc[0],
            }
        )
    table = pd.DataFrame(rows)
    fits = pd.DataFrame({model: exponent(of_it) for model, of_it in table.groupby("model")}).T
    return table.join(fits.astype({"bounded": int}), on="model")


def window(tried: list[float], solves: list[float]) -> dict[str, Any]:
    """What is measured of the rates that solve, of those tried; both ascend."""
    row = {"rates": len(tried), "solve": len(solves), "solves": " ".join(map(str, solves))}
    if not solves:
        missing = dict.fromkeys(("low", "high", "decades"), np.nan)
        return row | missing | {"gaps": 0, "open": ""}
    low, high = solves[0], solves[-1]
    inside = sum(low <= rate <= high for rate in tried)
    return row | {
        "low": low,
        "high": high,
        "decades": float(np.log10(high / low)),
        "gaps": inside - len(solves),
        "open": OPEN[low == tried[0], high == tried[-1]],
    }


def of_replicates(
    candidates: pd.DataFrame, solved_score: float, confidence: float
) -> dict[str, Any]:
    """The windows of single replicates: each has a network of every candidate.

    Returns:
        solving_median, the median over replicates of how many rates solve, and highest_median, that
        of the highest rate that solves, which is 0 where none does, each with its exact interval,
        which covers at least as much where replicates are equal; replicates, and the coverage.
        Empty where scores of replicates were not kept.
    """
    if "each" not in candidates:
        return {}
    scores = np.array([[float(score) for score in each.split()] for each in candidates["each"]])
    solves = pd.DataFrame(scores >= solved_score).groupby(candidates[RATE].to_numpy()).any()
    counts = solves.sum(axis=0).to_numpy()
    highest = solves.mul(solves.index, axis=0).max(axis=0).to_numpy()
    row: dict[str, Any] = {"replicates": len(counts)}
    for name, values in (("solving_median", counts), ("highest_median", highest)):
        found = median(values, confidence)
        row |= {**found.columns(name), "coverage": found.coverage}
    return row


def exponent(rows: pd.DataFrame) -> Mapping[str, float]:
    """How the highest rate that solves goes with the length, of the windows of one model."""
    alone = rows["trained_on"].str.isdecimal()
    bounded = rows[alone & rows["high"].notna() & ~rows["open"].isin(["above", "both"])]
    slope = np.nan
    if bounded["high"].nunique() >= FEWEST_FITTED:  # so as many lengths, too
        slope = float(np.polyfit(np.log(bounded["length"]), np.log(bounded["high"]), 1)[0])
    return {"bounded": len(bounded), "exponent": slope}
