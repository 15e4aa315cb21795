"""Why: how much of each element reaches the answer, before and after training."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from recall_horizon.figures import style

TABLES = ("profiles",)
ORDER = 3
TITLE = "What the answer depends on"
CAPTION = (
    "Sensitivity of the answer to each element, mean |∂ŷ/∂x_t| over held-out sequences, against "
    "the element's distance from the end, on a logarithmic scale; above before training, below "
    "after. Lines are medians over replicates, one for each length; the dot at the end of a line "
    "is the first element, the one to be recalled. Where its sensitivity has faded before "
    "training, gradient descent has nothing to hold on to. Drawn from tables/profiles.csv."
)
ALT = (
    "Two rows of charts, before and after training, of sensitivity against distance from the end, "
    "on a logarithmic scale, one column a model and one line a sequence length."
)

PANELS = ("lstm", "lstm-chrono", "attention")  # of the study's models, else its first three
FLOOR = 1e-12


def draw(tables: dict[str, pd.DataFrame], look: style.Look) -> Figure:
    """Median profiles of up to three models, a line a length."""
    profiles = tables["profiles"]
    models = [model for model in PANELS if model in look.models] or look.models[:3]
    lengths = sorted(set(profiles["length"]))
    shades = dict(zip(lengths, style.shades(len(lengths)), strict=True))
    figure, grid = style.subplots(
        2, len(models), height=4.6, sharex=True, sharey=True, squeeze=False
    )
    for column, model in enumerate(models):
        for axes, stage in zip(grid[:, column], ("initial", "final"), strict=True):
            chosen = profiles[(profiles["model"] == model) & (profiles["stage"] == stage)]
            for length, rows in chosen.groupby("length"):
                rows = rows.sort_values("position")
                x, y = length - rows["position"], rows["median"].clip(lower=FLOOR)
                axes.plot(x, y, color=shades[length], lw=1.3)
                axes.plot(x.iloc[0], y.iloc[0], "o", color=shades[length], ms=4.5)
            axes.set_yscale("log")
            axes.set_xscale("symlog", linthresh=1)
            axes.set_xticks([0, 1, 10, 100], ["0", "1", "10", "100"])
            axes.set_xlim(left=-0.2)
        grid[0, column].set_title(look.labels[model], weight="bold")
        grid[1, column].set_xlabel("distance from the end, steps")
    top = profiles["median"].replace(np.inf, np.nan).max()
    grid[0, 0].set_ylim(FLOOR / 3, (top if top > 0 else 1) * 5)
    grid[0, 0].set_ylabel("before training\n|∂ŷ/∂x|")
    grid[1, 0].set_ylabel("after training\n|∂ŷ/∂x|")
    handles = [
        grid[0, 0].plot([], [], color=shades[length], label=f"T = {length}")[0]
        for length in lengths
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(lengths), fontsize=8)
    return figure
