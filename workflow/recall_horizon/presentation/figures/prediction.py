"""Can the horizon be predicted before training? Initial sensitivity against the result."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from recall_horizon.analysis.replicates import final
from recall_horizon.config.look import Look
from recall_horizon.presentation.figures import marks, style

TABLES = ("sensitivity", "outcomes", "predictions")
ORDER = 7
TITLE = "Predicted before training"
CAPTION = (
    "Left: s0, the share of {first} in an untrained model's answer, against the score after "
    "training; filled: recurrent models; dotted: the rule fixed beforehand. Right: horizons "
    "predicted (grey) and measured, with intervals."
)
ALT = (
    "A scatter plot of held-out {score} against the initial sensitivity ratio s0, and for each "
    "recurrent model the predicted and the measured recall horizon as bars."
)

LEAST_S0 = 1e-12
NAME_SHARE = 0.15  # of the width: what a model's name may take


def draw(tables: dict[str, pd.DataFrame], look: Look) -> Figure:
    """s0 against the score, and predicted against measured horizons."""
    places = (1, 2) if style.width() > style.NARROW else (2, 1)
    figure, (left, right) = style.subplots(*places, height=4.3 * places[0])
    levels = marks.score_axis(left, look)
    points = _scatter(left, tables, look)
    _horizons(right, tables["predictions"], look, sorted(set(tables["outcomes"]["length"])))
    style.legend(figure, [*points, *levels], "lower")
    return figure


def _scatter(axes: Axes, tables: dict[str, pd.DataFrame], look: Look) -> list[PathCollection]:
    """Each model's points, which it returns."""
    runs = tables["sensitivity"]
    s0 = runs.groupby(["model", "length"])["s0"].median().clip(lower=LEAST_S0)
    recurrent = set(runs.loc[runs["decay_rate"].notna(), "model"])
    for critical in tables["predictions"]["critical_s0"][:1]:
        axes.axvline(critical, color=style.GREY, ls=":", lw=1)
    drawn = []
    for model in look.models:
        score = final(tables["outcomes"], model).set_index("length")["score"]
        line = marks.line_of(model, look)
        points = axes.scatter(
            s0[model].reindex(score.index),
            score.clip(lower=marks.FLOOR),
            s=26,
            marker=line["marker"],
            facecolors=line["color"] if model in recurrent else "none",
            edgecolors=line["color"],
            linewidths=1,
            zorder=3,
            label=look.labels[model],
        )
        drawn.append(points)
    axes.set_xscale("log")
    axes.set_xlabel("s0 before training (log scale)")
    axes.set_ylabel(f"held-out {look.words['score']} after training (median)")
    axes.set_title("By model and length", weight="bold")
    return drawn


def _horizons(axes: Axes, predictions: pd.DataFrame, look: Look, lengths: list[int]) -> None:
    """Brackets of tested lengths: the predicted one above the measured one, a row a model."""
    recurrent = predictions[predictions["basis"] == "decay rate"]
    rows = (recurrent if len(recurrent) else predictions).set_index("model")
    models = [model for model in look.models if model in rows.index]
    for y, model in enumerate(models):
        row, colour = rows.loc[model], marks.line_of(model, look)["color"]
        for ends, shift, bar in (
            (("predicted_passes", "predicted_fails"), -0.17, {"color": marks.FAINT, "lw": 6}),
            (("passes", "fails"), 0.17, {"color": colour, "lw": 6}),
            (("low", "high"), 0.17, {"color": colour, "lw": 1}),
        ):
            place = marks.rank(row[list(ends)], lengths)
            axes.plot(place, [y + shift] * 2, solid_capstyle="butt", **bar)
    axes.set_yticks(range(len(models)), [look.labels[model] for model in models], fontsize=7.5)
    for name in axes.get_yticklabels():
        style.fit(name, NAME_SHARE * axes.figure.bbox.width)
    axes.set_ylim(max(len(models), 1) - 0.5, -0.5)
    axes.set_xticks(range(len(lengths) + 2), ["none", *map(str, lengths), "all"], fontsize=7.5)
    axes.set_xlabel("recall horizon, T")
    axes.set_title("Predicted and measured", weight="bold")
