"""The lesson's figure: loss against sequence length."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recall_horizon.analysis.replicates import by_replicate, final
from recall_horizon.config.look import Look
from recall_horizon.presentation.figures import marks, style

TABLES = ("losses", "outcomes")
ORDER = 1
TITLE = "Loss against {length}"
CAPTION = (
    "The {loss} after the last epoch on training sequences and on held-out ones, also of a network "
    "trained on all lengths. Lines are medians over replicates, bands their exact intervals, "
    "points the replicates; triangles lie above the frame. At the dotted line, {chance}, nothing "
    "is recalled. An arrow marks what was memorised. Drawn from tables/losses.csv and "
    "tables/outcomes.csv."
)
ALT = (
    "Line chart of {loss} against {length}, with one line for the training "
    "loss, one for the held-out loss, one for a network trained on all lengths where there is one, "
    "and a dotted line for {chance}."
)

CEILING = 1.6  # in units of the loss of chance: the frame's upper edge
TOGETHER = "#117733"  # of the network that is trained on all lengths
DODGE = 1.03  # the two losses' points are side by side on the logarithmic axis


def draw(tables: dict[str, pd.DataFrame], look: Look) -> Figure:
    """Training and held-out loss of the headline model against length."""
    model = look.headline
    rows = final(tables["outcomes"], model)
    replicates = by_replicate(tables["losses"])
    top = CEILING * rows["chance_loss"].max()
    figure, axes = style.subplots()
    names = []  # of the lines, at their ends
    for who, metric, label, colour, marker, line, dodge in (
        (model, "test_loss", "held-out loss", look.colours[model], "o", "-", DODGE),
        (model, "train_loss", "training loss", style.TRAINING, "s", "--", 1 / DODGE),
        *_together(tables["outcomes"], look),
    ):
        rows = final(tables["outcomes"], who)
        runs = final(replicates[metric].reset_index(), who).set_index("length")
        runs = runs[replicates[metric].columns].stack().dropna()
        x, loss = runs.index.get_level_values("length") * dodge, runs.to_numpy()
        points = {"color": colour, "alpha": 0.35, "linewidths": 0, "s": 14, "zorder": 2}
        axes.scatter(x[loss <= top], loss[loss <= top], marker=marker, **points)
        axes.scatter(x[loss > top], np.full((loss > top).sum(), top), marker="^", **points)
        value, low, high = marks.ends(rows, metric, high=top)
        axes.fill_between(rows["length"], low, high, color=colour, alpha=0.18)
        axes.plot(rows["length"], value, line, color=colour, marker=marker, ms=4, zorder=3)
        names.append((rows["length"].iloc[-1], value.iloc[-1], label, colour))
    rows = final(tables["outcomes"], model)
    axes.plot(rows["length"], rows["chance_loss"], ":", color=style.GREY, zorder=1)
    start = (rows["length"].iloc[0], rows["chance_loss"].iloc[:2].max() + 0.03 * top)
    axes.annotate(look.words["chance"], start, color=style.GREY)
    _mark_memorised(axes, rows, top)
    marks.length_axis(axes, sorted(rows["length"]))
    axes.set_xlabel(f"{look.words['length']} T (log scale)")
    axes.set_ylim(0, top * 1.02)
    marks.label_ends(axes, names)
    axes.set_ylabel(f"{look.words['loss']} after the last epoch")
    axes.set_title(f"{look.labels[model]}: recall of {look.words['target']}", weight="bold")
    return figure


def _together(outcomes: pd.DataFrame, look: Look) -> Iterator[tuple[str, ...]]:
    """The held-out loss of the same network trained on all lengths at once, where there is one."""
    for name in look.models:
        if look.partners.get(name) == look.headline and name in set(outcomes["model"]):
            yield (name, "test_loss", "held-out, one for\nall lengths", TOGETHER, "D", "-", 1.0)
            return


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
        "memorised,\nnot recalled",
        (x, (low + high) / 2),
        xytext=(-6, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        fontsize=8,
        bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "alpha": 0.75, "linewidth": 0},
    )
