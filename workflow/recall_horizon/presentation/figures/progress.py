"""What more training improves and what it does not: held-out score against epochs."""

import pandas as pd
from matplotlib.figure import Figure

from recall_horizon.config.look import Look
from recall_horizon.presentation.figures import marks, style

TABLES = ("summary",)
ORDER = 4
TITLE = "What more training improves"
CAPTION = (
    "The held-out {score} against epochs of training, a line a {length} T: medians, with "
    "intervals as bands. A line that still rises at the right was still improving when training "
    "ended."
)
ALT = (
    "Small charts, one per model, of the held-out {score} against epochs, with a line for each "
    "length."
)


def draw(tables: dict[str, pd.DataFrame], look: Look) -> Figure:
    """The score against epoch, one panel per model."""
    summary = tables["summary"]
    colours = marks.shades(summary["length"])
    score = f"held-out {look.words['score']} (median)"
    figure, panels = style.panels(look, "epochs", score, row=1.45)
    for model, axes in panels.items():
        levels = marks.score_axis(axes, look)
        for length, colour in colours.items():
            cells = summary[(summary["model"] == model) & (summary["length"] == length)]
            value, low, high = marks.ends(cells, "score_median", marks.FLOOR)
            axes.fill_between(cells["epoch"], low, high, color=colour, alpha=0.2, lw=0)
            axes.plot(cells["epoch"], value, color=colour, lw=1.3)
    style.legend(figure, [*marks.length_handles(colours), *levels])
    return figure
