"""The style that all figures share. Not a figure.

Sizes suit a text column of 16 cm. Colours are Okabe & Ito's (2008), which colour-blind readers can
distinguish; they also differ in lightness, and so in greyscale.

Figures are drawn without pyplot and with settings of their own, so that they are the same whatever
a user's matplotlibrc or notebook has set, and leave its settings and open figures alone.
"""

import base64
import io
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import ModuleType
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import typst
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import LayoutEngine, PlaceHolderLayoutEngine
from matplotlib.text import Text

from recall_horizon.config.look import Look
from recall_horizon.storage.files import atomic

FIGURE_WIDTH, NARROW = 6.3, 3.4  # inches: of a text column, and of a phone
PANEL_COLUMNS = 4
AROUND = 1.0  # inches: the height of what is around the rows of panels
TITLE_SHARE = 0.86  # of a panel's part of the width: what its title may take
GREY = "#6b6b6b"
INK = "#1a1a1a"
TRAINING = "#E69F00"
FORMATS = ("svg", "pdf", "png")
PPI = 200  # of a PNG

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
    "savefig.dpi": PPI,
    "svg.fonttype": "path",
    "svg.hashsalt": "recall-horizon",
}


_WIDTH = ContextVar("width", default=FIGURE_WIDTH)


def width() -> float:
    """The width of the figure that is being drawn, in inches."""
    return _WIDTH.get()


@contextmanager
def as_wide_as(inches: float) -> Iterator[None]:
    """Draw figures of this width."""
    before = _WIDTH.set(inches)
    try:
        yield
    finally:
        _WIDTH.reset(before)


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

    def get_layout_engine(self) -> LayoutEngine | None:
        """None when the layout is found: else it would be drawn once more to be saved."""
        engine = super().get_layout_engine()
        return None if isinstance(engine, PlaceHolderLayoutEngine) else engine

    def _repr_png_(self) -> bytes:
        """The picture that a notebook shows."""
        picture = io.BytesIO()
        self.savefig(picture, format="png", dpi="figure")
        return picture.getvalue()


def drawn(
    module: ModuleType, tables: dict[str, pd.DataFrame], look: Look, width: float = FIGURE_WIDTH
) -> Figure:
    """The figure of a figure's module, which draws labels and words as they are written; its
    `width` in inches."""
    labels = {model: literal(label) for model, label in look.labels.items()}
    words = {name: literal(word) for name, word in look.words.items()}
    levels = {literal(name): score for name, score in look.levels.items()}
    with settings(), as_wide_as(width):
        figure = module.draw(tables, look._replace(labels=labels, words=words, levels=levels))
        # The layout is found once: found again from itself, it would move a little in each format.
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
    return figure


def literal(text: str) -> str:
    """`text` for matplotlib, which would read what is between two dollar signs as mathematics."""
    return text.replace("$", r"\$")


def subplots(
    rows: int = 1, columns: int = 1, height: float = 3.4, **options: Any
) -> tuple[Figure, Any]:
    """matplotlib's `subplots`, in the project's style and width; `height` in inches."""
    figure = Picture(figsize=(width(), height), layout="constrained")
    return figure, figure.subplots(rows, columns, **options)


def grid(rows: int, columns: int, height: float) -> tuple[Figure, np.ndarray]:
    """`subplots` that share their axes, always an array of two dimensions."""
    return subplots(rows, columns, height, sharex=True, sharey=True, squeeze=False)


def panels(look: Look, x: str, y: str, row: float) -> tuple[Figure, dict[str, Axes]]:
    """A grid of small charts, one for each model, with the same axes.

    Args:
        look: the models, and their labels.
        x: what the horizontal axes show.
        y: what the vertical axes show.
        row: the height of a row, in inches.

    Returns:
        The figure, and the axes of each model.
    """
    columns = min(PANEL_COLUMNS if width() > NARROW else 2, len(look.models))
    rows = -(-len(look.models) // columns)
    figure, places = grid(rows, columns, AROUND + row * rows)
    for axes in places.flat[len(look.models) :]:
        axes.set_axis_off()
    by_model = dict(zip(look.models, places.flat, strict=False))
    for model, axes in by_model.items():
        title = axes.set_title(look.labels[model], fontsize=7.5, weight="bold")
        fit(title, TITLE_SHARE * figure.bbox.width / columns)
        axes.tick_params(labelsize=7.5)
    for axes in list(by_model.values())[-columns:]:  # those without a panel below
        axes.tick_params(labelbottom=True)
    figure.supxlabel(x, fontsize=9)
    figure.supylabel(y, fontsize=9)
    return figure, by_model


def fit(text: Text, room: float) -> None:
    """Let a text wider than `room`, in pixels, take several lines, or make it smaller."""
    width = text.get_window_extent().width
    if width > room:
        room *= 0.9  # clear of the next panel, and of the figure's edge
        characters = max(1, int(len(text.get_text()) * room / width))
        text.set_text(textwrap.fill(text.get_text(), characters, break_long_words=False))
        text.set_fontsize(text.get_fontsize() * min(1, room / text.get_window_extent().width))


def legend(figure: Figure, handles: Sequence[Any], side: str = "upper") -> None:
    """A legend outside the axes, in as many columns as `figure` is wide enough for.

    Its handles are given, since a legend that collects them leaves out labels that begin with "_".
    """
    labels = [handle.get_label() for handle in handles]
    for columns in range(len(handles), 0, -1):
        where = {"loc": f"outside {side} center", "ncols": columns}
        placed = figure.legend(handles, labels, fontsize=7.5, **where)
        if placed.get_window_extent().width <= 0.95 * figure.bbox.width or columns == 1:
            return
        placed.remove()


@settings()
def as_svg(figure: Figure) -> str:
    """`figure` as SVG; coordinates to the hundredth of a point and no indentation keep it small."""
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return re.sub(r"(\d\d\.\d\d)\d+", r"\1", re.sub(r"\n\s+", "\n", text.getvalue()))


def as_uri(svg: str) -> str:
    """A picture as a data URI, for a page that contains it."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def converted(figure: Figure, svg: str, kind: str) -> bytes:
    """`figure`, of which `svg` is the picture, as `pdf` or `png`; its text is outlines.

    Typst converts the picture in some hundredths of a second. matplotlib would draw it again, and
    embed its fonts in a PDF, for which it takes half a second a figure.
    """
    width, height = figure.get_size_inches()
    page = (
        "#set document(date: none)\n"
        f"#set page(width: {width}in, height: {height}in, margin: 0pt)\n"
        '#image("picture.svg", width: 100%)'
    )
    sources = {"main.typ": page.encode(), "picture.svg": svg.encode()}
    return typst.compile(sources, format=kind, ppi=PPI, ignore_system_fonts=True)


@settings()
def save(figure: Figure, stem: Path, formats: Iterable[str] = FORMATS) -> None:
    """Write `figure` as `stem`.svg, .pdf and .png; the same figure gives the same bytes."""
    svg = as_svg(figure)
    made = {
        kind: svg.encode() if kind == "svg" else converted(figure, svg, kind) for kind in formats
    }
    for kind, content in made.items():
        with atomic(stem.with_name(f"{stem.name}.{kind}")) as path:
            path.write_bytes(content)
