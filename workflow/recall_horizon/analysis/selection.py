"""Selection: which training settings score best on the validation split."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from recall_horizon.analysis.statistics import median
from recall_horizon.storage import layout, tables

# A candidate's settings, by key of `training`: {"learning_rate": 0.01, "batch_size": None, …}.
Settings = Mapping[str, Any]
# Medians of the score that are closer than this are equally good.
TIE = 0.01
# A key needs so many values before one of them can be called the edge of what was tried.
FEWEST_WITH_EDGE = 3


def losses_of(folder: Path, candidates: Iterable[str]) -> dict[str, pd.DataFrame]:
    """The losses of each candidate, from the folder of one search."""
    return {name: tables.read(folder / f"{name}{layout.LOSSES}") for name in candidates}


def last_scores(losses: pd.DataFrame) -> np.ndarray:
    """The score on the validation split of each replicate of a search job, at its last epoch.

    Args:
        losses: the rows of one candidate, as its job wrote them.

    Returns:
        Shape (n, L), a column for each length that its networks are trained on, ascending; a
        replicate that diverged has −∞.
    """
    last = losses.sort_values("epoch").groupby(["replicate", "length"]).tail(1)
    last = last.assign(score=last["score"].where(last["status"] == "ok", -np.inf))
    return last.pivot(index="replicate", columns="length", values="score").to_numpy(dtype=float)


def lengths_passed(scores: np.ndarray, solved_score: float) -> int:
    """Up to which length a candidate solves the task: of so many, from the shortest on, the median
    score is at least `solved_score`."""
    return int(np.logical_and.accumulate(np.median(scores, axis=0) >= solved_score).sum())


def choose(
    candidates: Mapping[str, Settings], scores: Mapping[str, np.ndarray], solved_score: float
) -> str:
    """The name of the chosen candidate: of the highest median score, or as good as that.

    Of networks that are trained on several lengths only the candidates count that solve the task
    up to the longest length of all candidates, and a replicate's score is its mean over lengths. As
    good are all whose median is within TIE of the highest, or of which as many replicates solve
    the task, if any do: of so few replicates a smaller difference says nothing. Of them it is that
    with the smallest learning rate, then the one with the highest median, then the first by name.

    Args:
        candidates: the settings of each, by its name.
        scores: of each, by `last_scores`.
        solved_score: the least score of a replicate that solved the task.
    """
    farthest = list(candidates)
    if next(iter(scores.values())).shape[1] > 1:
        passed = {name: lengths_passed(scores[name], solved_score) for name in candidates}
        farthest = [name for name in candidates if passed[name] == max(passed.values())]
    means = {name: scores[name].mean(axis=1) for name in farthest}
    medians = {name: float(np.median(means[name])) for name in farthest}
    solved = {name: int((means[name] >= solved_score).sum()) for name in farthest}
    best = max(farthest, key=lambda name: (medians[name], name))
    good = [
        name
        for name in farthest
        if medians[name] >= medians[best] - TIE or (solved[best] and solved[name] >= solved[best])
    ]
    return min(good, key=lambda n: (candidates[n].get("learning_rate", 0.0), -medians[n], n))


def edges(chosen: Settings, candidates: Mapping[str, Settings]) -> str:
    """The keys whose chosen value is the lowest or the highest that was tried, in words.

    Only keys count of which at least three values were tried. A batch size of None, a full batch,
    is the highest.
    """

    def size(value: float | None) -> float:
        return np.inf if value is None else value

    found = []
    for key, value in chosen.items():
        tried = sorted({size(settings[key]) for settings in candidates.values()})
        if len(tried) >= FEWEST_WITH_EDGE and size(value) in (tried[0], tried[-1]):
            found.append(f"{'lowest' if size(value) == tried[0] else 'highest'} {key}")
    return "; ".join(found)


def selection_table(
    candidates: Mapping[str, Settings],
    searched: Mapping[tuple[str, int], Mapping[str, pd.DataFrame]],
    steps: Mapping[str, Mapping[str, int]],
    confidence: float,
    solved_score: float,
) -> pd.DataFrame:
    """Every candidate's score, and which of them was chosen.

    Args:
        candidates: the settings of each candidate, by its name.
        searched: the losses of each candidate, by (model, length) and its name; the length of
            networks that are trained on several is the longest.
        steps: of Adam that training each model takes with the settings of each candidate.
        confidence: what intervals should cover.
        solved_score: the least score of a replicate that solved the task.

    Returns:
        Columns: model, length, candidate; its settings, one column a key; steps; replicates, and
        how many diverged; `score`, the median on the validation split over replicates at the last
        epoch, of each its mean over lengths, with its exact interval `score_low` to `score_high`;
        `each`, these means, as text; `chosen`; and `edge`, for the chosen one: which of its
        settings are the lowest or highest tried.
    """
    rows = []
    for (model, length), losses in searched.items():
        scores = {name: last_scores(losses[name]) for name in candidates}
        chosen = choose(candidates, scores, solved_score)
        for name, settings in candidates.items():
            means = scores[name].mean(axis=1)
            rows.append(
                {
                    "model": model,
                    "length": length,
                    "candidate": name,
                    **settings,
                    "steps": steps[model][name],
                    "replicates": len(means),
                    "diverged": int(np.isinf(means).sum()),
                    **median(means, confidence).columns("score"),
                    "each": " ".join(map(str, means.tolist())),
                    "chosen": name == chosen,
                    "edge": edges(settings, candidates) if name == chosen else "",
                }
            )
    table = pd.DataFrame(rows)
    whole = [key for key in next(iter(candidates.values())) if _whole(candidates.values(), key)]
    return table.astype(dict.fromkeys(whole, "Int64"))  # a missing value would make them floats


def chosen_settings(
    table: pd.DataFrame, keys: Iterable[str]
) -> dict[tuple[str, int], dict[str, Any]]:
    """The settings that were chosen, from a selection table: {(model, length): {key: value}}.

    A whole number that reads back as a float, beside a missing value, is whole again.
    """
    return {
        (row["model"], row["length"]): {key: _setting(row[key]) for key in keys}
        for row in table[table["chosen"]].to_dict("records")
    }


def _setting(value: float) -> float | int | None:
    if pd.isna(value):
        return None
    return int(value) if value == int(value) else value


def _whole(candidates: Iterable[Settings], key: str) -> bool:
    return all(isinstance(settings[key], int | None) for settings in candidates)
