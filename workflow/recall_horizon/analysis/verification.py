"""Did I reproduce it? The replicates of a study against those of a reference.

Two studies are comparable, model by model, if they trained the same model on the same kind of data,
and where they select training settings, length by length, if they chose the same ones. The
strongest available evidence then decides:

* With the same seed, each replicate has the same data and the same initial weights. Its losses
  agree to rounding for some steps, on any x86 processor, and drift apart later. So the epochs of
  the first steps are compared replicate by replicate.
* Later epochs, and all epochs if the seeds differ, are samples of a distribution. Exact
  permutation tests compare the ranks of the replicates' held-out scores after the last epoch: of
  each length, and of all lengths at once.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from recall_horizon.analysis.experiment import Trained, device, obstacles, steps_per_epoch
from recall_horizon.analysis.pairs import comparable_scores, final_scores, relative_differences
from recall_horizon.analysis.replicates import last_epochs
from recall_horizon.analysis.statistics import holm, rank_test, smallest_p

# The probability of calling anything different, over a whole study, if nothing is.
ERROR_RATE = 0.01
# Up to this step of Adam the losses of a replicate agree on any x86 processor to this relative
# difference. Measured on the default study, whose epochs are one step, between AVX2 and SSE4.1,
# over ten replicates of every model and length: at most 1.1e-5. At step 20 some models have drifted
# apart by 8 %.
EARLY = 10
TOLERANCE = 1e-4
ALL = "all"


class Comparison(NamedTuple):
    """A row of the verification table: a model at a length, here and in the reference.

    `length` is a length, or `all` in the row that compares a model over all lengths at which it can
    be compared. `verdict` is

    * `identical`: the replicates that both have, with the same seed, have the same losses to the
      last digit at all epochs that both have;
    * `consistent`: a difference could have been found, and none was;
    * `different`: losses up to step 10 of the same replicate are further apart than rounding
      explains, or the test below says so at an error rate of 0.01 over the whole table;
    * `too few to tell`: with so few replicates no test can call anything different;
    * `another experiment`: trained differently or on other data; `differs` gives the settings;
    * `other settings chosen`: the same experiment, but its selection chose other training settings
      for this model and length; `differs` gives them;
    * `not in the reference`: the reference has no such model or length.

    `replicates` and `reference_replicates` are how many there are. `score_median` and
    `reference_median` are medians of held-out scores after the last epoch (−∞ for a replicate that
    diverged), `difference` the former minus the latter; NaN in the row of all lengths.
    `early_difference` is the largest relative difference of a loss (training or held-out MSE, or
    the targets' variance) of the same replicate at the same epoch, up to step 10; NaN where the
    seeds or the devices (CPU, GPU) differ. `p_value` is that of an exact permutation test on the
    ranks of held-out scores after the last epoch, of a length or of all together; NaN where nothing
    was tested. `adjusted_p` is corrected for the number of tests in the table (Holm, 1979).
    `differs` names the config keys that differ, with both values.
    """

    model: str
    length: int | str
    verdict: str
    replicates: int
    reference_replicates: int
    score_median: float
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


def compare(ours: Trained, theirs: Trained, tests: int) -> list[Comparison]:
    """Compare a study with a reference, model by model and length by length.

    Args:
        ours: the study.
        theirs: the reference; its losses may lack epochs.
        tests: how many held-out sequences there are. All replicates of a study share them, so the
            effect of another test set on a score is not visible in the spread between replicates.
            If the seeds differ, what it may explain is taken off a difference, by
            `pairs.comparable_scores`.
    """
    same_seed = ours.experiment["seed"] == theirs.experiment["seed"]
    rows: list[_Row] = []
    for model in sorted(set(ours.losses["model"])):
        here, there = (side.losses[side.losses["model"] == model] for side in (ours, theirs))
        why_not = obstacles(model, ours, theirs)
        early = {}
        for length, cell in here.groupby("length"):
            if length in why_not:
                rows.append(_Row(_described(model, length, cell, cell.iloc[:0], *why_not[length])))
            else:
                early[length] = EARLY // steps_per_epoch(ours, model, length)
        if early:
            # On another kind of device losses may drift apart earlier than was measured.
            paired = same_seed and device(ours, model) == device(theirs, model)
            rows += _model_rows(model, here, there, early, paired, 0 if same_seed else tests)
    adjusted = holm(row.comparison.p_value for row in rows)
    at_best = holm(row.smallest for row in rows)
    return [_judged(*each) for each in zip(rows, adjusted, at_best, strict=True)]


def _model_rows(
    model: str,
    ours: pd.DataFrame,
    theirs: pd.DataFrame,
    early: dict[int, int],
    same_start: bool,
    tests: int,
) -> Iterator[_Row]:
    """A row for each length in `early` of a model, and one for all of them.

    `same_start` says that a replicate's first epochs have to agree, at each length up to the epoch
    in `early`; `tests` is 0 if both studies have the same held-out sequences.
    """
    ends = last_epochs(ours) | last_epochs(theirs)
    last = max(ends or {*ours["epoch"], *theirs["epoch"]})
    evaluated = [set(rows.loc[rows["status"] == "ok", "epoch"]) for rows in (ours, theirs)]
    epochs = [*sorted((evaluated[0] & evaluated[1]) - {last}), last]
    cells, samples = [], []
    for length, until in early.items():
        here, there = (side[side["length"] == length] for side in (ours, theirs))
        cell = _described(model, length, here, there)
        paired = False
        if same_start:
            apart = relative_differences(here, there, epochs)
            first = apart[apart.index.get_level_values("epoch") <= until]
            paired = bool((first.index.get_level_values("epoch") > 0).any())
            verdict = "identical" if len(apart) and not apart.any() else ""
            cell = cell._replace(verdict=verdict, early_difference=first.max())
        smallest = np.nan
        if cell.verdict != "identical":
            samples.append(comparable_scores(here, there, tests))
            cell = cell._replace(p_value=rank_test(samples[-1:]))
            smallest = smallest_p([(len(samples[-1][0]), len(samples[-1][1]))])
        cells.append(_Row(cell, smallest, paired))
    yield from cells
    yield _over_all_lengths(model, cells, samples)


def _over_all_lengths(
    model: str, cells: list[_Row], samples: list[tuple[np.ndarray, np.ndarray]]
) -> _Row:
    """The row of all lengths: one test of the `samples` of all that are not identical."""
    rows = [cell.comparison for cell in cells]
    whole = Comparison(
        *(model, ALL, "" if samples else "identical"),
        min(row.replicates for row in rows),
        min(row.reference_replicates for row in rows),
        *[np.nan] * 3,
        float(pd.Series([row.early_difference for row in rows]).max()),
        rank_test(samples) if samples else np.nan,
        *(np.nan, ""),
    )
    smallest = smallest_p([(len(o), len(t)) for o, t in samples]) if samples else np.nan
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
    last = [final_scores(rows) for rows in (here, there)]
    medians = [float(np.median(each)) if len(each) else np.nan for each in last]
    with np.errstate(invalid="ignore"):
        difference = medians[0] - medians[1]
    counts = map(len, last)
    unknown = [np.nan] * 3
    return Comparison(model, int(length), verdict, *counts, *medians, difference, *unknown, differs)


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
