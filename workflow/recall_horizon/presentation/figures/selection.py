"""Which settings were tried, how they scored on the validation split, which were chosen."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from recall_horizon.config.look import Look
from recall_horizon.presentation.figures import marks, style
from recall_horizon.presentation.settings import keys, setting

TABLES = ("selection",)
ORDER = 8
TITLE = "Training settings tried and chosen"
CAPTION = (
    "The {score} of every candidate on the validation split, a row a model, a column a length: "
    "medians over search replicates, bars intervals. Rings mark the chosen ones."
)
ALT = (
    "A grid of small charts, a row per model and a column per {length}, of the validation score of "
    "each candidate; a ring marks the chosen one."
)

NAME_SHARE = 0.15  # of the width: what a model's name may take
GRID_HEIGHT = 6.8  # inches, at most
ROW_HEIGHT = 0.9  # inches, at most
SPREAD = 0.8  # of the distance between two values: over which candidates that share one are spread
RING = {"color": style.INK, "ms": 6.5, "mew": 0.9, "mfc": "none"}


def draw(tables: dict[str, pd.DataFrame], look: Look) -> Figure:
    """Validation scores against the setting with the most values, a row a model."""
    table = tables["selection"]
    names = keys(table)
    across = max(names, key=lambda key: (table[key].nunique(dropna=False), key == "learning_rate"))
    others = [key for key in names if key != across]
    # None, without a bound, is above all others.
    table = table.sort_values(others).assign(value=table[across].astype(object).fillna(np.inf))
    table["group"] = [_text(row, others) for row in table.to_dict("records")]
    values, lengths = sorted(set(table["value"])), sorted(set(table["length"]))
    handles, lines = _groups(table)
    height = 1.3 + min(ROW_HEIGHT * len(look.models), GRID_HEIGHT)
    figure, grid = style.grid(len(look.models), len(lengths), height)
    for model, row in zip(look.models, grid, strict=True):
        name = row[0].set_ylabel(look.labels[model], fontsize=7.5, weight="bold", rotation=0)
        name.set(ha="right", va="center")
        style.fit(name, NAME_SHARE * figure.bbox.width)
        for length, axes in zip(lengths, row, strict=True):
            levels = marks.score_axis(axes, look)
            cells = table[(table["model"] == model) & (table["length"] == length)]
            for place, (group, line) in enumerate(lines.items()):
                shown = cells[cells["group"] == group]
                shift = SPREAD * ((place + 0.5) / len(lines) - 0.5)
                x = np.array([values.index(value) + shift for value in shown["value"]])
                marks.medians(axes, x, shown, "score", ls="", **line)
                chosen = shown["chosen"].to_numpy()
                axes.plot(x[chosen], shown["score"][chosen].clip(marks.FLOOR), "o", **RING)
            axes.set_xticks(range(len(values)), [setting(across, v) for v in values], rotation=90)
            axes.set_xlim(-0.6, len(values) - 0.4)
            axes.set_yticks([0, 0.5, 1], ["0", "½", "1"])
            axes.set_ylim(marks.FLOOR - 0.15, 1.3)
            axes.tick_params(labelsize=7)
    for length, axes in zip(lengths, grid[-1], strict=True):
        axes.set_xlabel(f"T = {length}", fontsize=8)
    figure.supxlabel(f"{across.replace('_', ' ')}, for each {look.words['length']} T", fontsize=9)
    figure.supylabel(f"validation {look.words['score']} (median)", fontsize=9)
    style.legend(figure, [*handles, *levels])
    return figure


def _text(row: dict[str, Any], settings: list[str]) -> str:
    return ", ".join(f"{key.replace('_', ' ')}: {setting(key, row[key])}" for key in settings)


def _groups(table: pd.DataFrame) -> tuple[list[Line2D], dict[str, dict[str, Any]]]:
    """What a legend shows of candidates that agree in what the axis does not show, named with the
    steps that they spend; and the colour and marker of each."""
    groups = list(table.groupby("group", sort=False))
    colours, handles, lines = marks.shades(range(len(groups))), [], {}
    for place, (group, rows) in enumerate(groups):
        label = group or "candidates"
        if "steps" in rows:  # older tables lack them
            ends = sorted({rows["steps"].min(), rows["steps"].max()})
            spent = f"{' to '.join(f'{steps:,}' for steps in ends)} steps of Adam"
            label = f"{group} · {spent}" if group else spent
        marker = marks.MARKERS[place % len(marks.MARKERS)]
        lines[group] = {"color": colours[place], "marker": marker, "ms": 3}
        handles.append(Line2D([], [], ls="", label=label, **lines[group]))
    return handles, lines
