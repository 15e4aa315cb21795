"""Can the horizon be predicted before training? Initial sensitivity against the result."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from recall_horizon.analysis.replicates import final
from recall_horizon.presentation.figures import style

TABLES = ("sensitivity", "summary", "predictions")
ORDER = 7
TITLE = "Predicted before training"
CAPTION = (
    "Left: the held-out {score} after training against s0, the sensitivity of the untrained answer "
    "to {first} relative to the last; each point is one model at one length, medians over "
    "replicates, filled for recurrent models. The dotted line is the prediction rule, fixed "
    "beforehand. Right: the horizon that the rule predicts for each model against the measured "
    "one, with its interval; on the diagonal they agree, and < or ≥ means that a prediction is "
    "beyond the lengths tested. Drawn from tables/sensitivity.csv, tables/summary.csv and "
    "tables/predictions.csv."
)
ALT = (
    "Two scatter plots: held-out {score} against initial sensitivity ratio, and measured against "
    "predicted recall horizon, one point per model."
)

FLOOR = -0.35
LEAST_S0 = 1e-12
BEYOND = {"below": "$<$", "above": "$\\geq$", "none": ""}


def draw(tables: dict[str, pd.DataFrame], look: style.Look) -> Figure:
    """s0 against the score, and predicted against measured horizons."""
    figure, (left, right) = style.subplots(1, 2, height=4.1)
    points = _scatter(left, tables, look)
    _horizons(right, tables["predictions"], look)
    style.legend(figure, points, [look.labels[model] for model in look.models])
    return figure


def _scatter(axes: Axes, tables: dict[str, pd.DataFrame], look: style.Look) -> list[PathCollection]:
    """Each model's points, which it returns."""
    runs = tables["sensitivity"]
    s0 = runs.groupby(["model", "length"])["s0"].median().clip(lower=LEAST_S0)
    recurrent = set(runs.loc[runs["decay_rate"].notna(), "model"])
    axes.axvline(tables["predictions"]["critical_s0"].iloc[0], color=style.GREY, ls=":", lw=1)
    axes.axhline(0, color=style.GREY, lw=0.6)
    drawn = []
    for i, model in enumerate(look.models):
        score = final(tables["summary"], model).set_index("length")["score_median"]
        colour = style.GREY if model in look.controls else look.colours[model]
        points = axes.scatter(
            s0[model].reindex(score.index),
            score.clip(lower=FLOOR),
            s=26,
            marker=style.MARKERS[i % len(style.MARKERS)],
            facecolors=colour if model in recurrent else "none",
            edgecolors=colour,
            linewidths=1,
            zorder=3,
        )
        drawn.append(points)
    axes.set_xscale("log")
    axes.set_ylim(FLOOR - 0.05, 1.07)
    axes.set_xlabel("s0 before training (log scale)")
    axes.set_ylabel(f"held-out {look.words['score']} after training (median)")
    axes.set_title("By model and length", weight="bold")
    return drawn


def _horizons(axes: Axes, predictions: pd.DataFrame, look: style.Look) -> None:
    ends = predictions[["predicted", "measured", "measured_low", "measured_high"]].to_numpy()
    low, high = float(np.nanmin(ends)) / 1.35, float(np.nanmax(ends)) * 1.35
    axes.plot([low, high], [low, high], ls=":", color=style.GREY, lw=1)
    table = predictions[predictions["basis"] == "decay rate"]
    table = table if len(table) else predictions
    order = [m for m in look.models if m in set(table["model"])]
    for model in order:
        row = table[table["model"] == model].iloc[0]
        i = look.models.index(model)
        colour = look.colours[model]
        axes.plot([row["predicted"]] * 2, [row["measured_low"], row["measured_high"]], color=colour)
        axes.plot(
            row["predicted"], row["measured"], style.MARKERS[i % len(style.MARKERS)], color=colour
        )
        sign = BEYOND[row["predicted_censoring"]]
        place = (row["predicted"], row["measured"])
        axes.annotate(sign, place, (7, 0), textcoords="offset points", color=colour, va="center")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(low, high)
    axes.set_xlabel("predicted horizon, T")
    axes.set_ylabel("measured horizon, T")
    axes.set_title("Recurrent models", weight="bold")
