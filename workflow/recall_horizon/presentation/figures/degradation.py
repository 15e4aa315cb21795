"""The lesson's figure: loss against sequence length."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recall_horizon.analysis.replicates import by_replicate, final
from recall_horizon.presentation.figures import style

TABLES = ("losses", "summary", "datasets")
ORDER = 1
TITLE = "Loss against {length}"
CAPTION = (
    "The {loss} after the last epoch, on the sequences a model was trained on and on "
    "held-out ones. Lines are medians over replicates, bands their bootstrap intervals, faint "
    "points the replicates. The dotted line is what {chance} scores: a model at that "
    "line has recalled nothing, regardless of its training loss. The shading between the lines "
    "shows how far the two losses are apart; where an arrow marks it, their intervals are apart "
    "as well. Replicates above the frame are drawn at its edge as triangles. Drawn from "
    "tables/losses.csv, tables/summary.csv and tables/datasets.csv."
)
ALT = (
    "Line chart of {loss} against {length}, with one line for the training "
    "loss, one for the held-out loss and a dotted line for {chance}."
)

CEILING = 1.6  # in units of the baseline: any loss above it is a failure
LINE = 0.07  # of the axis: the height of a line of text
DODGE = 1.03  # the two losses' points are side by side on the logarithmic axis


def draw(tables: dict[str, pd.DataFrame], look: style.Look) -> Figure:
    """Training and held-out loss of the headline model against length."""
    model = look.headline
    summary = final(tables["summary"], model)
    replicates = by_replicate(tables["losses"])
    datasets = tables["datasets"]
    top = CEILING * datasets["baseline_loss"].max()
    figure, axes = style.subplots()
    ends = []
    for metric, label, colour, marker, line, dodge in (
        ("test_loss", "held-out", look.colours[model], "o", "-", DODGE),
        ("train_loss", "training", style.TRAINING, "s", "--", 1 / DODGE),
    ):
        runs = final(replicates[metric].reset_index(), model).set_index("length")
        runs = runs[replicates[metric].columns].stack().dropna()
        x, loss = runs.index.get_level_values("length") * dodge, runs.to_numpy()
        points = {"color": colour, "alpha": 0.35, "linewidths": 0, "s": 14, "zorder": 2}
        axes.scatter(x[loss <= top], loss[loss <= top], marker=marker, **points)
        axes.scatter(x[loss > top], np.full((loss > top).sum(), top), marker="^", **points)
        value, low, high = (summary[f"{metric}_median{end}"] for end in ("", "_low", "_high"))
        x = summary["length"]
        axes.fill_between(x, low.clip(upper=top), high.clip(upper=top), color=colour, alpha=0.18)
        axes.plot(x, value.clip(upper=top), line, color=colour, marker=marker, ms=4, zorder=3)
        ends.append((value.clip(upper=top).iloc[-1], f"{label} loss", colour))
    places = style.spread([end for end, _, _ in ends], LINE * top, 0, top)
    for (_, text, colour), place in zip(ends, places, strict=True):
        axes.annotate(
            text,
            (summary["length"].iloc[-1], place),
            xytext=(9, 0),
            textcoords="offset points",
            color=colour,
            va="center",
            weight="bold",
        )
    axes.plot(datasets["length"], datasets["baseline_loss"], ":", color=style.GREY, zorder=1)
    axes.annotate(
        look.words["chance"],
        (datasets["length"].iloc[0], datasets["baseline_loss"].iloc[:2].max()),
        xytext=(0, 4),
        textcoords="offset points",
        color=style.GREY,
    )
    _gap(axes, summary, top)
    style.length_axis(axes, sorted(summary["length"]), look.words["length"])
    axes.set_ylim(0, top * 1.02)
    axes.set_ylabel(f"{look.words['loss']} after the last epoch")
    axes.set_title(f"{look.labels[model]}: recall of {look.words['target']}", weight="bold")
    return figure


def _gap(axes: Axes, summary: pd.DataFrame, top: float) -> None:
    """Shade the space between the losses; mark where held-out is clearly above training loss."""
    train, test = (summary[f"{split}_loss_median"].clip(upper=top) for split in ("train", "test"))
    gap = summary["train_loss_median_high"] < summary["test_loss_median_low"]
    axes.fill_between(summary["length"], train, test, color=style.GREY, alpha=0.1, lw=0)
    if not gap.any():
        return
    widest = (test - train).where(gap).idxmax()
    x, low, high = summary["length"][widest], train[widest], test[widest]
    if high - low < 0.15 * top:
        return  # too narrow for a label
    axes.annotate(
        "",
        (x, low),
        xytext=(x, high),
        arrowprops={"arrowstyle": "<->", "color": style.INK, "lw": 0.9, "shrinkA": 5, "shrinkB": 5},
    )
    axes.annotate(
        "memorised,\nnot recalled",
        (x, (low + high) / 2),
        xytext=(-6, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        color=style.INK,
        fontsize=8,
        bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "alpha": 0.75, "linewidth": 0},
    )
