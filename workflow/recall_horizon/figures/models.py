"""Who remembers how far: held-out R² of every model against sequence length."""

import pandas as pd
from matplotlib.figure import Figure

from recall_horizon.figures import style
from recall_horizon.replicates import final

TABLES = ("summary",)
ORDER = 2
TITLE = "Who remembers how far"
CAPTION = (
    "Held-out R² after the last epoch: 1 is perfect recall, 0 no better than predicting the mean. "
    "Lines are interquartile means over replicates, bars their bootstrap intervals; values below "
    "the frame are drawn at its edge. Grey and dotted: controls, whose best possible R² is known. "
    "Drawn from tables/summary.csv."
)
ALT = (
    "Line chart of held-out R² against sequence length with a line for each model, named at its "
    "right end; controls in grey."
)

FLOOR = -0.35


def draw(tables: dict[str, pd.DataFrame], look: style.Look) -> Figure:
    """The interquartile mean of R² at the last epoch, a line a model."""
    figure, axes = style.subplots(height=4.4)
    axes.axhline(0, color=style.GREY, lw=0.8, ls=":")
    axes.set_ylim(FLOOR, 1.05)
    ends, lengths = [], set()
    for i, model in enumerate(look.models):
        rows = final(tables["summary"], model)
        value, low, high = (
            rows[f"test_r2_iqm{end}"].clip(lower=FLOOR) for end in ("", "_low", "_high")
        )
        control = model in look.controls
        colour = style.GREY if control else look.colours[model]
        x = rows["length"] * 1.012 ** (i - len(look.models) / 2)  # side by side, not on top
        axes.vlines(x, low, high, color=colour, lw=1, alpha=0.6)
        axes.plot(
            x,
            value,
            ":" if control else "-",
            color=colour,
            marker=style.MARKERS[i % len(style.MARKERS)],
            ms=4,
            lw=1.1 if control else 1.6,
            zorder=2 if control else 3,
        )
        ends.append((x.iloc[-1], value.iloc[-1], look.labels[model], colour))
        lengths |= set(rows["length"])
    style.length_axis(axes, sorted(lengths))
    axes.set_ylabel("held-out R² (interquartile mean)")
    axes.set_title("Who remembers how far", weight="bold")
    style.label_ends(axes, ends)
    return figure
