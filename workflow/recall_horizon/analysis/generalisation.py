"""Whether networks recall at other lengths than those that they were trained on."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from recall_horizon.analysis.horizons import bracket, interval
from recall_horizon.analysis.statistics import LEAST_COVERAGE, Median, median

COLUMNS = ["model", "trained_on", "threshold", "replicates", "passes", "fails", "low", "high"]
COLUMNS += ["coverage", "recalls", "memories", "timers"]
# The least correlation of answers with targets that they are said to follow, of either sign.
FOLLOWS = 0.5


class Tested(NamedTuple):
    """The networks of a model that were trained alike, at every length that they were tested at."""

    model: str
    trained_on: str
    """A length, or a curriculum: `mixed` or `growing`."""
    lengths: np.ndarray
    """Shape (L,), ascending."""
    runs: np.ndarray
    """Shape (L, n), the score of each of n replicates; −∞ of one that diverged, and of one that
    cannot read sequences of that length."""
    unread: np.ndarray
    """Shape (L,), how many replicates cannot read sequences of that length."""
    scores: Median
    """Of shape (L,)."""
    correlations: Median
    """Of answers with targets, shape (L,): a replicate that diverged or cannot read counts as 0,
    since it follows nothing; NaN of classes."""
    accuracies: Median
    """Of shape (L,); NaN of numbers."""

    @property
    def alone(self) -> bool:
        """Whether each network was trained at one length."""
        return self.trained_on.isdecimal()


def tested(transfer: pd.DataFrame, confidence: float) -> Iterator[Tested]:
    """By model and by what it was trained on: lengths ascending, then curricula."""
    failed = transfer["status"] != "ok"
    numbers, classes = (transfer[name].notna().any() for name in ("correlation", "accuracy"))
    rows = transfer.assign(
        score=transfer["score"].mask(failed, -np.inf),
        correlation=transfer["correlation"].mask(failed & numbers, 0.0),
        accuracy=transfer["accuracy"].mask(failed & classes, -np.inf),
        unread=transfer["status"] == "unread",
    )
    groups = rows.groupby(["model", "trained_on"])
    for model, trained_on in sorted(groups.groups, key=lambda key: (key[0], _place(key[1]))):
        cells = groups.get_group((model, trained_on))
        unread = cells.groupby("tested_at")["unread"].sum()
        runs, correlations, accuracies = (
            cells.pivot(index="tested_at", columns="replicate", values=column).to_numpy(dtype=float)
            for column in ("score", "correlation", "accuracy")
        )
        medians = (median(values, confidence) for values in (runs, correlations, accuracies))
        yield Tested(model, trained_on, unread.index.to_numpy(), runs, unread.to_numpy(), *medians)


def _place(trained_on: str) -> tuple[float, str]:
    """Where what networks were trained on stands in order."""
    return (int(trained_on) if trained_on.isdecimal() else np.inf, trained_on)


def transfer_summary(transfer: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """The medians of each model, by what it was trained on and the length it is tested at.

    Columns: model, trained_on, tested_at, replicates; unread, how many of them cannot read
    sequences of that length; score and correlation, the medians over replicates, each with the ends
    of its interval, which covers `coverage`: NaN where no replicate can read that length; follows,
    whether answers follow the targets, by the interval of their correlation: `yes` if it lies at
    FOLLOWS or above, `reversed` if at −FOLLOWS or below, `no` if between these, else `unclear`, as
    where it covers less than nine tenths. Of classes the correlation is NaN, and `follows` empty,
    and there are columns like those of the score of the accuracy.
    """
    found = []
    for group in tested(transfer, confidence):
        replicates = group.runs.shape[1]
        reads = group.unread < replicates
        value, low, high, coverage = group.correlations
        clear = coverage >= LEAST_COVERAGE
        rules = {"": np.isnan(value) | ~reads}
        rules |= {"yes": clear & (low >= FOLLOWS), "reversed": clear & (high <= -FOLLOWS)}
        rules |= {"no": clear & (low > -FOLLOWS) & (high < FOLLOWS)}
        named = {"score": group.scores, "correlation": group.correlations}
        if not np.isnan(group.accuracies.value).all():
            named["accuracy"] = group.accuracies
        columns = {
            **{"model": group.model, "trained_on": group.trained_on, "tested_at": group.lengths},
            **{"replicates": replicates, "unread": group.unread},
            **{
                column: np.where(reads, values, np.nan)
                for name, medians in named.items()
                for column, values in medians.columns(name).items()
            },
            "follows": np.select(list(rules.values()), list(rules), "unclear"),
            "coverage": np.where(reads, coverage, 0.0),
        }
        found.append(pd.DataFrame(columns))
    return pd.concat(found, ignore_index=True)


def generalisation(
    transfer: pd.DataFrame,
    lengths: Mapping[str, Sequence[int]],
    thresholds: Sequence[float],
    confidence: float,
) -> pd.DataFrame:
    """How far networks recall beyond what they were trained on, and what they have learned.

    A row for each model, what it was trained on, and threshold of the score. Its generalisation
    horizon is a bracket like a recall horizon, of the tested lengths from the one that it was
    trained on: passes and fails, by `Bracket`, and the ends of its interval, low and high, which
    covers `coverage`. A network trained on several lengths starts at the shortest of them. A length
    that it cannot read is a failure. `recalls` is what `kind` says of the lengths at which the
    median's interval lies above the threshold and of those at which it lies below, and `unclear`
    where intervals cover less than nine tenths. memories and timers: of how many replicates by
    themselves `kind` says so.

    No correction for the number of lengths is needed for `memory`, `timer` and `nothing`: each
    says something of every length that it names, and is wrong only if the interval of one certain
    length is, the one of which it is not true. `part` needs one length on either side, and several
    lengths make it likelier.

    Args:
        transfer: the scores of all networks at all lengths.
        lengths: those that each model was trained on.
        thresholds: of the score, at which horizons are measured.
        confidence: what intervals should cover.
    """
    rows = []
    for group in tested(transfer, confidence):
        own = [int(group.trained_on)] if group.alone else list(lengths[group.model])
        scores, beyond = group.scores, group.lengths >= min(own)
        reads = group.unread < group.runs.shape[1]
        value, low, high = (ends[beyond] for ends in scores[:3])
        for threshold in thresholds:
            ends = interval(
                group.lengths[beyond], Median(value, low, high, scores.coverage), threshold
            )
            found = "unclear"
            if scores.coverage >= LEAST_COVERAGE:
                clear = (scores.low >= threshold, scores.high < threshold)
                found = kind(group.lengths, own, group.alone, *clear, reads)
            each = [
                kind(group.lengths, own, group.alone, passes, ~passes, reads)
                for passes in (group.runs >= threshold).T
            ]
            rows.append(
                [
                    *(group.model, group.trained_on, threshold, group.runs.shape[1]),
                    *bracket(group.lengths[beyond], value >= threshold),
                    *(*ends, scores.coverage, found, each.count("memory"), each.count("timer")),
                ]
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def kind(
    lengths: np.ndarray,
    own: Collection[int],
    alone: bool,
    passes: np.ndarray,
    fails: np.ndarray,
    reads: np.ndarray,
) -> str:
    """What a network has learned, by the lengths at which it passes and those at which it fails.

    Of a network trained at one length, the first of these that holds:

    * `nothing`: it fails at its own length;
    * `memory`: it passes at its own length and every shorter one; if there is no shorter one, at
      its own and the next longer;
    * `timer`: it passes at its own length and fails at every other that it can read;
    * `part`: it passes at its own length, passes at some others that it can read, fails at some;
    * `unclear`: none of these, as where it can read no other length, or none was tested.

    Of one trained on several: `memory` if it passes at all of them, `nothing` if it fails at all of
    them, `part` if it passes at some of them and fails at some, else `unclear`.

    Args:
        lengths: shape (L,), the lengths it was tested at, ascending.
        own: those of them that it was trained on.
        alone: whether it was trained at one length.
        passes: shape (L,), where it passes.
        fails: shape (L,), where it fails; where it does neither, nothing is known.
        reads: shape (L,), which lengths it can read.
    """
    trained = np.isin(lengths, list(own))
    if fails[trained].all():
        return "nothing"
    if not alone:
        if passes[trained].all():
            return "memory"
        return "part" if passes[trained].any() and fails[trained].any() else "unclear"
    if not passes[trained].all():
        return "unclear"
    shorter, longer = lengths < min(own), lengths > min(own)
    needed = shorter if shorter.any() else longer & (np.cumsum(longer) == 1)
    if needed.any() and passes[needed].all():
        return "memory"
    others = (shorter | longer) & reads
    if others.any() and fails[others].all():
        return "timer"
    return "part" if passes[others].any() and fails[others].any() else "unclear"
