"""Which settings were tried, how they scored on the validation split, which were chosen."""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from recall_horizon.presentation.figures import style
from recall_horizon.presentation.settings import keys, setting

TABLES = ("selection",)
ORDER = 8
TITLE = "Training settings tried and chosen"
CAPTION = (
    "The {score} on the validation split (interquartile mean over search replicates) of every "
    "value that was tried of a training setting, that with the most values, for each model and "
    "{length}; where other settings were tried as well, the best of them counts. Scores "
    "below 0 have the colour of 0: chance. A ring marks the value that was chosen. Where the ring "
    "is in the top or the bottom row, a better value may lie beyond those that were tried, but "
    "none beyond a full batch or no clipping. Drawn from tables/selection.csv."
)
ALT = (
    "Small charts, one per model, of a training setting against {length}; the colour of "
    "each cell is the validation score, and a ring marks the chosen cell."
)

FLOOR = 0.0  # scores at chance and below look the same


def draw(tables: dict[str, pd.DataFrame], look: style.Look) -> Figure:
    """The validation score by the setting with the most values and length, one panel per model."""
    table = tables["selection"]
    lengths = sorted(set(table["length"]))
    key = max(keys(table), key=lambda k: (table[k].nunique(dropna=False), k == "learning_rate"))
    # None, without a bound, is above all others.
    table = table.assign(value=table[key].astype(float).fillna(np.inf))
    values = sorted(set(table["value"]))
    name, row = key.replace("_", " "), 0.4 + 0.17 * len(values)
    figure, panels = style.panels(look, f"{look.words['length']} T", name, row, around=1.2)
    colours = mpl.colors.Normalize(FLOOR, 1.0)
    for model, axes in panels.items():
        cells = table[table["model"] == model]
        scores = cells.pivot_table(index="value", columns="length", values="score", aggfunc="max")
        scores = scores.reindex(index=values, columns=lengths)
        image = axes.pcolormesh(
            np.clip(scores.to_numpy(), FLOOR, 1.0),
            norm=colours,
            cmap="viridis",
            edgecolors="white",
            linewidth=0.8,
        )
        chosen = cells[cells["chosen"]]
        x = [lengths.index(length) + 0.5 for length in chosen["length"]]
        y = [values.index(value) + 0.5 for value in chosen["value"]]
        for colour, width in (("white", 2.6), (style.INK, 1.2)):
            axes.scatter(x, y, s=34, facecolors="none", edgecolors=colour, linewidths=width)
        axes.set_xticks(np.arange(len(lengths)) + 0.5, list(map(str, lengths)))
        axes.set_yticks(np.arange(len(values)) + 0.5, [setting(key, value) for value in values])
        axes.tick_params(labelsize=7, length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
    bar = figure.colorbar(image, ax=figure.axes, shrink=0.8, aspect=30, pad=0.01)
    bar.set_label(f"validation {look.words['score']}", fontsize=8)
    bar.ax.tick_params(labelsize=7)
    bar.outline.set_visible(False)
    return figure
