"""The memory function: what is recalled of each element, how far back it lies."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from recall_horizon.config.look import Look
from recall_horizon.presentation.figures import marks, style

TABLES = ("memory", "models")
ORDER = 8.5
TITLE = "The memory function"
CAPTION = (
    "The held-out {score} of each of the numbers that are asked at once: medians over replicates, "
    "bands their intervals. Beside each name: the memory capacity, the median of their sums, and "
    "the most that it can be, also dotted."
)
ALT = (
    "A line chart for each model of the held-out {score} against the delay, with the memory "
    "capacity and its bound."
)


def draw(tables: dict[str, pd.DataFrame], look: Look) -> Figure:
    """R² against delay at the longest delay that is asked, a panel a model."""
    table = tables["memory"]
    longest = table[table["tested_at"] == table.groupby("model")["tested_at"].transform("max")]
    rows = {m: cells.sort_values("answer") for m, cells in longest.groupby("model")}
    most = {model: _most(tables["models"], model, len(rows[model])) for model in look.models}
    labels = {
        model: f"{look.labels[model]}: {rows[model]['capacity'].iloc[0]:.1f} of {most[model]:g}"
        for model in look.models
    }
    lowest = max(min(longest[["score", "score_low"]].min(axis=None), 0), marks.FLOOR)
    named = look._replace(labels=labels)
    figure, panels = style.panels(named, "delay", f"held-out {look.words['score']}", row=1.5)
    for model, axes in panels.items():
        delay, colour = rows[model]["answer"], marks.line_of(model, look)["color"]
        value, low, high = marks.ends(rows[model], "score", marks.FLOOR)
        marks.score_axis(axes, look)
        axes.set_ylim(bottom=lowest - 0.05)
        axes.fill_between(delay, low, high, color=colour, alpha=0.25, lw=0)
        axes.fill_between(delay, 0, np.maximum(value, 0), color=colour, alpha=0.12, lw=0)
        axes.plot(delay, value, color=colour, lw=1.4)
        axes.set_xlim(0, delay.max())
        if most[model] < len(delay):
            axes.axvline(most[model], color=style.INK, lw=0.8, ls=":")
    return figure


def _most(models: pd.DataFrame, model: str, numbers: int) -> float:
    """The greatest memory capacity of a model: all numbers, unless its ceiling says fewer."""
    ceiling = models.loc[models["model"] == model, "score_ceiling"].iloc[-1]
    return numbers if pd.isna(ceiling) else round(numbers * ceiling, 6)
