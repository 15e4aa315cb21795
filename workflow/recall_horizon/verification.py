"""Did I reproduce it? The replicates of a study against those of a reference study."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from recall_horizon.controls import STANDARD_ERRORS, sampling_error

# The chance of calling anything different, over a whole study, where nothing is.
ERROR_RATE = 0.01
DRAWS = 100_000

VALUES = ["replicate", "epoch", "train_mse", "test_mse", "test_r2", "status"]


class Comparison(NamedTuple):
    """A row of the verification table: a model at a length, here and in the reference.

    `verdict` is `identical` (the same losses, to the last digit), `consistent` (not to be told
    apart by chance), `different`, or `not in the reference` (no such model, length or number of
    epochs there). `difference` is the median held-out R²
    here less the reference's; `p_value` a permutation test's, `adjusted_p` corrected for the number
    of comparisons (Holm, 1979).
    """

    model: str
    length: int
    verdict: str
    replicates: int
    test_r2_median: float
    reference_median: float
    difference: float
    p_value: float
    adjusted_p: float


def compare(
    losses: pd.DataFrame, reference: pd.DataFrame, tests: int, rng: np.random.Generator
) -> list[Comparison]:
    """Compare the last epochs of two losses tables, model by model and length by length.

    `tests` is the number of held-out sequences. All replicates of a study share them, so what
    another test set does to R² shows in no spread between replicates: where the two studies'
    differ (by another seed), medians within four standard errors of it are consistent.
    """
    cells = []
    for model in sorted(set(losses["model"])):
        ours, theirs = (last_rows(table, model) for table in (losses, reference))
        trained = [set(rows.loc[rows["status"] == "ok", "epoch"]) for rows in (ours, theirs)]
        if all(trained) and trained[0] != trained[1]:
            theirs = theirs.iloc[:0]  # trained for another time: another experiment
        for length in sorted(set(ours["length"])):
            here, there = (t[t["length"] == length] for t in (ours, theirs))
            cells.append((model, int(length), here, there))
    p_values = [_p_value(here, there, rng) for _, _, here, there in cells]
    adjusted = holm(p_values)
    return [
        _compared(*cell, p, corrected, tests)
        for cell, p, corrected in zip(cells, p_values, adjusted, strict=True)
    ]


def last_rows(losses: pd.DataFrame, model: str) -> pd.DataFrame:
    """The last row of every replicate of `model`, which for one that diverged comes early."""
    rows = losses[losses["model"] == model]
    last = rows.groupby(["length", "replicate"])["epoch"].transform("max")
    return rows[rows["epoch"] == last].sort_values(["length", "replicate"])


def permutation_test(
    one: np.ndarray, other: np.ndarray, rng: np.random.Generator, draws: int = DRAWS
) -> float:
    """The chance that two samples of one distribution have mean ranks at least this far apart.

    Ranks, so that a replicate that diverged (−∞) is worse than all others and no worse than that.
    """
    ranks = pd.Series(np.concatenate([one, other])).rank().to_numpy()
    center = ranks.mean()
    observed = abs(ranks[: len(one)].mean() - center)
    shuffled = rng.permuted(np.broadcast_to(ranks, (draws, len(ranks))), axis=1)
    far = np.abs(shuffled[:, : len(one)].mean(axis=1) - center) >= observed - 1e-9
    return float((1 + far.sum()) / (1 + draws))


def holm(p_values: list[float]) -> list[float]:
    """`p_values`, corrected for their number (Holm, 1979); NaN is none of them."""
    values = np.array(p_values, dtype=float)
    tested = np.flatnonzero(~np.isnan(values))
    order = tested[np.argsort(values[tested], kind="stable")]
    steps = values[order] * np.arange(len(order), 0, -1)
    values[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return values.tolist()


def _p_value(here: pd.DataFrame, there: pd.DataFrame, rng: np.random.Generator) -> float:
    if there.empty or _same(here, there):
        return float("nan")
    return permutation_test(_scores(here), _scores(there), rng)


def _scores(rows: pd.DataFrame) -> np.ndarray:
    return rows["test_r2"].where(rows["status"] == "ok", -np.inf).to_numpy()


def _same(here: pd.DataFrame, there: pd.DataFrame) -> bool:
    one, other = (rows[VALUES].reset_index(drop=True) for rows in (here, there))
    return one.equals(other)


def _of_the_test_set(here: pd.DataFrame, there: pd.DataFrame, r2: float, tests: int) -> float:
    """How far another test set alone may move R²: not at all where it is the same."""
    if set(here["target_variance"]) == set(there["target_variance"]):
        return 0.0
    return STANDARD_ERRORS * 2**0.5 * sampling_error(r2, tests)


def _compared(
    model: str,
    length: int,
    here: pd.DataFrame,
    there: pd.DataFrame,
    p: float,
    adjusted: float,
    tests: int,
) -> Comparison:
    medians = [float(np.median(_scores(rows))) if len(rows) else np.nan for rows in (here, there)]
    with np.errstate(invalid="ignore"):
        difference = medians[0] - medians[1]
    if there.empty:
        verdict = "not in the reference"
    elif np.isnan(p):
        verdict = "identical"
    else:
        far = not abs(difference) <= _of_the_test_set(here, there, max(medians), tests)
        verdict = "different" if adjusted < ERROR_RATE and far else "consistent"
    return Comparison(model, length, verdict, len(here), *medians, difference, p, adjusted)


def summary(table: pd.DataFrame) -> str:
    """The verdicts in a sentence, with the largest difference."""
    counts = table["verdict"].value_counts()
    kinds = ("identical", "consistent", "different", "not in the reference")
    parts = [f"{counts[kind]} {kind}" for kind in kinds if kind in counts]
    text = f"Of {len(table)} combinations of a model and a length, {', '.join(parts)}."
    known = table[table["difference"].notna()]
    if len(known) and not known["difference"].eq(0).all():
        row = known.loc[known["difference"].abs().idxmax()]
        text += (
            f" The largest difference is {row['difference']:+.3f} in median held-out R², of "
            f"{row['model']} at T = {row['length']} ({row['verdict']})."
        )
    return text
