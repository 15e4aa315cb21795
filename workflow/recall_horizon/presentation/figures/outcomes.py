"""How training ends: recalled, partly recalled, memorised, not started, diverged."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recall_horizon.config.look import Look
from recall_horizon.presentation.figures import style

TABLES = ("outcomes",)
ORDER = 5
TITLE = "How training ends"
CAPTION = (
    "Replicates after training. Recalled: solved the task. Partly: a held-out {score} of at least"
    " 0.1. Memorised: below that, but at least 0.1 on training sequences. Not started: neither."
)
ALT = (
    "Small stacked bar charts, one a model, of the share of replicates that recalled, partly "
    "recalled, memorised, did not start or diverged, for each {length}."
)

# From the bottom up. Colours differ in lightness, too; memorised has that of the training loss.
SHOWN = {
    "recalled": ("#0072B2", ""),
    "partly_recalled": ("#8CC8EE", ""),
    "memorised": (style.TRAINING, ""),
    "not_started": ("#DDDDDD", ""),
    "diverged": (style.INK, "////"),
}


def draw(tables: dict[str, pd.DataFrame], look: Look) -> Figure:
    """Shares of outcomes against length, a panel a model."""
    table = tables["outcomes"]
    figure, panels = style.panels(look, f"{look.words['length']} T", "share of replicates", row=1.3)
    for model, axes in panels.items():
        _panel(axes, table[table["model"] == model].sort_values("length"))
    shown = [name for name in SHOWN if name != "diverged" or table["diverged"].any()]
    first = panels[look.models[0]]
    handles = [first.bar([0], [0], **_fill(name), label=name.replace("_", " ")) for name in shown]
    style.legend(figure, handles)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame) -> None:
    bottom = pd.Series(0.0, index=rows.index)
    for name in SHOWN:
        share = rows[name] / rows["replicates"]
        axes.bar(range(len(rows)), share, bottom=bottom, width=0.86, **_fill(name))
        bottom += share
    axes.set_xticks(range(len(rows)), [str(length) for length in rows["length"]])
    axes.set_yticks([0, 0.5, 1], ["0", "½", "1"])
    axes.set_ylim(0, 1)
    axes.tick_params(bottom=False)


def _fill(name: str) -> dict[str, object]:
    colour, hatch = SHOWN[name]
    return {"color": colour, "hatch": hatch, "edgecolor": "white", "linewidth": 0.5}
