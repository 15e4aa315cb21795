"""What figures draw alike: axes of scores, lengths and steps, medians, labels. Not a figure."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from recall_horizon.config.look import Look
from recall_horizon.presentation.figures.style import GREY, INK

FAINT = "#c4c4c4"
MARKERS = "osD^vPX<>*h"
FLOOR = -0.35  # of scores: those below are drawn here, at the frame's edge
LABEL_SIZE = 8  # of the names at lines' ends, in points
PANEL_TICKS = 4  # lengths or steps that a panel has room to name


def shades(values: Iterable[int]) -> dict[int, tuple[float, ...]]:
    """A colour for each of `values`, from light to dark, also in greyscale: viridis, cropped."""
    values = sorted(set(values))
    places = np.linspace(0.15, 0.95, len(values))
    return {v: mpl.colormaps["viridis_r"](x) for v, x in zip(values, places, strict=True)}


def length_handles(colours: Mapping[int, Any]) -> list[Line2D]:
    """What a legend shows of lines that have a colour for each length."""
    return [Line2D([], [], color=c, label=f"T = {length}") for length, c in colours.items()]


def line_of(model: str, look: Look) -> dict[str, Any]:
    """How a model's line is drawn: with a marker of its own; a control is grey and dotted."""
    marker = MARKERS[look.models.index(model) % len(MARKERS)]
    if model in look.controls:
        return {"color": GREY, "ls": ":", "marker": marker}
    return {"color": look.colours[model], "ls": "-", "marker": marker}


def ends(
    rows: pd.DataFrame, column: str, low: float | None = None, high: float | None = None
) -> list[pd.Series]:
    """A column of medians, and those of their intervals' ends, clipped to the frame."""
    return [rows[f"{column}{end}"].clip(low, high) for end in ("", "_low", "_high")]


def medians(axes: Axes, x: Any, rows: pd.DataFrame, column: str, **line: Any) -> Line2D:
    """Draw a score's medians at `x`, and their intervals as bars."""
    value, low, high = ends(rows, column, FLOOR)
    axes.vlines(x, low, high, color=line["color"], lw=1, alpha=0.6)
    return axes.plot(x, value, **{"ms": 4, "lw": 1.4, "zorder": 3, **line})[0]


def score_axis(axes: Axes, look: Look, by_length: bool = False) -> list[Line2D]:
    """The vertical axis of a score, with a line at chance and at each level that the task names;
    what a legend shows of the latter. A level that depends on the length is a curve, where the
    other axis is the length."""
    axes.axhline(0, color=GREY, lw=0.8, ls=":")
    axes.set_ylim(FLOOR - 0.05, 1.07)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    styles = ((0, (8, 2)), (0, (4, 2)), (0, (2, 1)))
    lines = []
    for (name, score), style in zip(look.levels.items(), cycle(styles), strict=False):
        line = {"color": INK, "lw": 0.7, "ls": style}
        if not isinstance(score, dict):
            lines.append(axes.axhline(score, label=f"{score:.2f}: {name}", **line))
        elif by_length:
            lines += axes.plot(list(score), list(score.values()), label=name, **line)
    return lines


def length_axis(axes: Axes, lengths: list[int], most: int | None = None) -> None:
    """A logarithmic axis, ticked at the lengths that were run, at `most` of them at most."""
    ticks = lengths[:: -(-len(lengths) // most)] if most else lengths
    axes.set_xscale("log")
    axes.set_xticks(ticks, [str(length) for length in ticks])
    axes.xaxis.minorticks_off()
    axes.set_xlim(min(lengths) / 1.25, max(lengths) * 1.25)


def rank(values: Any, lengths: list[int], longest: int | None = None) -> np.ndarray:
    """The place of a horizon's ends on an axis of tested `lengths` at equal distances: 0 is below
    the first, and infinity one place beyond the last, or beyond a model's own `longest`."""
    values, last = np.asarray(values, dtype=float), longest or lengths[-1]
    places = np.interp(np.minimum(values, last), [0, *lengths], range(len(lengths) + 1))
    return places + np.isinf(values)


def spread(values: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """`values` moved at least `gap` apart, as little as possible, within `low` to `high`.

    Pools of values that would collide share their excess (isotonic regression), so that labels
    stay in order and near what they name.
    """
    order = np.argsort(values, kind="stable")
    offsets = np.arange(len(values)) * gap
    pools: list[list[float]] = []  # of shifted values that share one place
    for target in np.asarray(values, dtype=float)[order] - offsets:
        pools.append([target])
        while len(pools) > 1 and np.mean(pools[-2]) > np.mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    places = np.concatenate([[np.mean(pool)] * len(pool) for pool in pools])
    places = np.clip(places, low, max(low, high - offsets[-1])) + offsets
    result = np.empty(len(values))
    result[order] = places
    return result.tolist()


def label_ends(axes: Axes, ends: list[tuple[float, float, str, str]]) -> None:
    """Name lines at their right ends, (x, y, text, colour) each, without overlaps.

    A thin line leads from a line's end to its name if the name had to be moved. Call this when the
    axes' limits are final.
    """
    low, high = axes.get_ylim()
    height = axes.figure.get_size_inches()[1] * 72 * 0.8  # of the axes, in points, roughly
    gap = 1.25 * LABEL_SIZE / height * (high - low)
    places = spread([y for _, y, _, _ in ends], gap, low, high)
    for (x, y, text, colour), place in zip(ends, places, strict=True):
        axes.annotate(
            text,
            (x, y),
            xytext=(1.03, (place - low) / (high - low)),
            textcoords="axes fraction",
            color=colour,
            fontsize=LABEL_SIZE,
            va="center",
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "lw": 0.6, "shrinkA": 0, "shrinkB": 3},
        )
