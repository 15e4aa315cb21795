"""Two studies side by side: how far their scores are apart, and whether that is chance."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from recall_horizon.analysis.pairs import final_scores, scores
from recall_horizon.analysis.replicates import is_last
from recall_horizon.analysis.statistics import holm, permutation_p, rank_differences, smallest_p
from recall_horizon.analysis.verification import DRAWS, ERROR_RATE

RESAMPLES = 10_000  # bootstrap draws of an interval


class Difference(NamedTuple):
    """One model at one length in two studies: a row of `differences`.

    `score` and `other_score` are medians of held-out scores after the last epoch (−∞ for a
    replicate that diverged), `difference` the other's minus the first's, with its percentile
    bootstrap interval over the replicates of both; NaN where one of them has one replicate.
    `verdict` is `identical`: the same scores; `different`: a permutation test on the ranks of the
    scores says so, at an error rate of 0.01 over the table; `consistent`: it does not; `too few to
    tell`: with so few replicates it could not.
    """

    model: str
    length: int
    replicates: int
    other_replicates: int
    score: float
    other_score: float
    difference: float
    difference_low: float
    difference_high: float
    adjusted_p: float
    verdict: str


def differences(
    one: pd.DataFrame,
    other: pd.DataFrame,
    tests: int,
    confidence: float,
    rng: np.random.Generator,
    draws: int = DRAWS,
) -> pd.DataFrame:
    """How the models and lengths that two tables of losses have in common differ.

    Args:
        one: a study's losses.
        other: another's.
        tests: how many held-out sequences each has; 0 if they are the same ones. Of others, up to
            four standard errors of a score are taken off before the test.
        confidence: the intervals' nominal coverage.
        rng: where resamples and permutations come from.
        draws: permutations of each test.

    Returns:
        A row for each model and length, with the columns of `Difference`.
    """
    rows, smallest = [], []
    for model, length, here, there in _common(one, other):
        ends = [final_scores(side) for side in (here, there)]
        row = _apart(model, length, *ends, confidence, rng)
        if not np.array_equal(np.sort(ends[0]), np.sort(ends[1])):
            once = [side[is_last(side)].assign(epoch=0) for side in (here, there)]
            ranks = rank_differences(*scores(*once, [0], tests), draws, rng)
            row["adjusted_p"] = permutation_p(np.abs(ranks[:, 0]))
            row["verdict"] = ""
        smallest.append(smallest_p([(len(ends[0]), len(ends[1]))], draws))
        rows.append(row)
    table = pd.DataFrame(rows, columns=Difference._fields)
    table["adjusted_p"] = holm(table["adjusted_p"])
    told = table["verdict"] == ""
    table.loc[told, "verdict"] = np.select(
        [table.loc[told, "adjusted_p"] < ERROR_RATE, holm(smallest)[told] < ERROR_RATE],
        ["different", "consistent"],
        "too few to tell",
    )
    return table


def one_side_only(one: pd.DataFrame, other: pd.DataFrame) -> dict[str, list[int]]:
    """The models and lengths that the table `one` has and `other` lacks: a model's lengths, all of
    them where the other lacks the model."""
    pairs, others = (set(zip(t["model"], t["length"], strict=True)) for t in (one, other))
    missing: dict[str, list[int]] = {}
    for model, length in sorted(pairs - others):
        missing.setdefault(model, []).append(int(length))
    return missing


def _common(
    one: pd.DataFrame, other: pd.DataFrame
) -> Iterator[tuple[str, int, pd.DataFrame, pd.DataFrame]]:
    theirs = dict(list(other.groupby(["model", "length"])))
    for (model, length), here in one.groupby(["model", "length"]):
        if (model, length) in theirs:
            yield model, int(length), here, theirs[model, length]


def _apart(
    model: str,
    length: int,
    here: np.ndarray,
    there: np.ndarray,
    confidence: float,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """A row without its test: medians, their difference and its interval."""
    medians = np.median(here), np.median(there)
    low = high = np.nan
    with np.errstate(invalid="ignore"):
        difference = np.nan_to_num(medians[1] - medians[0], nan=0.0, posinf=np.inf, neginf=-np.inf)
        if min(len(here), len(there)) > 1:
            drawn = [np.median(rng.choice(x, (RESAMPLES, len(x))), axis=1) for x in (here, there)]
            apart = np.nan_to_num(drawn[1] - drawn[0], nan=0.0, posinf=np.inf, neginf=-np.inf)
            tails = [(1 - confidence) / 2, (1 + confidence) / 2]
            low, high = np.quantile(apart, tails, method="inverted_cdf")
    numbers = (*medians, difference, low, high)
    row = Difference(
        model, length, len(here), len(there), *map(float, numbers), np.nan, "identical"
    )
    return row._asdict()
