"""What more training improves and what it does not: held-out R² against epochs."""

import pandas as pd
from matplotlib.figure import Figure

from recall_horizon.presentation.figures import style

TABLES = ("summary",)
ORDER = 4
TITLE = "What more training improves"
CAPTION = (
    "The held-out {score} against epochs of training, one panel per model and one line per "
    "{length}: interquartile means over replicates with their bootstrap intervals as bands; "
    "values below the frame are drawn at its edge. A line that still rises at the right was still "
    "improving when training ended; one that stays at 0 or falls below it was not. Drawn from "
    "tables/summary.csv."
)
ALT = (
    "Small charts, one per model, of the held-out {score} against epochs, with a line for each "
    "length."
)

FLOOR = -0.3


def draw(tables: dict[str, pd.DataFrame], look: style.Look) -> Figure:
    """The score against epoch, one panel per model."""
    summary = tables["summary"]
    lengths = sorted(set(summary["length"]))
    shades = dict(zip(lengths, style.shades(len(lengths)), strict=True))
    figure, panels = style.panels(
        look, "epochs", f"held-out {look.words['score']} (interquartile mean)", row=1.45
    )
    for model, axes in panels.items():
        axes.axhline(0, color=style.GREY, lw=0.6, ls=":")
        for length in lengths:
            cells = summary[(summary["model"] == model) & (summary["length"] == length)]
            value, low, high = (
                cells[f"score_iqm{end}"].clip(lower=FLOOR) for end in ("", "_low", "_high")
            )
            axes.fill_between(cells["epoch"], low, high, color=shades[length], alpha=0.2, lw=0)
            axes.plot(cells["epoch"], value, color=shades[length], lw=1.3)
        axes.set_ylim(FLOOR - 0.05, 1.05)
    first = panels[look.models[0]]
    handles = [first.plot([], [], color=shades[t], label=f"T = {t}")[0] for t in lengths]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(lengths), fontsize=8)
    return figure
