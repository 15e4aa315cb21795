"""Did I reproduce it? The replicates of a study against those of a reference.

Two studies are comparable, model by model, if they trained the same model on the same kind of data.
The strongest available evidence then decides:

* With the same seed, each replicate has the same data and the same initial weights. Its losses
  agree to rounding for some epochs, on any x86 processor, and drift apart later. So the first
  epochs are compared replicate by replicate.
* Later epochs, and all epochs if the seeds differ, are samples of a distribution. Permutation
  tests compare the ranks of the replicates' held-out R²: for each length after the last epoch, and
  for all lengths and epochs at once.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from recall_horizon.analysis.experiment import device, differing_keys, settings
from recall_horizon.analysis.replicates import is_last
from recall_horizon.analysis.statistics import (
    STANDARD_ERRORS,
    holm,
    permutation_p,
    rank_differences,
    sampling_error,
    shift_between,
    smallest_p,
)

# The probability of calling anything different, over a whole study, if nothing is.
ERROR_RATE = 0.01
DRAWS = 100_000
# Up to this epoch the losses of a replicate of the default study agree on any x86 processor to
# this relative difference. Measured between AVX2 and SSE4.1, over ten replicates of every model and
# length: at most 1.1e-5. At epoch 20 some models have drifted apart by 8 %.
EARLY = 10
TOLERANCE = 1e-4

LOSSES = ["train_mse", "test_mse", "target_variance"]
ALL = "all"


class Comparison(NamedTuple):
    """A row of the verification table: a model at a length, here and in the reference.

    `length` is a length, or `all` in the row that compares a model over all lengths that both
    studies have. `verdict` is

    * `identical`: the replicates that both have, with the same seed, have the same losses to the
      last digit at all epochs that both have;
    * `consistent`: a difference could have been found, and none was;
    * `different`: losses up to epoch 10 of the same replicate are further apart than rounding
      explains, or the test below says so at an error rate of 0.01 over the whole table;
    * `too few to tell`: with so few replicates no test can call anything different;
    * `another experiment`: trained differently or on other data; `differs` gives the settings;
    * `not in the reference`: the reference has no such model or length.

    `replicates` and `reference_replicates` are how many there are. `test_r2_median` and
    `reference_median` are medians of held-out R² after the last epoch (−∞ for a replicate that
    diverged), `difference` the former minus the latter; NaN in the row of all lengths.
    `early_difference` is the largest relative difference of a loss (training or held-out MSE, or
    the targets' variance) of the same replicate at the same epoch up to 10; NaN where the seeds
    or the devices (CPU, GPU) differ. `p_value` is that of a permutation test on the ranks of
    held-out R², of the last epoch or, in the row of all lengths, of all epochs that both have (of
    those after 10 where the first ones are compared one by one); NaN where nothing was tested.
    `adjusted_p` is corrected for the number of tests in the table (Holm, 1979). `differs` names
    the config keys that differ, with both values.
    """

    model: str
    length: int | str
    verdict: str
    replicates: int
    reference_replicates: int
    test_r2_median: float
    reference_median: float
    difference: float
    early_difference: float
    p_value: float
    adjusted_p: float
    differs: str


class _Row(NamedTuple):
    """A comparison whose verdict may still depend on the other rows' p-values.

    `smallest` is the smallest p-value that its test can give; `paired` says whether epochs of
    training were compared replicate by replicate.
    """

    comparison: Comparison
    smallest: float = np.nan
    paired: bool = False


def compare(
    losses: pd.DataFrame,
    reference: pd.DataFrame,
    experiment: dict[str, Any],
    reference_experiment: dict[str, Any],
    tests: int,
    rng: np.random.Generator,
    draws: int = DRAWS,
) -> list[Comparison]:
    """Compare two losses tables, model by model and length by length.

    Args:
        losses: the study's table.
        reference: the reference's table; it may lack epochs.
        experiment: `Study.experiment()`.
        reference_experiment: the same of the reference; its whole configuration also works.
        tests: how many held-out sequences there are. All replicates of a study share them, so the
            effect of another test set on R² is not visible in the spread between replicates. If the
            seeds differ, up to four standard errors of this effect are taken off a difference.
        rng: the source of the permutations.
        draws: how many permutations each test uses.
    """
    same_seed = experiment["seed"] == reference_experiment["seed"]
    devices = [
        {m: device(side, m) for m in side["model_zoo"]}
        for side in (experiment, reference_experiment)
    ]
    rows = []
    for model in sorted(set(losses["model"])):
        ours, theirs = (table[table["model"] == model] for table in (losses, reference))
        verdict = differs = ""
        if theirs.empty or model not in reference_experiment["model_zoo"]:
            verdict = "not in the reference"
        else:
            sides = [settings(side, model) for side in (experiment, reference_experiment)]
            differs = differing_keys(*sides) or _trained_otherwise(ours, theirs)
            verdict = "another experiment" if differs else ""
        if verdict:
            rows += [
                _Row(_described(model, length, here, here.iloc[:0], verdict, differs))
                for length, here in ours.groupby("length")
            ]
        else:
            # On another kind of device losses may drift apart earlier than was measured.
            paired = same_seed and devices[0][model] == devices[1][model]
            rows += _model_rows(
                *(model, ours, theirs, paired, 0 if same_seed else tests, rng, draws)
            )
    adjusted = holm(row.comparison.p_value for row in rows)
    at_best = holm(row.smallest for row in rows)
    return [_judged(*each) for each in zip(rows, adjusted, at_best, strict=True)]


def _trained_otherwise(ours: pd.DataFrame, theirs: pd.DataFrame) -> str:
    """The last epochs, if one table was trained for longer, regardless of what the configs say."""
    here, there = (_ends(table) for table in (ours, theirs))
    if not here or not there or here == there:
        return ""
    ends = [", ".join(map(str, sorted(side))) for side in (here, there)]
    return f"last epoch: {ends[0]} here, {ends[1]} in the reference"


def _ends(rows: pd.DataFrame) -> set[int]:
    """The last epochs of the replicates that did not diverge."""
    return set(rows.loc[is_last(rows) & (rows["status"] == "ok"), "epoch"])


def _model_rows(
    model: str,
    ours: pd.DataFrame,
    theirs: pd.DataFrame,
    same_start: bool,
    tests: int,
    rng: np.random.Generator,
    draws: int,
) -> Iterator[_Row]:
    """A row for each length of a model, and one for all of them.

    `same_start` says that a replicate's first epochs have to agree; `tests` is 0 if both studies
    have the same held-out sequences.
    """
    ends = _ends(ours) | _ends(theirs)
    last = max(ends or {*ours["epoch"], *theirs["epoch"]})
    evaluated = [set(rows.loc[rows["status"] == "ok", "epoch"]) for rows in (ours, theirs)]
    epochs = [*sorted((evaluated[0] & evaluated[1]) - {last}), last]
    # Epochs that are compared replicate by replicate are not samples of a distribution.
    sampled = [e for e in epochs if e > EARLY or e == last or not same_start]
    cells, squares, sizes = [], np.zeros(1 + draws), []
    for length, here in ours.groupby("length"):
        there = theirs[theirs["length"] == length]
        if there.empty:
            yield _Row(_described(model, length, here, there, "not in the reference"))
            continue
        cell = _described(model, length, here, there)
        paired = False
        if same_start:
            apart = _relative_differences(here, there, epochs)
            early = apart[apart.index.get_level_values("epoch") <= EARLY]
            paired = bool((early.index.get_level_values("epoch") > 0).any())
            verdict = "identical" if len(apart) and not apart.any() else ""
            cell = cell._replace(verdict=verdict, early_difference=early.max())
        smallest = np.nan
        if cell.verdict != "identical":
            distances = rank_differences(*_scores(here, there, sampled, tests), draws, rng)
            squares += (distances**2).sum(axis=1)
            sizes.append((cell.replicates, cell.reference_replicates))
            cell = cell._replace(p_value=permutation_p(np.abs(distances[:, -1])))
            smallest = smallest_p(sizes[-1:], draws)
        cells.append(_Row(cell, smallest, paired))
    yield from cells
    if cells:
        yield _over_all_lengths(model, cells, squares, sizes)


def _over_all_lengths(
    model: str, cells: list[_Row], squares: np.ndarray, sizes: list[tuple[int, int]]
) -> _Row:
    """The row of all lengths: a stratified permutation of replicates, each with all its epochs.

    The statistic is the sum of the squared, standardised differences of mean ranks.
    """
    draws = len(squares) - 1
    rows = [cell.comparison for cell in cells]
    ours, theirs = (
        min(counts)
        for counts in zip(*((r.replicates, r.reference_replicates) for r in rows), strict=True)
    )
    whole = Comparison(
        *(model, ALL, "" if sizes else "identical", ours, theirs),
        *[np.nan] * 3,
        float(pd.Series([row.early_difference for row in rows]).max()),
        permutation_p(squares) if sizes else np.nan,
        *(np.nan, ""),
    )
    smallest = smallest_p(sizes, draws) if sizes else np.nan
    return _Row(whole, smallest, any(cell.paired for cell in cells))


def _described(
    model: str,
    length: int,
    here: pd.DataFrame,
    there: pd.DataFrame,
    verdict: str = "",
    differs: str = "",
) -> Comparison:
    """A row with the numbers that are compared, without a test."""
    last = [_final_scores(rows) for rows in (here, there)]
    medians = [float(np.median(scores)) if len(scores) else np.nan for scores in last]
    with np.errstate(invalid="ignore"):
        difference = medians[0] - medians[1]
    counts = map(len, last)
    unknown = [np.nan] * 3
    return Comparison(model, int(length), verdict, *counts, *medians, difference, *unknown, differs)


def _final_scores(rows: pd.DataFrame) -> np.ndarray:
    last = rows[is_last(rows)]
    return last["test_r2"].where(last["status"] == "ok", -np.inf).to_numpy()


def _scores(
    here: pd.DataFrame, there: pd.DataFrame, epochs: list[int], tests: int
) -> tuple[np.ndarray, np.ndarray]:
    """Held-out R², one row per replicate and one column per epoch, −∞ once a replicate diverged.

    The first is shifted towards the second by as much as another test set of `tests` sequences may
    explain, but not past it; not at all if `tests` is 0, since both then share a test set.
    """
    one, other = (
        rows[rows["status"] == "ok"]
        .pivot(index="replicate", columns="epoch", values="test_r2")
        .reindex(index=sorted(set(rows["replicate"])), columns=epochs)
        .fillna(-np.inf)
        .to_numpy()
        for rows in (here, there)
    )
    if tests:
        errors = [sampling_error(np.median(side, axis=0), tests) for side in (one, other)]
        most = STANDARD_ERRORS * np.hypot(*errors)
        one = one - np.clip(shift_between(one, other), -most, most)
    return one, other


def _relative_differences(here: pd.DataFrame, there: pd.DataFrame, epochs: list[int]) -> pd.Series:
    """How far losses are apart, relative to the larger: one row per epoch and replicate that both
    have, infinite if only one of the two has diverged.
    """
    both = set(here["replicate"]) & set(there["replicate"])

    def values(rows: pd.DataFrame) -> pd.DataFrame:
        diverged = rows["status"] == "diverged"
        rows = rows[rows["replicate"].isin(both) & (rows["epoch"].isin(epochs) | diverged)]
        rows = rows.assign(diverged=(rows["status"] == "diverged").astype(float))
        return rows.set_index(["replicate", "epoch"])[[*LOSSES, "diverged"]]

    one, other = values(here).align(values(there))
    a, b = one.to_numpy(), other.to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))
    apart[np.isnan(apart)] = np.inf
    apart[(a == b) | (np.isnan(a) & np.isnan(b))] = 0.0
    return pd.Series(apart.max(axis=1), index=one.index, dtype=float)


def _judged(row: _Row, adjusted: float, at_best: float) -> Comparison:
    comparison = row.comparison._replace(adjusted_p=float(adjusted))
    if comparison.verdict:
        return comparison
    if comparison.early_difference > TOLERANCE or adjusted < ERROR_RATE:
        verdict = "different"
    elif row.paired or at_best < ERROR_RATE:
        verdict = "consistent"
    else:
        verdict = "too few to tell"
    return comparison._replace(verdict=verdict)
