"""The chart of studies side by side. Not a figure of a study.

It shows the held-out score of each model in a panel of its own, with a line for each study.
"""

from collections.abc import Sequence
from itertools import cycle
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from recall_horizon.analysis.replicates import final
from recall_horizon.config.look import Look
from recall_horizon.presentation.figures import marks, style

LINES = (("-", "#0072B2"), ("--", "#D55E00"), (":", style.INK), ("-.", "#009E73"))
ALT = (
    "Small line charts of held-out score against length, one for each model, with a line for each "
    "study. Their numbers are in the tables below."
)


class Shown(NamedTuple):
    """A study as the chart shows it."""

    name: str
    summary: pd.DataFrame
    look: Look


@style.settings()
def chart(studies: Sequence[Shown]) -> Figure:
    """Medians over replicates after the last epoch, bars their intervals."""
    labels = {m: style.literal(t) for s in reversed(studies) for m, t in s.look.labels.items()}
    levels = {style.literal(name): at for s in studies for name, at in s.look.levels.items()}
    models = list(dict.fromkeys(model for s in studies for model in s.look.models))
    score = " or ".join(dict.fromkeys(s.look.words["score"] for s in studies))
    look = studies[0].look._replace(models=models, labels=labels, levels=levels)
    figure, panels = style.panels(look, "length T (log scale)", f"held-out {score} (median)", 1.5)
    lengths = sorted({length for s in studies for length in s.summary["length"]})
    for axes in panels.values():
        named = marks.score_axis(axes, look, by_length=True)
        marks.length_axis(axes, lengths, marks.PANEL_TICKS)
    handles = {}
    for model, axes in panels.items():
        for i, (study, (line, colour)) in enumerate(zip(studies, cycle(LINES), strict=False)):
            rows = final(study.summary, model)
            x = rows["length"] * 1.03 ** (i - len(studies) / 2)  # side by side, not on top
            marker = marks.MARKERS[i % len(marks.MARKERS)]
            handles[i] = marks.medians(
                axes, x, rows, "score_median", color=colour, ls=line, marker=marker, ms=3
            )
            handles[i].set_label(style.literal(study.name))
    style.legend(figure, [*handles.values(), *named])
    return figure
