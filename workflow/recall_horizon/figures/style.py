"""The one style of all figures. Not a figure.

Sizes suit a text column of 16 cm; colours are Okabe & Ito's (2008), which survive colour
blindness, and differ in lightness so that they survive grey.
"""

from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recall_horizon.files import atomic

WIDTH = 6.3  # inches
GREY = "#6b6b6b"
INK = "#1a1a1a"
TRAINING = "#E69F00"
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
    """What the configuration decides of figures: the models' order, labels and colours."""

    headline: str
    models: list[str]
    labels: dict[str, str]
    colours: dict[str, str]
    confidence: float


def subplots(
    rows: int = 1, columns: int = 1, height: float = 3.4, **options: Any
) -> tuple[Figure, Any]:
    """matplotlib's `subplots`, in the project's style and width; `height` in inches."""
    mpl.rcParams.update(RC)
    return plt.subplots(rows, columns, figsize=(WIDTH, height), layout="constrained", **options)


def length_axis(axes: Axes, lengths: list[int]) -> None:
    """A logarithmic axis of sequence lengths, ticked at the lengths that were run."""
    axes.set_xscale("log")
    axes.set_xticks(lengths, [str(length) for length in lengths])
    axes.xaxis.set_minor_locator(mpl.ticker.NullLocator())
    axes.set_xlim(min(lengths) / 1.25, max(lengths) * 1.25)
    axes.set_xlabel("sequence length T (log scale)")


def save(figure: Figure, stem: Path) -> None:
    """Write `figure` as `stem`.svg, .pdf and .png; the same figure is the same bytes."""
    undated = {"svg": {"Date": None}, "pdf": {"CreationDate": None, "ModDate": None}, "png": {}}
    for kind in FORMATS:
        with atomic(stem.with_name(f"{stem.name}.{kind}")) as path:
            figure.savefig(path, format=kind, metadata={**undated[kind], "Creator": None})
    plt.close(figure)
