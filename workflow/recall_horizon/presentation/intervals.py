"""Values with their intervals: as sentences show them, compared, and listed.

A claim is decided by the intervals that its sentence cites, as they are shown: better and worse,
longer and shorter, rises and falls are said of intervals that lie apart, and where intervals
overlap neither is. One replicate has no interval; of it only values are said.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from recall_horizon.presentation.quantities import as_shown, number

UNDECIDED = "can neither be confirmed nor refuted with these data"


def with_interval(row: pd.Series, column: str) -> str:
    """A value of a summary row with its interval: `0.512 [0.498, 0.530]`."""
    value, low, high = (row[f"{column}{end}"] for end in ("", "_low", "_high"))
    if np.isnan(low) or np.isnan(high):
        return number(value)
    return f"{number(value)} [{number(low)}, {number(high)}]"


def horizon_text(row: pd.Series) -> str:
    """A horizon with its interval, honestly censored: `14 [11, 18]`, `≥ 100 [62, ≥ 100]`; `≥ 100`
    where both ends are that, too, and `14` of one replicate, which has no interval."""
    ends = [(row["horizon"], row["censoring"])]
    if not np.isnan(row["low"]):
        ends += [(row[end], row[f"{end}_censoring"]) for end in ("low", "high")]
    signs = {"below": "< ", "above": "≥ ", "none": ""}
    value, *interval = (f"{signs[kind]}{length:.0f}" for length, kind in ends)
    whole = row["censoring"] != "none" and set(interval) == {value}
    return value if whole or not interval else f"{value} [{', '.join(interval)}]"


def unusual_replicates(summary: pd.DataFrame, model: str) -> str:
    """The number of replicates of a model, such as `3 replicates`; nothing where it is that of most
    models in the table."""
    numbers = summary.groupby("model")["replicates"].max()
    own = numbers[model]
    return "" if list(numbers.mode()) == [own] else f"{own} replicate{'s' if own != 1 else ''}"


def with_replicates(label: str, summary: pd.DataFrame, model: str) -> str:
    """The label of a model, with its number of replicates if it is not that of most models."""
    number = unusual_replicates(summary, model)
    return f"{label} ({number})" if number else label


# The ends of an interval: numbers, or pairs of them that compare in order.
Interval = tuple[Any, Any]


def interval(row: pd.Series, column: str) -> Interval:
    """The interval of a value of a summary row, as sentences show it: NaN of one replicate."""
    return as_shown(row[f"{column}_low"]), as_shown(row[f"{column}_high"])


def exactly(value: float) -> Interval:
    """The interval of a value that is known."""
    return as_shown(value), as_shown(value)


def reach_of(row: pd.Series) -> Interval:
    """The interval of a horizon, as `horizon_text` shows it: `< 5` may be anything below 5, and
    `≥ 100` anything from there on, since others may have longer lengths. NaN of one replicate.
    """
    if np.isnan(row["low"]):
        return (np.nan, 0), (np.nan, 0)
    low, high = round(row["low"]), round(row["high"])
    return (
        (-np.inf if row["low_censoring"] == "below" else low, 0),
        (
            np.inf if row["high_censoring"] == "above" else high,
            -1 if row["high_censoring"] == "below" else 0,
        ),
    )


def side(one: Interval, other: Interval) -> int:
    """1 where `one` lies wholly above `other`, −1 where wholly below, 0 where they meet."""
    return int(one[0] > other[1]) - int(one[1] < other[0])


def within(one: Interval, least: float, most: float) -> int:
    """1 where `one` lies wholly from `least` to `most`, −1 where wholly outside, 0 otherwise."""
    inside = least <= one[0] and one[1] <= most
    return int(inside) - int(one[1] < least or one[0] > most)


def solved(row: pd.Series, column: str, solved_score: float) -> int:
    """1 where the whole interval is at least `solved_score`, −1 where all is below, 0 otherwise."""
    return within(interval(row, column), solved_score, np.inf)


def cases(verbs: dict[int, str], told: list[tuple[int, str]]) -> str:
    """What is `told`, (case, text) each, by case: `rises at A and B; falls at C`."""
    by_case = {case: [text for of, text in told if of == case] for case in verbs}
    return "; ".join(f"{verbs[case]} {listed(texts)}" for case, texts in by_case.items() if texts)


def listed(texts: Iterable[str]) -> str:
    """`A, B and C`."""
    *most, last = texts
    return f"{', '.join(most)} and {last}" if most else last
