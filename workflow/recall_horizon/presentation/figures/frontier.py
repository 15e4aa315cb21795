"""Recall against state: how far models of several sizes remember, and what that costs."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recall_horizon.config.look import Look
from recall_horizon.config.widths import OF_WIDTH
from recall_horizon.presentation.figures import marks, style

TABLES = ("frontier",)
ORDER = 3.5
TITLE = "Recall against state"
CAPTION = (
    "The recall horizon of models of several sizes, against the numbers kept of what was read, the "
    "parameters, and the elements read in training; all scales are logarithmic. Bars: intervals. "
    "Grey steps: the longest horizon with that much or less."
)
ALT = (
    "Three charts of the recall horizon against state, parameters and elements read in training, a "
    "line for each model of several sizes."
)

COSTS = {
    "state": "state: numbers kept",
    "parameters": "parameters",
    "elements": "elements read in training",
}


def draw(tables: dict[str, pd.DataFrame], look: Look) -> Figure:
    """A line a family, a point a size, at the highest threshold of the score."""
    table = tables["frontier"]
    table = table[table["threshold"] == table["threshold"].max()]
    costs = [cost for cost in COSTS if table[cost].nunique() > 1] or list(COSTS)[:1]
    wide = style.width() > style.NARROW
    shape = (1, len(costs)) if wide else (len(costs), 1)
    height = 3.2 if wide else 0.6 + 2.6 * len(costs)
    figure, grid = style.subplots(*shape, height=height, sharey=True, squeeze=False)
    heights, handles = _heights(table), {}
    of = dict(zip(table["model"], table["family"], strict=True))
    families = list(dict.fromkeys(of[model] for model in look.models if model in of))
    for cost, axes in zip(costs, grid.flat, strict=True):
        for place, family in enumerate(families):
            rows = table[table["family"] == family].dropna(subset=[cost]).sort_values(cost)
            line = {"color": look.colours[next(iter(rows["model"]), look.models[0])]}
            line |= {"marker": marks.MARKERS[place % len(marks.MARKERS)]}
            low = [_up_to(heights, end) for end in rows["low"].fillna(rows["passes"])]
            high = [_up_to(heights, end, True) for end in rows["high"].fillna(rows["fails"])]
            axes.vlines(rows[cost], low, high, color=line["color"], lw=1, alpha=0.4)
            reached = [_up_to(heights, end) for end in rows["passes"]]
            (handle,) = axes.plot(rows[cost], reached, ms=4, lw=1.2, **line)
            if len(rows):
                handles[family] = handle
                handle.set_label(_named(rows, look))
        _frontier(axes, table.dropna(subset=[cost]), cost, heights)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel(COSTS[cost])
        axes.set_ylim(heights[0] / 1.15, heights[-1] * 1.15)
        axes.set_yticks(heights, ["none", *(f"{length:g}" for length in heights[1:])])
        axes.yaxis.minorticks_off()
    figure.supylabel(f"recall horizon ({look.words['length']})", fontsize=9)
    style.legend(figure, list(handles.values()))
    return figure


def _heights(table: pd.DataFrame) -> list[float]:
    """Where horizons are drawn: "none", half of the shortest length, and the tested lengths."""
    ends = {*table["passes"], *table["fails"]} - {0.0, np.inf}
    return [min(ends) / 2, *sorted(ends)]


def _up_to(heights: list[float], end: float, strictly: bool = False) -> float:
    """The highest of `heights` up to an end of a horizon, or before it."""
    reached = [at for at in heights if at < end or (at == end and not strictly)]
    return max(reached, default=heights[0])


def _frontier(axes: Axes, table: pd.DataFrame, cost: str, heights: list[float]) -> None:
    """The furthest horizon of any model that costs no more."""
    rows = table.sort_values([cost, "passes"])
    furthest = np.maximum.accumulate([_up_to(heights, end) for end in rows["passes"]])
    axes.step(rows[cost], furthest, where="post", color=style.GREY, lw=5, alpha=0.25, zorder=0)


def _named(rows: pd.DataFrame, look: Look) -> str:
    """What a family is called: what the labels of its models say before their widths."""
    labels = [look.labels[model] for model in rows["model"]]
    names = {label.rpartition(OF_WIDTH)[0] for label in labels}
    if len(labels) == 1:
        return labels[0]
    name = names.pop()
    return style.literal(rows["family"].iloc[0]) if names or not name else name
