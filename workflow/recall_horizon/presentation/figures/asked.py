"""What was asked: a held-out sequence, and its right answer."""

from textwrap import fill

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recall_horizon.config.look import Look
from recall_horizon.presentation.figures import style
from recall_horizon.presentation.quantities import number

TABLES = ("examples",)
ORDER = 0.5
TITLE = "A sequence, and what is asked of it"
CAPTION = (
    "One of the study's held-out sequences, a bar or a column for each step, in the order in "
    "which it is read. Below it is the right answer: {target}. Orange: the number to recall."
)
ALT = "A held-out sequence of the study as a chart, a step a column, with its right answer."

MOST_ANSWERS = 16  # that are written
MOST_ROWS = 24  # of numbers a step, which show those that are 0 throughout
LINE = 11  # letters an inch of what is written


def draw(tables: dict[str, pd.DataFrame], look: Look) -> Figure:
    """Bars of a sequence of numbers; of several numbers a step, a shade for each."""
    parts = {
        part: rows.pivot(index="feature", columns="position", values="value").to_numpy()
        for part, rows in tables["examples"].groupby("part")
    }
    sequence, answer = parts["sequence"], parts["answer"]
    features, steps = sequence.shape
    numbers = f"{features} numbers"
    if features > MOST_ROWS:
        sequence = sequence[sequence.any(axis=1)]
        numbers = f"{len(sequence)} of {numbers};\nthe others are 0"
    rows = len(sequence)
    figure, axes = style.subplots(height=1.9 if features == 1 else 1.3 + 0.13 * max(rows, 6))
    if features == 1:
        _bars(axes, sequence[0], answer)
    else:
        axes.imshow(sequence, aspect="auto", cmap="Blues", extent=(0.5, steps + 0.5, rows, 0))
        axes.set_yticks([])
        axes.set_ylabel(numbers, fontsize=8)
    axes.set_xlim(0.4, steps + 0.6)
    every = max(1, steps // 4)
    axes.set_xticks([1, *range(every, steps + 1, every)] if every > 1 else range(1, steps + 1))
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelsize=7.5)
    values = answer.T.ravel()
    written = "{:.0f}".format if (values % 1 == 0).all() else number
    told = ", ".join([*map(written, values[:MOST_ANSWERS]), "…"][: len(values)])
    axes.set_xlabel(fill(f"the right answer: {told}", int(LINE * style.width())), weight="bold")
    return figure


def _bars(axes: Axes, values: np.ndarray, answer: np.ndarray) -> None:
    """A bar for each element, marked where it is equal to an answer."""
    colours = np.where(np.isin(values, answer), style.TRAINING, "#9db4c0")
    axes.bar(np.arange(1, len(values) + 1), values, width=0.8, color=colours)
    axes.axhline(0, color=style.GREY, lw=0.8)
    axes.set_yticks([0])
    room = 0.25 * max(float(np.ptp(values)), 1e-6)
    axes.set_ylim(min(values.min(), 0) - room, max(values.max(), 0) + room)
    roomy = len(values) <= style.width() * 4
    for step, value in enumerate(values, 1):
        if roomy or (answer.size == 1 and value in answer):
            side = {"va": "bottom"} if value >= 0 else {"va": "top"}
            text = f"{value:.2f}".replace("-", "−")
            place = {"xytext": (0, 2 if value >= 0 else -2), "textcoords": "offset points"}
            axes.annotate(text, (step, value), ha="center", fontsize=6, **side, **place)
