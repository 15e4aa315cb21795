"""The lesson's figure: loss against sequence length."""

from collections.abc import Iterator
from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recall_horizon.analysis.replicates import by_replicate, final
from recall_horizon.config.look import Look
from recall_horizon.presentation.figures import interactive, marks, style
from recall_horizon.presentation.intervals import with_interval

TABLES = ("losses", "outcomes")
ORDER = 1
TITLE = "Loss against {length}"
CAPTION = (
    "The {loss} after training, on training sequences, on held-out ones, and held-out of a "
    "network of all lengths: low is good. Lines are medians, bands intervals. At the dotted line,"
    " {chance}, nothing is recalled."
)
CHART_CAPTION = (
    "The {loss} after training: on training sequences, held-out, and held-out of a network of all"
    " lengths. Low is good. Large points are medians, faint ones replicates, bands intervals. At "
    "the dotted line, {chance}, nothing is recalled."
)
ALT = (
    "Line chart of {loss} against {length}, with one line for the training "
    "loss, one for the held-out loss, one for a network trained on all lengths where there is one, "
    "and a dotted line for {chance}."
)

CHART_ALT = (
    "Interactive line chart of {loss} against {length}: training loss, held-out loss, and that of "
    "a network trained on all lengths where there is one. The numbers are in the table below it."
)

CEILING = 1.6  # in units of the loss of chance: the frame's upper edge
TOGETHER = "#117733"  # of the network that is trained on all lengths
DODGE = 1.03  # the two losses' points are side by side on the logarithmic axis
MEMORISED = "memorised,\nnot recalled"


class Line(NamedTuple):
    """A line of the figure: whose loss it is, which, what it is called, how it is drawn."""

    model: str
    metric: str
    label: str
    colour: str
    marker: str
    dashes: str
    dodge: float


def draw(tables: dict[str, pd.DataFrame], look: Look) -> Figure:
    """Training and held-out loss of the headline model against length."""
    rows = final(tables["outcomes"], look.headline)
    replicates, top = by_replicate(tables["losses"]), CEILING * rows["chance_loss"].max()
    figure, axes = style.subplots()
    names = []  # of the lines, at their ends
    for line in _lines(tables["outcomes"], look):
        cells = final(tables["outcomes"], line.model)
        x, loss = _runs(replicates, line)
        points = {"color": line.colour, "alpha": 0.35, "linewidths": 0, "s": 14, "zorder": 2}
        axes.scatter(x[loss <= top], loss[loss <= top], marker=line.marker, **points)
        axes.scatter(x[loss > top], np.full((loss > top).sum(), top), marker="^", **points)
        value, low, high = marks.ends(cells, line.metric, high=top)
        axes.fill_between(cells["length"], low, high, color=line.colour, alpha=0.18)
        shape = {"color": line.colour, "marker": line.marker, "ms": 4, "zorder": 3}
        axes.plot(cells["length"], value, line.dashes, **shape)
        names.append((cells["length"].iloc[-1], value.iloc[-1], line.label, line.colour))
    axes.plot(rows["length"], rows["chance_loss"], ":", color=style.GREY, zorder=1)
    start = (rows["length"].iloc[0], rows["chance_loss"].iloc[:2].max() + 0.03 * top)
    axes.annotate(look.words["chance"], start, color=style.GREY)
    _mark_memorised(axes, rows, top)
    marks.length_axis(axes, sorted(rows["length"]))
    axes.set_xlabel(f"{look.words['length']} T (log scale)")
    axes.set_ylim(0, top * 1.02)
    marks.label_ends(axes, names)
    axes.set_ylabel(f"{look.words['loss']} after the last epoch")
    axes.set_title(f"{look.labels[look.headline]}: recall of {look.words['target']}", weight="bold")
    return figure


def _lines(outcomes: pd.DataFrame, look: Look) -> Iterator[Line]:
    """The lines: the held-out loss of the same network trained on all lengths at once is the last,
    where there is one."""
    model = look.headline
    yield Line(model, "test_loss", "held-out loss", look.colours[model], "o", "-", DODGE)
    yield Line(model, "train_loss", "training loss", style.TRAINING, "s", "--", 1 / DODGE)
    for name in look.models:
        if look.partners.get(name) == look.headline and name in set(outcomes["model"]):
            label = "held-out, one for\nall lengths"
            yield Line(name, "test_loss", label, TOGETHER, "D", "-", 1.0)
            return


def _runs(replicates: pd.DataFrame, line: Line) -> tuple[np.ndarray, np.ndarray]:
    """The replicates of a line: where they are drawn along the lengths, and their losses."""
    runs = final(replicates[line.metric].reset_index(), line.model).set_index("length")
    runs = runs[replicates[line.metric].columns].stack().dropna()
    return runs.index.get_level_values("length").to_numpy() * line.dodge, runs.to_numpy()


def _mark_memorised(axes: Axes, rows: pd.DataFrame, top: float) -> None:
    """Shade the space between the losses; an arrow where it is widest of what was memorised."""
    train, test = (rows[f"{split}_loss"].clip(upper=top) for split in ("train", "test"))
    axes.fill_between(rows["length"], train, test, color=style.GREY, alpha=0.1, lw=0)
    memorised = rows["memorises"] == "yes"
    if not memorised.any():
        return
    widest = (test - train).where(memorised).idxmax()
    x, low, high = rows["length"][widest], train[widest], test[widest]
    arrow = {"arrowstyle": "<->", "color": style.INK, "lw": 0.9, "shrinkA": 5, "shrinkB": 5}
    axes.annotate("", (x, low), xytext=(x, high), arrowprops=arrow)
    axes.annotate(
        MEMORISED,
        (x, (low + high) / 2),
        xytext=(-6, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        fontsize=8,
        bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "alpha": 0.75, "linewidth": 0},
    )


SYMBOLS = {"o": "circle", "s": "square", "D": "diamond"}


def chart(tables: dict[str, pd.DataFrame], look: Look) -> interactive.Chart:
    """The same, beside what a reader guesses before it is shown."""
    rows = final(tables["outcomes"], look.headline)
    top, lengths = float(CEILING * rows["chance_loss"].max()), sorted(rows["length"].tolist())
    lines = list(_lines(tables["outcomes"], look))
    names = [line.label.replace("\n", " ") for line in lines]
    cells = [
        {
            **{"line": name, "length": row["length"], "held": with_interval(row, line.metric)},
            **{
                end or "value": interactive.drawable(row[f"{line.metric}{end}"])
                for end in ("", "_low", "_high")
            },
            "solved": f"{row['recalled']} of {row['replicates']} replicates",
        }
        for line, name in zip(lines, names, strict=True)
        for row in final(tables["outcomes"], line.model).to_dict("records")
    ]
    replicates = by_replicate(tables["losses"])
    runs = [
        {"line": name, "length": round(float(x), 3), "value": min(float(loss), top)}
        for line, name in zip(lines, names, strict=True)
        for x, loss in zip(*_runs(replicates, line), strict=True)
    ]
    length = look.words["length"]
    domain = [lengths[0] / 1.25, lengths[-1] * 1.25]
    axis = alt.Axis(values=lengths, grid=False)
    scale = alt.Scale(type="log", domain=domain, nice=False, clamp=True)
    x = alt.X("length:Q", title=f"{length} T (log scale)", scale=scale, axis=axis)
    y = alt.Y("value:Q", title=None, scale=alt.Scale(domain=[0, top], clamp=True, nice=False))
    colours = alt.Scale(domain=names, range=[line.colour for line in lines])
    shapes = alt.Scale(domain=names, range=[SYMBOLS[line.marker] for line in lines])
    legend = alt.Legend(title=None, orient="top", columns=1, labelLimit=0, labelFontSize=12)
    colour = alt.Color("line:N", scale=colours, legend=legend)
    shape = alt.Shape("line:N", scale=shapes, legend=legend)
    fields = {"line": "loss", "length": "length T", "held": "loss [interval]", "solved": "solved"}
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in fields.items()]
    shown = alt.Chart().encode(x=x, y=y, color=colour)
    chance = rows[["length", "chance_loss"]].rename(columns={"chance_loss": "value"})
    beside = (
        alt.Chart(alt.Data(values=[{"name": "your guess"}]))
        .transform_calculate(at="guess || 1", shown="guess ? 1 : 0")
        .encode(
            x=alt.X("at:Q", scale=scale), opacity=alt.Opacity("shown:Q", scale=None, legend=None)
        )
    )
    layers = alt.layer(
        alt.Chart(alt.Data(values=chance.to_dict("records")))
        .mark_line(strokeDash=[2, 3], color=style.GREY)
        .encode(x=x, y=y),
        alt.Chart(alt.Data(values=runs))
        .mark_point(filled=True, size=18, opacity=0.35)
        .encode(x=x, y=y, color=colour, shape=shape),
        shown.mark_area(opacity=0.18).encode(y=alt.Y("_low:Q"), y2="_high:Q"),
        shown.mark_line(strokeWidth=2),
        shown.mark_point(filled=True, size=70).encode(shape=shape, tooltip=tooltip),
        beside.mark_rule(color=style.INK, strokeDash=[6, 3], strokeWidth=1.5),
        beside.mark_text(align="left", dx=5, color=style.INK, fontWeight="bold").encode(
            y=alt.value(8), text="name:N"
        ),
        data=alt.Data(values=cells),
    )
    title = f"{look.labels[look.headline]}: {look.words['loss']} after training"
    guess = interactive.guess(look, lengths[-1])
    return interactive.finish(layers, title, [guess], look, CHART_CAPTION, CHART_ALT)
