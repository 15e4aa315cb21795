"""The horizon with more training: that of every model against the steps of Adam."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from recall_horizon.presentation.figures import style
from recall_horizon.presentation.growth import GROWS, growth_of

TABLES = ("budgets", "growth", "datasets")
ORDER = 3
TITLE = "The horizon with more training"
CAPTION = (
    "The recall horizon, at the highest threshold of {score}, against the steps of Adam, both "
    "logarithmic: a line a model, bars its bootstrap intervals over replicates. Where batch sizes "
    "are selected for each length, steps are those of the smallest. The shaded strips hold what "
    "lies beyond the lengths tested, as open triangles: there a line only says that the horizon "
    "is shorter, or at least as long. Those of a model with fewer lengths stand at its own "
    "shortest or longest, where its bars end, too. An arrow marks a horizon that the last doubling "
    "of the budget made clearly longer: with more training it may reach further. Untrained models, "
    "at 0 steps, have no place on a logarithmic axis. Grey and dotted: controls. Drawn from "
    "tables/budgets.csv and tables/growth.csv, over the lengths of tables/datasets.csv."
)
ALT = (
    "Line chart of the recall horizon against the steps of training, both logarithmic, with a "
    "line for each model, named at its right end; controls in grey."
)

STRIP = 0.13  # of the axis: the height of the strips of what lies beyond the lengths tested
DODGE = 1.008  # the models' points are side by side
APART = 1.3  # the least factor between two ticks of steps
ENDS = (("horizon", "censoring"), ("low", "low_censoring"), ("high", "high_censoring"))


def draw(tables: dict[str, pd.DataFrame], look: style.Look) -> Figure:
    """Horizon against steps, a line a model, at the highest threshold."""
    rows = tables["budgets"]
    threshold = rows["threshold"].max()
    rows = rows[(rows["threshold"] == threshold) & (rows["steps"] > 0)]
    lengths = sorted(set(tables["datasets"]["length"]))
    figure, axes = style.subplots(height=4.6)
    bottom, top, strip = _lengths(axes, lengths)
    _steps(axes, sorted(set(rows["steps"])))
    # In a strip each model has a lane: the headline at the top.
    lanes = np.linspace(0.85, 0.15, len(look.models)) if len(look.models) > 1 else [0.5]
    ends = []
    for i, model in enumerate(look.models):
        cells = rows[rows["model"] == model].sort_values("steps")
        if cells.empty:
            continue
        beyond = {"below": bottom - strip * (1 - lanes[i]), "above": top + strip * lanes[i]}
        # What a model with fewer lengths leaves open is drawn at its own shortest or longest.
        value, low, high = (
            np.where(
                cells[end].between(lengths[0], lengths[-1], inclusive="neither")
                | (cells[kind] == "none"),
                np.log(cells[end]),
                cells[kind].map(beyond),
            )
            for end, kind in ENDS
        )
        control = model in look.controls
        colour = style.GREY if control else look.colours[model]
        x = cells["steps"].to_numpy() * DODGE ** (i - len(look.models) / 2)
        axes.vlines(x, low, high, color=colour, lw=1, alpha=0.45, zorder=2)
        inside = (cells["censoring"] == "none").to_numpy()
        for j in range(len(x) - 1):
            axes.plot(
                x[j : j + 2],
                value[j : j + 2],
                ":" if control else "-",
                color=colour,
                lw=1.7 if inside[j : j + 2].all() and not control else 0.8,
                zorder=2 if control else 3,
            )
        marker = style.MARKERS[i % len(style.MARKERS)]
        axes.plot(x[inside], value[inside], marker, color=colour, ms=4, zorder=4)
        for kind, triangle in (("below", "v"), ("above", "^")):
            there = (cells["censoring"] == kind).to_numpy()
            axes.plot(x[there], value[there], triangle, color=colour, ms=4, mfc="white", zorder=4)
        grows = growth_of(tables, model, threshold) == GROWS
        ends.append((x[-1], value[-1], f"{look.labels[model]}{' ↗' if grows else ''}", colour))
    if ends:
        style.label_ends(axes, ends)
    axes.set_ylabel(f"recall horizon T at {look.words['score']} ≥ {threshold:g} (log scale)")
    axes.set_title("The recall horizon against the training budget", weight="bold")
    return figure


def _lengths(axes: Axes, lengths: list[int]) -> tuple[float, float, float]:
    """The vertical axis, of log length: where the lengths tested begin and end, and how high the
    strips beyond them are."""
    bottom, top = np.log(lengths[0]), np.log(lengths[-1])
    strip = STRIP / (1 - 2 * STRIP) * (top - bottom) or 1.0
    axes.set_ylim(bottom - strip, top + strip)
    for low, high in ((bottom - strip, bottom), (top, top + strip)):
        axes.axhspan(low, high, color=style.GREY, alpha=0.1, lw=0)
    places = [bottom - strip / 2, *np.log(lengths), top + strip / 2]
    axes.set_yticks(places, [f"< {lengths[0]}", *map(str, lengths), f"≥ {lengths[-1]}"])
    return bottom, top, strip


def _steps(axes: Axes, steps: list[int]) -> None:
    """The horizontal axis, ticked where horizons are known, as far as there is room."""
    ticks: list[int] = []
    for step in reversed(steps):
        if not ticks or ticks[-1] / step >= APART:
            ticks.append(step)
    axes.set_xscale("log")
    axes.set_xticks(ticks, [f"{step:,}" for step in ticks])
    axes.xaxis.set_minor_locator(NullLocator())
    if steps:
        axes.set_xlim(steps[0] / 1.2, steps[-1] * 1.2)
    axes.set_xlabel("steps of Adam (log scale)")
