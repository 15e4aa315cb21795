"""Trained on one length, or on all: the score at every length that networks were tested at."""

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

import altair as alt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from recall_horizon.config.look import Look
from recall_horizon.presentation.figures import interactive, style
from recall_horizon.presentation.figures.heat import NOTHING, colour, ink, short
from recall_horizon.presentation.intervals import with_interval

TABLES = ("transfer_summary", "models")
ORDER = 2
TITLE = "Trained at, tested at"
CAPTION = (
    "The median held-out {score} by the length trained on (row; last: all of them) and tested at "
    "(column). Framed: trained on it. Grey: 0 or less. Columns set apart were never trained on."
)
CHART_CAPTION = (
    "The median held-out {score} of a model's networks by the length trained on (row) and tested "
    "at (column); point at or tap a cell for its interval. Framed: trained on it. Grey: 0 or "
    "less."
)
ALT = (
    "Small heat maps, one for each model, of held-out {score} by the {length} that a network was "
    "trained on and the one that it is tested at."
)
CHART_ALT = (
    "Interactive heat map of held-out {score} by the {length} that a network was trained on and "
    "the one that it is tested at. Its numbers are in tables/transfer_summary.csv."
)

GAP = 0.35  # between what is set apart, in cells
CELL, WIDEST = 0.205, 0.36  # the least width of a cell and its greatest height, in inches
MOST_PANELS = 4  # in a row
HATCH = {"facecolor": "white", "edgecolor": "#d6d6d2", "hatch": "/////", "linewidth": 0}
OWN = {"fill": False, "edgecolor": style.TRAINING, "linewidth": 1.4, "zorder": 3}
UNREAD = "cannot be read"
NAMES = {"mixed": "all"}  # what a row of a curriculum is called, else by its own word


class Frame(NamedTuple):
    """Where the cells of every panel are: the places of columns and of rows, from the top left."""

    columns: dict[int, float]
    """By the length tested at."""
    rows: dict[str, float]
    """By what was trained on: a length, or a curriculum."""

    @property
    def width(self) -> float:
        """In cells."""
        return max(self.columns.values()) + 1

    @property
    def height(self) -> float:
        """In cells."""
        return max(self.rows.values()) + 1

    def part(self, beside: Iterable[dict[str, Any]], above: Iterable[dict[str, Any]]) -> "Frame":
        """The rows that some cells are in, and the columns that others are in."""
        rows = {cell["trained_on"] for cell in beside}
        columns = {int(cell["tested_at"]) for cell in above}
        return Frame(
            {length: place for length, place in self.columns.items() if length in columns},
            {on: place for on, place in self.rows.items() if on in rows},
        )


def draw(tables: dict[str, pd.DataFrame], look: Look) -> Figure:
    """The median scores of all models, a panel for each and its partners."""
    summary = tables["transfer_summary"]
    panels, frame = panels_of(summary, look), frame_of(tables)
    room = style.width() - 0.5
    across = int(room / (frame.width * CELL + 0.15))
    across = max(1, min(MOST_PANELS, across, len(panels)))
    down = -(-len(panels) // across)
    cell = (room / across - 0.15) / frame.width
    found = [list(cells(tables, look, models)) for models in panels.values()]
    parts = [
        frame.part(chain(*found[i - i % across :][:across]), chain(*found[i % across :: across]))
        for i in range(len(found))
    ]
    heights = [part.height for part in parts[::across]]
    height = sum(heights) * min(max(0.8 * cell, CELL), WIDEST) + 0.3 * down + 0.9
    shares = {"sharex": "col", "sharey": "row", "height_ratios": heights, "squeeze": False}
    figure, grid = style.subplots(down, across, max(height, 2.3), **shares)
    for axes in grid.flat[len(panels) :]:
        axes.set_axis_off()
    for model, axes, own, part in zip(panels, grid.flat, found, parts, strict=False):
        _panel(axes, own, part, min(26 * cell, 8))
        axes.set_xlim(-0.05, frame.width + 0.05)
        name = axes.set_title(look.labels[model], fontsize=7.5, weight="bold", pad=4)
        style.fit(name, style.TITLE_SHARE * figure.bbox.width / across)
    for axes in grid.flat[: len(panels)][-across:]:
        axes.tick_params(labelbottom=True)
    figure.supxlabel(f"tested at {look.words['length']} T", fontsize=9)
    figure.supylabel(f"trained at {look.words['length']} T", fontsize=9)
    style.legend(figure, list(_handles(summary, look)))
    return figure


def panels_of(summary: pd.DataFrame, look: Look) -> dict[str, list[str]]:
    """The models that a panel shows, by the one that names it: itself, and those trained on all
    lengths that are its partners. A control without a score above 0 but at its own length is left
    out, unless nothing else is left.
    """
    known = [model for model in look.models if model in set(summary["model"])]
    panels: dict[str, list[str]] = {}
    for model in known:
        host = look.partners.get(model)
        panels.setdefault(host if host in known else model, []).append(model)
    elsewhere = summary[summary["trained_on"] != summary["tested_at"].astype(str)]
    telling = set(elsewhere.loc[elsewhere["score"] > 0, "model"])
    shown = {
        host: models
        for host, models in panels.items()
        if host not in look.controls or telling.intersection(models)
    }
    return shown or panels


def frame_of(tables: dict[str, pd.DataFrame]) -> Frame:
    """The places of all cells: lengths that models are trained on; apart from them others that
    they are tested at, and the rows of curricula."""
    summary = tables["transfer_summary"]
    lengths = sorted({int(length) for length in tables["models"]["length"]})
    others = sorted({int(length) for length in summary["tested_at"]} - {*lengths})
    curricula = sorted({on for on in summary["trained_on"] if not on.isdecimal()}, reverse=True)
    alone = sorted({int(on) for on in summary["trained_on"] if on.isdecimal()})
    return Frame(_places(lengths, others), _places(map(str, alone), curricula))


def _places(first: Any, then: Any) -> dict[Any, float]:
    """0, 1, 2 … for `first`, and the places after a gap for `then`."""
    places = {key: float(place) for place, key in enumerate(first)}
    start = len(places) + (GAP if places else 0)
    return places | {key: start + place for place, key in enumerate(then)}


def cells(
    tables: dict[str, pd.DataFrame], look: Look, models: list[str]
) -> Iterator[dict[str, Any]]:
    """The rows of the summary of `models`; `own` says whether a length was trained on, `text` what
    a cell shows."""
    trained = tables["models"].groupby("model")["length"].agg(set).to_dict()
    summary = tables["transfer_summary"]
    for row in summary[summary["model"].isin(models)].to_dict("records"):
        on, length = row["trained_on"], int(row["tested_at"])
        own = int(on) == length if on.isdecimal() else length in trained.get(row["model"], ())
        yield {**row, "label": look.labels[row["model"]], "own": own, "text": short(row["score"])}


def _panel(axes: Axes, cells: list[dict[str, Any]], frame: Frame, size: float) -> None:
    """A model's heat map, with the names of the frame's rows and columns, and text of a `size` in
    points."""
    for cell in cells:
        x, y = frame.columns[int(cell["tested_at"])], frame.rows[cell["trained_on"]]
        fill = {"facecolor": colour(cell["score"]), "edgecolor": "white", "linewidth": 0.8}
        axes.add_patch(Rectangle((x, y), 1, 1, **(HATCH if np.isnan(cell["score"]) else fill)))
        text = {"color": ink(cell["score"]), "size": size, "ha": "center", "va": "center"}
        axes.text(x + 0.5, y + 0.52, cell["text"], **text)
    for left, right, top in frames(cells, frame):
        axes.add_patch(Rectangle((left, top), right - left, 1, **OWN))
    axes.set_ylim(frame.height + 0.05, -0.05)
    axes.set_xticks([x + 0.5 for x in frame.columns.values()], [*map(_thousands, frame.columns)])
    names = [NAMES.get(on, on) for on in frame.rows]
    axes.set_yticks([y + 0.5 for y in frame.rows.values()], names)
    axes.tick_params(length=0, labelsize=6.5, pad=2)
    axes.spines[:].set_visible(False)


def _thousands(length: int) -> str:
    """A length as text for a narrow column: 500, 1k, 1.5k."""
    return str(length) if length < 1000 else f"{length / 1000:g}k"


def frames(cells: list[dict[str, Any]], frame: Frame) -> Iterator[tuple[float, float, float]]:
    """The left, right and upper edges of what surrounds neighbours that were trained on."""
    for trained_on, top in frame.rows.items():
        own = [c["tested_at"] for c in cells if c["own"] and c["trained_on"] == trained_on]
        places = sorted(frame.columns[int(length)] for length in own)
        breaks = np.flatnonzero(np.diff(places) > 1 + GAP / 2) + 1
        for run in np.split(np.array(places), breaks):
            if len(run):
                yield run[0], run[-1] + 1, top


def _handles(summary: pd.DataFrame, look: Look) -> Iterator[Patch]:
    """What the legend shows."""
    yield Patch(**OWN, label="trained on it")
    for score in (1.0, 0.5):
        yield Patch(facecolor=colour(score), label=f"{look.words['score']} {score:g}")
    yield Patch(facecolor=NOTHING, label="0 or less")
    if (summary["unread"] == summary["replicates"]).any():
        yield Patch(**HATCH, label=UNREAD)


FIELDS = {"label": "model", "trained": "trained at T", "tested_at": "tested at T"}


def chart(tables: dict[str, pd.DataFrame], look: Look) -> interactive.Chart:
    """The heat map of any one model, with the intervals of its cells."""
    panels, frame = panels_of(tables["transfer_summary"], look), frame_of(tables)
    options = [interactive.Option(model, look.labels[model]) for model in panels]
    first = list(panels).index(look.headline) if look.headline in panels else 0
    choice = interactive.Control("panel", "Model", "one", options, [first])
    length = look.words["length"]
    marks = list(_marks(tables, look, panels, frame))
    found = [mark for mark in marks if mark["kind"] == "cell"]
    columns, rows = _names(found, "middle", "tested_at"), _names(found, "centre", "trained")
    x = _edge(alt.X, "left", f"tested at {length} T", columns, frame.width)
    y = _edge(alt.Y, "top", f"trained at {length} T", rows, frame.height, reverse=True)
    fields = {**FIELDS, "held": f"held-out {look.words['score']} [interval]"}
    if any("correlation" in mark for mark in found):
        fields["correlation"] = "correlation with the target [interval]"
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in fields.items()]
    shown = alt.Chart().transform_filter("datum.panel == panel").encode(x=x, y=y)
    squares, own = (shown.transform_filter(f"datum.kind == '{kind}'") for kind in ("cell", "own"))
    shape = {"x2": "right:Q", "y2": "bottom:Q"}
    fill, dark = alt.Fill("fill:N", scale=None), alt.Color("ink:N", scale=None)
    middle = {"x": alt.X("middle:Q"), "y": alt.Y("centre:Q")}
    layers = alt.layer(
        squares.mark_rect(stroke="#ffffff", strokeWidth=2).encode(
            fill=fill, tooltip=tooltip, **shape
        ),
        squares.mark_text(fontSize=alt.expr("width < 420 ? 10 : 13")).encode(
            text="text:N", color=dark, tooltip=tooltip, **middle
        ),
        own.mark_rect(fill=None, stroke=style.TRAINING, strokeWidth=2.5).encode(**shape),
        data=alt.Data(values=marks),
    )
    title = f"Median held-out {look.words['score']}"
    return interactive.finish(layers, title, [choice], look, CHART_CAPTION, CHART_ALT)


def _names(cells: list[dict[str, Any]], place: str, name: str) -> dict[str, dict[float, str]]:
    """What the rows or the columns of each panel are called, by the places of their middles."""
    names: dict[str, dict[float, str]] = {}
    for cell in cells:
        names.setdefault(cell["panel"], {})[cell[place]] = str(cell[name])
    return names


def _edge(
    channel: Any,
    field: str,
    title: str,
    names: dict[str, dict[float, str]],
    end: float,
    **scale: Any,
) -> Any:
    """An axis along a heat map's edge, with the names of the panel that it shows."""
    axis = alt.Axis(
        values=sorted({place for places in names.values() for place in places}),
        labelExpr=f"{json.dumps(names)}[panel][datum.value] || ''",
        **{"grid": False, "ticks": False, "domain": False, "titlePadding": 10, "labelPadding": 6},
    )
    domain = alt.Scale(domain=[0, end], nice=False, zero=False, **scale)
    return channel(f"{field}:Q", title=title, axis=axis, scale=domain)


def _marks(
    tables: dict[str, pd.DataFrame], look: Look, panels: dict[str, list[str]], frame: Frame
) -> Iterator[dict[str, Any]]:
    """What the chart shows: a mark for each cell, and one around what was trained on."""
    summary = tables["transfer_summary"]
    told = {"held": "score"}
    if "correlation" in summary and summary["correlation"].notna().any():
        told["correlation"] = "correlation"
    for panel, models in panels.items():
        found = list(cells(tables, look, models))
        about = {"panel": panel, "label": look.labels[panel]}
        for cell in found:
            left, top = frame.columns[int(cell["tested_at"])], frame.rows[cell["trained_on"]]
            place = {"left": left, "right": left + 1, "middle": left + 0.5}
            place |= {"top": top, "bottom": top + 1, "centre": top + 0.5}
            unread = np.isnan(cell["score"])
            yield {
                **{**about, "kind": "cell", "label": cell["label"], **place, "text": cell["text"]},
                "trained": NAMES.get(cell["trained_on"], cell["trained_on"]),
                "tested_at": int(cell["tested_at"]),
                **{key: UNREAD if unread else with_interval(cell, c) for key, c in told.items()},
                "fill": "#ffffff" if unread else colour(cell["score"]),
                "ink": ink(cell["score"]),
            }
        for left, right, top in frames(found, frame):
            place = {"left": left, "right": right, "top": top, "bottom": top + 1}
            yield {**about, "kind": "own", **place}
