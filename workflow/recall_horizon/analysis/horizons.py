"""The recall horizon: how far back a model remembers, as a bracket of tested lengths."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from recall_horizon.analysis.replicates import by_replicate
from recall_horizon.analysis.statistics import (
    LEAST_COVERAGE,
    Median,
    median,
    opposite,
    ranked_apart,
)


class Bracket(NamedTuple):
    """A horizon: the longest length up to which every length passes, and the first that does not.

    `passes` is 0 where even the shortest length fails, `fails` infinite where all pass. A horizon
    lies from `passes` on and before `fails`: nothing is known between two tested lengths.
    """

    passes: float
    fails: float


def bracket(lengths: np.ndarray, passed: np.ndarray) -> Bracket:
    """The horizon of `lengths`, ascending, of which those `passed`; both of shape (L,)."""
    number = int(np.minimum.accumulate(passed).sum())
    ends = [0.0, *map(float, lengths), np.inf]
    return Bracket(ends[number], ends[number + 1])


def interval(lengths: np.ndarray, scores: Median, threshold: float) -> tuple[float, float]:
    """Where a horizon lies: from the first end on, and before the second.

    The first is the longest length up to which every length clearly passes: its interval's low end
    does. The second is the first length from which on every length clearly fails: its interval's
    high end does. Each is wrong only if the interval of one certain length is (that of the first
    length that truly fails, or, testing from the longest length down, that of the last that truly
    passes), so both together cover what one median's interval covers, for any number of lengths.

    Returns:
        Lengths, 0 and infinity; NaN of one replicate, which says nothing of its spread.
    """
    if scores.coverage == 0:
        return float("nan"), float("nan")
    low = bracket(lengths, scores.low >= threshold).passes
    failing = np.minimum.accumulate((scores.high < threshold)[::-1])[::-1]
    ends = [*map(float, lengths), np.inf]
    return low, ends[len(lengths) - int(failing.sum())]


class Horizon(NamedTuple):
    """The horizon of one model at one threshold after one epoch."""

    model: str
    threshold: float
    epoch: int
    lengths: np.ndarray
    """Shape (L,), ascending."""
    runs: np.ndarray
    """Shape (L, n), the score of each of n replicates at each length."""
    scores: Median
    """Of shape (L,)."""

    @property
    def bracket(self) -> Bracket:
        """That of the median scores."""
        return bracket(self.lengths, self.scores.value >= self.threshold)

    def described(self) -> dict[str, Any]:
        """Its columns in the tables of horizons and of budgets."""
        low, high = interval(self.lengths, self.scores, self.threshold)
        return {
            "replicates": self.runs.shape[1],
            **self.bracket._asdict(),
            "low": low,
            "high": high,
            "coverage": self.scores.coverage,
        }


def measure(
    losses: pd.DataFrame, thresholds: list[float], confidence: float
) -> Iterator[list[Horizon]]:
    """For each model and threshold its horizon after each evaluated epoch, ascending."""
    scores = by_replicate(losses)["score"]
    for model in sorted(set(losses["model"])):
        cells = scores.reset_index()
        cells = cells[cells["model"] == model].sort_values(["epoch", "length"])
        lengths = np.sort(cells["length"].unique())
        replicates = list(cells[scores.columns].dropna(axis="columns").columns)
        for threshold in thresholds:
            row = []
            for epoch, at in cells.groupby("epoch"):
                runs = at[replicates].to_numpy()
                found = median(runs, confidence)
                row.append(Horizon(model, threshold, int(epoch), lengths, runs, found))
            yield row


def horizons(
    losses: pd.DataFrame,
    thresholds: list[float],
    confidence: float,
    headline: str,
    shared: Collection[str] = (),
) -> pd.DataFrame:
    """The recall horizon of each model after its last epoch, next to that of the headline.

    Columns: model, threshold (of the score), replicates; passes and fails, by `Bracket`; low and
    high, the ends of its interval, which covers `coverage`; versus_headline, `longer` or `shorter`
    where `versus` says so, `unclear`, or `headline`. `shared` are the models each of whose networks
    is tested at several lengths.
    """
    last = [by_epoch[-1] for by_epoch in measure(losses, thresholds, confidence)]
    rows = [{"model": at.model, "threshold": at.threshold, **at.described()} for at in last]
    table = pd.DataFrame(rows)
    others = table["model"].nunique() - 1
    own = table[table["model"] == headline].set_index("threshold")
    table["versus_headline"] = [
        "headline"
        if row["model"] == headline
        else versus(
            row,
            own.loc[row["threshold"]],
            others,
            confidence,
            shared=not {row["model"], headline}.isdisjoint(shared),
        )
        for row in rows
    ]
    return table


def versus(
    one: Mapping[str, Any],
    other: Any,
    comparisons: int,
    confidence: float,
    shared: bool = False,
) -> str:
    """Whether the horizon `one` is `longer` or `shorter` than another, or it is `unclear`.

    It is longer where their intervals do not overlap: up to some length one clearly passes
    everywhere, and from there on the other clearly fails everywhere. For all `comparisons` together
    this should be as likely as 1 − `confidence` at most (Bonferroni), of two models with the same
    distribution of scores at each length, and in either direction; else, and where an interval
    covers less than nine tenths, it is unclear.

    How likely it is depends on whether lengths have replicates of their own. If they have, it is
    what `opposite` says for one length: at several, chance has to go the same way each time.

    It is likelier if networks are `shared`, which are tested at several lengths: there, one lucky
    network is lucky at all of them. `ranked_apart` says how likely it is at most, for any
    dependence between lengths, of either model or both, and for any number of lengths. Let a
    replicate pass at length L with probability p(L), let P(L) be the least of these up to L, G(p)
    the probability that enough of n replicates pass, and F(p) that enough of m fail; low and high
    are ends of the intervals of the two models, which are independent of each other. Then

        P(low ≥ L) ≤ G(P(L)), and P(high ≤ L) ≤ F(p(L)) ≤ F(P(L)),

    and since P falls with L and F falls with p,

        P(low ≥ high) = Σ P(low = L) P(high ≤ L) ≤ Σ [G(P(L)) − G(P(L'))] F(P(L)) ≤ ∫ F dG,

    with L' the length after L. G is the distribution function of the largest but k − 1 of n uniform
    values, and 1 − F that of the smallest but j − 1 of m others. So the integral is the probability
    that the latter exceeds the former: that of a certain order of ranks. Networks that each recall
    up to a length of their own come as near to it as their lengths are many.
    """
    replicates = int(one["replicates"]), int(other["replicates"])
    apart = ranked_apart if shared else opposite
    by_chance = 2 * comparisons * apart(replicates, confidence)
    if min(one["coverage"], other["coverage"]) < LEAST_COVERAGE or by_chance > 1 - confidence:
        return "unclear"
    if one["low"] >= other["high"]:
        return "longer"
    return "shorter" if one["high"] <= other["low"] else "unclear"
