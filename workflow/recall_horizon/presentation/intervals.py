"""Values with their intervals, horizons and lists, as people read them. Nothing is decided here."""

import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pandas as pd

from recall_horizon.presentation.quantities import number


def with_interval(row: Mapping[str, Any], column: str) -> str:
    """A value of a table's row with its interval: `0.512 [0.498, 0.530]`.

    One replicate has no interval, and its value stands alone.
    """
    value, low, high = (row[f"{column}{end}"] for end in ("", "_low", "_high"))
    if math.isnan(low) or math.isnan(high):
        return number(value)
    return f"{number(value)} [{number(low)}, {number(high)}]"


def bracket(passes: float, fails: float) -> str:
    """The longest length that passes and the first that fails: `10–20`, `< 5`, `≥ 100`."""
    if math.isinf(fails):
        return f"≥ {passes:.0f}"
    return f"{passes:.0f}–{fails:.0f}" if passes else f"< {fails:.0f}"


def horizon_text(row: Mapping[str, Any]) -> str:
    """A horizon with its interval: `20–50 [10, 50)`, or `≥ 100 [50, ∞)`.

    One beyond the lengths tested stands alone where its interval says no more.
    """
    value, low, high = bracket(row["passes"], row["fails"]), row["low"], row["high"]
    beyond = not row["passes"] or math.isinf(row["fails"])
    if math.isnan(low) or (beyond and (low, high) == (row["passes"], row["fails"])):
        return value
    return f"{value} [{low:.0f}, {number(high) if math.isinf(high) else f'{high:.0f}'})"


def lengths_text(lengths: Iterable[int], among: Collection[int]) -> str:
    """Lengths as words: `T = 5 and 20`, `T = 10 to 100`, `every length tested`.

    Three neighbours `among` the lengths tested, or more, are given by the first and the last.
    """
    tested, left = sorted(among), sorted(lengths)
    if len(left) == len(tested) > 1:
        return "every length tested"
    parts = []
    while left:
        start = tested.index(left[0])
        run = [a for a, b in zip(left, tested[start:], strict=False) if a == b]
        parts += [f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run)
        left = left[len(run) :]
    return f"T = {listed(parts)}"


def with_replicates(label: str, summary: pd.DataFrame, model: str) -> str:
    """The label of a model, with its number of replicates if it is not that of most models, such
    as `LSTM (3 replicates)`."""
    numbers = summary.groupby("model")["replicates"].max()
    own = numbers[model]
    if list(numbers.mode()) == [own]:
        return label
    return f"{label} ({own} replicate{'s' if own != 1 else ''})"


def listed(texts: Iterable[str]) -> str:
    """`A, B and C`, or `A, b; C; and D` where a text holds a comma; nothing of none."""
    *most, last = [*texts] or [""]
    if not most:
        return last
    if any("," in text for text in (*most, last)):
        return f"{'; '.join(most)}; and {last}"
    return f"{', '.join(most)} and {last}"
