"""The style that all figures share. Not a figure.

Sizes suit a text column of 16 cm. Colours are Okabe & Ito's (2008), which colour-blind readers can
distinguish; they also differ in lightness, and so in greyscale.

Figures are drawn without pyplot and with settings of their own, so that they are the same whatever
a user's matplotlibrc or notebook has set, and leave its settings and open figures alone.
"""

import base64
import io
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from recall_horizon.storage.files import atomic

WIDTH = 6.3  # inches
COLUMNS = 4  # of panels
TITLE_SHARE = 0.86  # of a panel's part of the width: what its title may take
GREY = "#6b6b6b"
INK = "#1a1a1a"
TRAINING = "#E69F00"
MARKERS = "osD^vPX<>*h"
FORMATS = ("svg", "pdf", "png")

RC = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.labelsize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.titlelocation": "left",
    "text.color": INK,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "figure.dpi": 100,
    "savefig.dpi": 200,
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "recall-horizon",
}


class Look(NamedTuple):
    """What the configuration decides about figures: the models' order, labels and colours, and the
    words of the task, by `Study.words`.
    """

    headline: str
    models: list[str]
    labels: dict[str, str]
    colours: dict[str, str]
    controls: list[str]
    confidence: float
    words: dict[str, str]


@contextmanager
def settings() -> Iterator[None]:
    """While a figure is drawn or saved: matplotlib's own defaults and `RC`, not the user's."""
    defaults = {key: value for key, value in mpl.rcParamsDefault.items() if key != "backend"}
    with mpl.rc_context(defaults | RC):
        yield


class Canvas(FigureCanvasAgg):
    """What a figure is saved from: much of matplotlib's settings is only read then."""

    print_figure = settings()(FigureCanvasAgg.print_figure)


class Picture(Figure):
    """A figure that looks the same in every session, and that a notebook shows.

    pyplot does not know it, so that nothing has to close it.
    """

    savefig = settings()(Figure.savefig)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        Canvas(self)  # becomes the figure's

    def _repr_png_(self) -> bytes:
        """The picture that a notebook shows."""
        picture = io.BytesIO()
        self.savefig(picture, format="png", dpi="figure")
        return picture.getvalue()


def drawn(module: ModuleType, tables: dict[str, pd.DataFrame], look: Look) -> Figure:
    """The figure of a figure's module, which draws labels and words as they are written."""
    labels = {model: literal(label) for model, label in look.labels.items()}
    words = {name: literal(word) for name, word in look.words.items()}
    with settings():
        return module.draw(tables, look._replace(labels=labels, words=words))


def literal(text: str) -> str:
    """`text` for matplotlib, which would read what is between two dollar signs as mathematics."""
    return text.replace("$", r"\$")


def subplots(
    rows: int = 1, columns: int = 1, height: float = 3.4, **options: Any
) -> tuple[Figure, Any]:
    """matplotlib's `subplots`, in the project's style and width; `height` in inches."""
    figure = Picture(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots(rows, columns, **options)


def panels(
    look: Look, x: str, y: str, row: float, around: float = 1.0
) -> tuple[Figure, dict[str, Axes]]:
    """A grid of small charts, one for each model, with the same axes.

    Args:
        look: the models, and their labels.
        x: what the horizontal axes show.
        y: what the vertical axes show.
        row: the height of a row, in inches.
        around: the height of what is around the rows, in inches.

    Returns:
        The figure, and the axes of each model.
    """
    columns = min(COLUMNS, len(look.models))
    rows = -(-len(look.models) // columns)
    figure, grid = subplots(
        rows, columns, height=around + row * rows, sharex=True, sharey=True, squeeze=False
    )
    for axes in grid.flat[len(look.models) :]:
        axes.set_axis_off()
    by_model = dict(zip(look.models, grid.flat, strict=False))
    for model, axes in by_model.items():
        _title(axes, look.labels[model], TITLE_SHARE * figure.bbox.width / columns)
        axes.tick_params(labelsize=7.5)
    figure.supxlabel(x, fontsize=9)
    figure.supylabel(y, fontsize=9)
    return figure, by_model


def _title(axes: Axes, label: str, room: float) -> None:
    """Name a panel. A label wider than `room`, in pixels, takes several lines, or is smaller."""
    title = axes.set_title(label, fontsize=7.5, weight="bold")
    width = title.get_window_extent().width
    if width > room:
        room *= 0.9  # clear of the next panel, and of the figure's edge
        characters = int(len(label) * room / width)
        title.set_text(textwrap.fill(label, characters, break_long_words=False))
        title.set_fontsize(7.5 * min(1, room / title.get_window_extent().width))


def legend(figure: Figure, handles: Sequence[Artist], labels: Sequence[str]) -> None:
    """A legend of models below `figure`, in as many columns as it is wide enough for.

    Its handles are given, since a legend that collects them leaves out labels that begin with "_".
    """
    for columns in range(COLUMNS, 0, -1):
        placed = figure.legend(
            handles, labels, loc="outside lower center", ncols=columns, fontsize=7.5
        )
        if placed.get_window_extent().width <= figure.bbox.width or columns == 1:
            return
        placed.remove()


def shades(number: int) -> list[tuple[float, ...]]:
    """`number` colours from light to dark, also in greyscale: viridis without its ends."""
    return [mpl.colormaps["viridis_r"](x) for x in np.linspace(0.15, 0.95, number)]


def length_axis(axes: Axes, lengths: list[int], name: str = "sequence length") -> None:
    """A logarithmic axis of lengths, called `name`, with ticks at the lengths that were run."""
    axes.set_xscale("log")
    axes.set_xticks(lengths, [str(length) for length in lengths])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlim(min(lengths) / 1.25, max(lengths) * 1.25)
    axes.set_xlabel(f"{name} T (log scale)")


def spread(values: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """`values` moved at least `gap` apart, as little as possible, within `low` to `high`.

    Pools of values that would collide share their excess (isotonic regression), so that labels
    stay in order and near what they name.
    """
    order = np.argsort(values, kind="stable")
    offsets = np.arange(len(values)) * gap
    pools: list[list[float]] = []  # of shifted values that share one place
    for target in np.asarray(values, dtype=float)[order] - offsets:
        pools.append([target])
        while len(pools) > 1 and np.mean(pools[-2]) > np.mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    places = np.concatenate([[np.mean(pool)] * len(pool) for pool in pools])
    places = np.clip(places, low, max(low, high - offsets[-1])) + offsets
    result = np.empty(len(values))
    result[order] = places
    return result.tolist()


def label_ends(axes: Axes, ends: list[tuple[float, float, str, str]], size: float = 8) -> None:
    """Name lines at their right ends, (x, y, text, colour) each, without overlaps.

    A thin line leads from a line's end to its name if the name had to be moved. Call this when the
    axes' limits are final.
    """
    low, high = axes.get_ylim()
    height = axes.figure.get_size_inches()[1] * 72 * 0.8  # of the axes, in points, roughly
    gap = 1.25 * size / height * (high - low)
    places = spread([y for _, y, _, _ in ends], gap, low, high)
    for (x, y, text, colour), place in zip(ends, places, strict=True):
        axes.annotate(
            text,
            (x, y),
            xytext=(1.09, (place - low) / (high - low)),
            textcoords="axes fraction",
            color=colour,
            fontsize=size,
            va="center",
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "lw": 0.6, "shrinkA": 0, "shrinkB": 3},
        )


@settings()
def as_svg(figure: Figure) -> str:
    """`figure` as a data URI, for a page that contains it."""
    text = io.BytesIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return f"data:image/svg+xml;base64,{base64.b64encode(text.getvalue()).decode()}"


@settings()
def save(figure: Figure, stem: Path, formats: Iterable[str] = FORMATS) -> None:
    """Write `figure` as `stem`.svg, .pdf and .png; the same figure gives the same bytes."""
    undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None, "ModDate": None}, "png": {}}
    for kind in formats:
        with atomic(stem.with_name(f"{stem.name}.{kind}")) as path:
            figure.savefig(path, format=kind, metadata={**undated[kind], "Creator": None})
