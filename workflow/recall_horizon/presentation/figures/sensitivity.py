"""Why: how much of each element reaches the answer, before and after training."""

from collections.abc import Iterator
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from recall_horizon.config.look import Look
from recall_horizon.presentation.figures import interactive, marks, style
from recall_horizon.presentation.quantities import power

TABLES = ("profiles",)
ORDER = 6
TITLE = "What the answer depends on"
CAPTION = (
    "How much the answer depends on each element; {first} is the leftmost, marked by a dot. Above"
    " before training, below after. A line for each length, medians over replicates; both scales "
    "are logarithmic."
)
ALT = (
    "Two rows of charts, before and after training, of sensitivity against distance from the end, "
    "on logarithmic scales, one column per model and one line per {length}."
)
CHART_CAPTION = (
    "How much the answer depends on each element; {first} is the leftmost. Lines are medians over"
    " replicates, bands quartiles. Values beyond the frame are at its edge; both scales are "
    "logarithmic."
)
CHART_ALT = (
    "Interactive line chart of sensitivity against distance from the end on logarithmic scales, "
    "with a line for each chosen model. Its numbers are in tables/profiles.csv."
)

PANELS = ("lstm", "lstm-chrono", "attention")  # of the study's models, else its first three
FLOOR = 1e-12


def draw(tables: dict[str, pd.DataFrame], look: Look) -> Figure:
    """Median profiles of up to three models, one line per length."""
    profiles = tables["profiles"]
    models = [model for model in PANELS if model in look.models] or look.models[:3]
    colours, steps = marks.shades(profiles["length"]), _steps(profiles)
    figure, grid = style.grid(2, len(models), 4.6)
    for column, model in enumerate(models):
        for axes, stage in zip(grid[:, column], ("initial", "final"), strict=True):
            chosen = profiles[(profiles["model"] == model) & (profiles["stage"] == stage)]
            for length, rows in chosen.groupby("length"):
                rows = rows.sort_values("position")
                x, y = steps[length] - rows["position"], rows["median"].clip(lower=FLOOR)
                axes.plot(x, y, color=colours[length], lw=1.3)
                axes.plot(x.iloc[0], y.iloc[0], "o", color=colours[length], ms=4.5)
            axes.set_yscale("log")
            axes.set_xscale("symlog", linthresh=1)
            axes.set_xticks([0, 1, 10, 100], ["0", "1", "10", "100"])
            axes.set_xlim(1.4 * max(steps.values()), -0.2)
        grid[0, column].set_title(look.labels[model], weight="bold")
    top = profiles["median"].replace(np.inf, np.nan).max()
    grid[0, 0].set_ylim(FLOOR / 3, (top if top > 0 else 1) * 5)
    grid[0, 0].set_ylabel("before training\n|∂ŷ/∂x|")
    grid[1, 0].set_ylabel("after training\n|∂ŷ/∂x|")
    figure.supxlabel("steps before the end", fontsize=9)
    style.legend(figure, marks.length_handles(colours))
    return figure


POINTS = 100  # of a line on the page
ENDS = ("median", "low", "high")
STAGES = {"initial": "Before training", "final": "After training"}


def chart(tables: dict[str, pd.DataFrame], look: Look) -> interactive.Chart:
    """The profiles of any models at any length, before or after training."""
    profiles = tables["profiles"]
    stages = [interactive.Option(stage, label) for stage, label in STAGES.items()]
    stage = interactive.Control("stage", "Show", "one", stages, [0])
    lengths = interactive.slider(
        "length", look.words["length"].capitalize(), set(profiles["length"]), "T = {}"
    )
    longest = max(_steps(profiles).values())
    x = alt.X(
        "distance:Q",
        title="steps before the end (log scale)",
        scale=alt.Scale(type="symlog", constant=1, reverse=True, nice=False),
        axis=alt.Axis(values=[d for d in (0, 1, 3, 10, 30, 100, 300, 1000) if d <= longest]),
    )
    y = alt.Y(
        "median:Q",
        title="how much the answer moves, |∂ŷ/∂x|",
        scale=alt.Scale(type="log", domain=[FLOOR, 10], clamp=True),
        axis=alt.Axis(format="~e", tickCount=7),
    )
    shown = interactive.shown(look, x, y, "datum.length == length && datum.stage == stage")
    fields = {"label": "model", "position": "element", "text": "sensitivity [quartiles]"}
    layers = alt.layer(
        shown.mark_area().encode(y=alt.Y("low:Q"), y2="high:Q", opacity=alt.value(0.15)),
        *interactive.lines(shown, look, 28, fields),
        data=alt.Data(values=list(_points(profiles, look))),
    )
    names = ", ".join(f"{name}: '{label}'" for name, label in STAGES.items())
    title = alt.expr(f"{{{names}}}[stage] + ', T = ' + length")
    choices = [interactive.choose_models(look, PANELS), stage, lengths]
    return interactive.finish(layers, title, choices, look, CHART_CAPTION, CHART_ALT)


def _steps(profiles: pd.DataFrame) -> dict[int, int]:
    """How many steps the sequences of each length have: in some tasks more than the length."""
    return profiles.groupby("length")["position"].max().to_dict()


def _plotted(steps: int) -> set[int]:
    """The distances from the end to plot on a logarithmic axis: a hundred are enough."""
    if steps <= POINTS:
        return set(range(steps))
    return {0, *np.geomspace(1, steps - 1, POINTS).round().astype(int).tolist()}


def _points(profiles: pd.DataFrame, look: Look) -> Iterator[dict[str, Any]]:
    """What the chart shows for each element: numbers to draw, text to read."""
    steps = _steps(profiles)
    kept = {length: _plotted(number) for length, number in steps.items()}
    named = profiles.rename(columns={"lower_quartile": "low", "upper_quartile": "high"})
    for row in named.to_dict("records"):
        distance = steps[row["length"]] - row["position"]
        if distance not in kept[row["length"]]:
            continue
        yield {
            **{name: row[name] for name in ("model", "length", "stage")},
            **{end: interactive.drawable(max(row[end], FLOOR), 3) for end in ENDS},
            "label": look.labels[row["model"]],
            "position": f"{row['position']} of {steps[row['length']]}",
            "distance": distance,
            "text": "{} [{}, {}]".format(*(power(row[end]) for end in ENDS)),
        }
