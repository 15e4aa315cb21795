"""The chart of studies side by side. Not a figure of a study.

It shows the held-out score of each model in a panel of its own, with a line for each study.
"""

from collections.abc import Sequence
from itertools import cycle
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from recall_horizon.analysis.replicates import final
from recall_horizon.presentation.figures import style

FLOOR = -0.35
TICKS = 4  # lengths at which a panel has ticks, at most
LINES = (("-", "#0072B2"), ("--", "#D55E00"), (":", style.INK), ("-.", "#009E73"))
ALT = (
    "Small line charts of held-out score against length, one for each model, with a line for each "
    "study. Their numbers are in the tables below."
)


class Shown(NamedTuple):
    """A study as the chart shows it."""

    name: str
    summary: pd.DataFrame
    look: style.Look


@style.settings()
def chart(studies: Sequence[Shown]) -> Figure:
    """Interquartile means over replicates after the last epoch, bars their bootstrap intervals."""
    labels = {m: style.literal(t) for s in reversed(studies) for m, t in s.look.labels.items()}
    models = list(dict.fromkeys(model for s in studies for model in s.look.models))
    score = " or ".join(dict.fromkeys(s.look.words["score"] for s in studies))
    look = studies[0].look._replace(models=models, labels=labels)
    figure, panels = style.panels(look, "length T (log scale)", f"held-out {score}", 1.5)
    lengths = sorted({length for s in studies for length in s.summary["length"]})
    ticks = lengths[:: -(-len(lengths) // TICKS)]
    handles = {}
    for model, axes in panels.items():
        axes.axhline(0, color=style.GREY, lw=0.8, ls=":")
        for i, (study, (line, colour)) in enumerate(zip(studies, cycle(LINES), strict=False)):
            rows = final(study.summary, model)
            value, low, high = (
                rows[f"score_iqm{end}"].clip(lower=FLOOR) for end in ("", "_low", "_high")
            )
            x = rows["length"] * 1.03 ** (i - len(studies) / 2)  # side by side, not on top
            axes.vlines(x, low, high, color=colour, lw=1, alpha=0.6)
            (handles[study.name],) = axes.plot(
                x, value, line, color=colour, marker=style.MARKERS[i % len(style.MARKERS)], ms=3
            )
        axes.set_ylim(FLOOR, 1.05)
        axes.set_xscale("log")
        axes.set_xticks(ticks, [str(length) for length in ticks])
        axes.xaxis.set_minor_locator(NullLocator())
    figure.legend(handles.values(), handles, loc="outside upper left", ncols=4, fontsize=8)
    return figure
