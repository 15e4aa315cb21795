"""The memory function: what networks recall of each of several numbers that are asked at once."""

import numpy as np
import pandas as pd

from recall_horizon.analysis.statistics import median


def memory(transfer: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """The score of each number of an answer at the lengths that networks were trained on.

    Of the task that asks for the elements at all delays it is the memory function, whose sum is the
    memory capacity (Jaeger, 2001).

    Columns: model, trained_on, tested_at; answer, the place of a number, from 1; replicates; score,
    the median over them, with the ends of its interval, which covers `coverage`; capacity, the same
    of the sum over all numbers of an answer. A replicate that diverged scores −∞.

    Args:
        transfer: the rows of a transfers table; `each` has the scores of the single numbers.
        confidence: what intervals should cover.
    """
    own = transfer[(transfer["trained_on"] == transfer["tested_at"].astype(str))]
    rows = []
    for (model, trained_on, tested_at), cells in own.groupby(["model", "trained_on", "tested_at"]):
        scores = [np.array(text.split(), float) for text in cells["each"]]
        numbers = max(map(len, scores))
        runs = np.array([found if len(found) else np.full(numbers, -np.inf) for found in scores])
        each, total = median(runs.T, confidence), median(runs.sum(axis=1), confidence)
        columns = {"model": model, "trained_on": trained_on, "tested_at": tested_at}
        columns |= {"answer": np.arange(1, numbers + 1), "replicates": len(runs)}
        columns |= {**each.columns("score"), "coverage": each.coverage, **total.columns("capacity")}
        rows.append(pd.DataFrame(columns))
    return pd.concat(rows, ignore_index=True)
