"""The horizon with more training: that of every model against the steps of Adam."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recall_horizon.config.look import Look
from recall_horizon.presentation.figures import marks, style

TABLES = ("budgets", "growth", "outcomes")
ORDER = 3
TITLE = "The horizon with more training"
CAPTION = (
    "The recall horizon against steps of training; bars are intervals. Shaded: no length passes, "
    "or all that were tested. Light grey: the headline model. ↗: the horizon still grows."
)
ALT = (
    "Small step charts, one for each model, of the recall horizon against the steps of training, "
    "with the headline model's in grey."
)


def draw(tables: dict[str, pd.DataFrame], look: Look) -> Figure:
    """The horizon against steps at the highest threshold, a panel a model."""
    threshold = tables["budgets"]["threshold"].max()
    growth = tables["growth"].query("threshold == @threshold and verdict == 'grows'")
    budgets = tables["budgets"].query("threshold == @threshold and steps > 0")
    longest = tables["outcomes"].groupby("model")["length"].max()
    lengths = sorted(set(tables["outcomes"]["length"]))
    labels = look.labels | {m: f"{look.labels[m]} ↗" for m in growth["model"]}
    unequal = " at the length that takes the most" if "fewest_steps" in budgets else ""
    figure, panels = style.panels(
        look._replace(labels=labels),
        f"steps of Adam{unequal} (log scale)",
        f"recall horizon T at {look.words['score']} ≥ {threshold:g}",
        row=0.45 + 0.12 * (len(lengths) + 2),
    )
    for model, axes in panels.items():
        for shown in dict.fromkeys((look.headline, model)):
            line = marks.line_of(shown, look)
            if shown != model:
                line |= {"color": marks.FAINT, "ls": "-", "marker": ""}
            _steps(axes, budgets[budgets["model"] == shown], lengths, longest[shown], line)
        top = len(lengths) + 1
        for strip in ((-0.5, 0.5), (marks.rank(longest[model], lengths) + 0.5, top + 0.5)):
            axes.axhspan(*strip, color=style.GREY, alpha=0.1, lw=0)
        axes.set_ylim(-0.5, top + 0.5)
        axes.set_yticks(range(top + 1), ["none", *map(str, lengths), "all"])
        _steps_axis(axes, sorted(set(budgets["steps"])))
    return figure


def _steps(
    axes: Axes, rows: pd.DataFrame, lengths: list[int], longest: int, line: dict[str, str]
) -> None:
    """A model's horizons as steps, and their intervals as bars; open where the tests end."""
    passes = rows["passes"].mask(rows["fails"] == float("inf"), float("inf"))
    y, low, high = (
        marks.rank(values, lengths, longest) for values in (passes, rows["low"], rows["high"])
    )
    axes.step(rows["steps"], y, where="mid", color=line["color"], ls=line["ls"], lw=1.3)
    if not line["marker"]:
        return
    axes.vlines(rows["steps"], low, high, color=line["color"], lw=1, alpha=0.6)
    filled = passes.between(lengths[0], lengths[-1])
    faces = [line["color"] if inside else "white" for inside in filled]
    points = {"marker": line["marker"], "edgecolors": line["color"], "s": 18, "zorder": 3}
    axes.scatter(rows["steps"], y, facecolors=faces, **points)


def _steps_axis(axes: Axes, steps: list[int]) -> None:
    """The horizontal axis, ticked where horizons are known, as far as there is room."""
    axes.set_xscale("log")
    ticks: list[int] = []
    for step in reversed(steps):
        if not ticks or ticks[-1] / step >= (steps[-1] / steps[0]) ** (1 / marks.PANEL_TICKS):
            ticks.append(step)
    axes.set_xticks(ticks, [f"{step:,}" for step in ticks])
    axes.xaxis.minorticks_off()
    if steps:
        axes.set_xlim(steps[0] / 1.3, steps[-1] * 1.3)
