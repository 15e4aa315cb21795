"""Who remembers how far: the held-out score of every model against sequence length."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import altair as alt
import pandas as pd
from matplotlib.figure import Figure

from recall_horizon.analysis.replicates import by_replicate, final
from recall_horizon.config.look import Look
from recall_horizon.presentation.figures import interactive, marks, style
from recall_horizon.presentation.intervals import with_interval, with_replicates
from recall_horizon.presentation.quantities import number

TABLES = ("losses", "summary", "datasets")
ORDER = 2
TITLE = "Who remembers how far"
CAPTION = (
    "The held-out {score} after training: 1 is perfect recall, 0 no better than {chance}. Points "
    "are medians, bars intervals; values below the frame are at its edge. Dotted: controls. Light"
    " grey: the headline model."
)
CHART_CAPTION = (
    "Medians over replicates after the number of epochs that the slider sets; bars are intervals."
    " Point at or tap a mark for its replicates. Values beyond the frame are at its edge. Dotted:"
    " {chance}."
)
ALT = "Line charts of held-out {score} against {length}, with a line for each model."
CHART_ALT = (
    "Interactive line chart against {length}, with a line for each chosen model and a "
    "dotted line for {chance}. Its numbers are in tables/summary.csv; those after the "
    "last epoch are in the table of every result."
)

MOST_IN_ONE_CHART = 8  # models; with more, most lines lie on top of each other


def draw(tables: dict[str, pd.DataFrame], look: Look) -> Figure:
    """The median score at the last epoch, a line a model: in one chart, or in a panel each."""
    summary, models = tables["summary"], look.models
    labels = {m: with_replicates(look.labels[m], summary, m) for m in models}
    rows = {model: final(summary, model) for model in models}
    lengths = sorted({length for cells in rows.values() for length in cells["length"]})
    x, y = f"{look.words['length']} T (log scale)", f"held-out {look.words['score']} (median)"
    if len(models) > MOST_IN_ONE_CHART:
        figure, panels = style.panels(look._replace(labels=labels), x, y, row=1.35)
        for model, axes in panels.items():
            levels = marks.score_axis(axes, look, by_length=True)
            marks.length_axis(axes, lengths, marks.PANEL_TICKS)
            headline = rows[look.headline]
            axes.plot(headline["length"], headline["score_median"], color=marks.FAINT, lw=1.3)
            line = marks.line_of(model, look)
            marks.medians(axes, rows[model]["length"], rows[model], "score_median", **line)
        style.legend(figure, levels)
        return figure
    figure, axes = style.subplots(height=4.4)
    levels = marks.score_axis(axes, look, by_length=True)
    marks.length_axis(axes, lengths)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    ends = []
    for place, model in enumerate(models):
        line = marks.line_of(model, look)
        dodged = rows[model]["length"] * 1.012 ** (place - len(models) / 2)  # not on top
        drawn = marks.medians(axes, dodged, rows[model], "score_median", **line)
        ends.append((*drawn.get_xydata()[-1], labels[model], line["color"]))
    marks.label_ends(axes, ends)
    style.legend(figure, levels)
    return figure


CEILING = 1.6  # in units of the baseline
FOREVER = 10**12  # epochs


def chart(tables: dict[str, pd.DataFrame], look: Look) -> interactive.Chart:
    """The same for any loss, any budget and any models, with each replicate's value."""
    datasets = tables["datasets"]
    titles = _titles(look.words)
    top = CEILING * datasets["baseline_loss"].max()
    measures = [interactive.Option(m, title.partition(" (")[0]) for m, title in titles.items()]
    measure = interactive.Control("measure", "Show", "one", measures, [len(measures) - 1])
    epochs = set(tables["summary"]["epoch"])
    budgets = interactive.slider("epoch", "Training budget", epochs, "{:,} epochs")
    lengths = sorted({int(length) for length in datasets["length"]})
    x = alt.X(
        "length:Q",
        title=f"{look.words['length']} T",
        scale=alt.Scale(type="log", domain=[min(lengths) / 1.1, max(lengths) * 1.1], nice=False),
        axis=alt.Axis(values=lengths, grid=False),
    )
    low, high = (
        alt.expr(f"measure == 'score' ? {score} : {loss}")
        for score, loss in ((marks.FLOOR, 0), (1.05, top))
    )
    frame = alt.Scale(domainMin=low, domainMax=high, clamp=True, nice=False)
    y = alt.Y("value:Q", title=None, scale=frame)
    shown = interactive.shown(
        look, x, y, "datum.epoch <= epoch && epoch < datum.until"
    ).transform_calculate(
        value="datum[measure]",
        low="datum[measure + '_low']",
        high="datum[measure + '_high']",
        held="datum[measure + '_text']",
        runs="datum[measure + '_runs']",
    )
    fields = {"label": "model", "length": "length T", "epoch": "epochs"}
    fields |= {"held": "value [interval]", "solved": "solved", "runs": "replicates"}
    chance = (
        alt.Chart(alt.Data(values=datasets[["length", "baseline_loss"]].to_dict("records")))
        .transform_calculate(value="measure == 'score' ? 0 : datum.baseline_loss")
        .mark_line(strokeDash=[2, 3], color=style.GREY)
        .encode(x=x, y=y)
    )
    layers = alt.layer(
        chance,
        *_levels(look, x, y),
        shown.mark_rule(strokeWidth=1.5).encode(y=alt.Y("low:Q"), y2="high:Q"),
        *interactive.lines(shown, look, 70, fields),
        data=alt.Data(values=list(_cells(tables, look))),
    )
    by_measure = ", ".join(f"{name}: '{title}'" for name, title in titles.items())
    title = alt.expr(f"{{{by_measure}}}[measure] + ' after ' + format(epoch, ',') + ' epochs'")
    choices = [interactive.choose_models(look), measure, budgets]
    return interactive.finish(layers, title, choices, look, CHART_CAPTION, CHART_ALT)


def _levels(look: Look, x: alt.X, y: alt.Y) -> Iterator[alt.Chart]:
    """The task's named levels, which only a score has: hidden, since Vega warns of no data."""
    levels = look.levels.items()
    constant = [{"level": name, "value": at} for name, at in levels if not isinstance(at, dict)]
    curves = [
        {"level": name, "length": length, "value": score}
        for name, at in levels
        if isinstance(at, dict)
        for length, score in at.items()
    ]
    shown = {"y": y, "opacity": alt.OpacityValue(alt.expr("measure == 'score' ? 1 : 0"))}
    for rows, across in ((constant, alt.value(3)), (curves, x)):
        if rows:
            lines = alt.Chart(alt.Data(values=rows)).encode(**shown)
            curve = lines.mark_line(strokeDash=[6, 3]).encode(x=x, detail="level:N")
            yield curve if rows is curves else lines.mark_rule(strokeDash=[6, 3])
            first = [next(named) for _, named in groupby(rows, lambda row: row["level"])]
            texts = alt.Chart(alt.Data(values=first)).encode(**shown, text="level:N", x=across)
            yield texts.mark_text(align="left", dy=-7)


def _titles(words: dict[str, str]) -> dict[str, str]:
    """What each measure that can be shown is called."""
    return {
        "test_loss": f"Held-out loss ({words['loss']})",
        "train_loss": f"Training loss ({words['loss']})",
        "score": f"Held-out {words['score']}",
    }


def _cells(tables: dict[str, pd.DataFrame], look: Look) -> Iterator[dict[str, Any]]:
    """What the chart shows for each model, length and budget: numbers to draw, text to read."""
    replicates = by_replicate(tables["losses"])
    epochs = {m: sorted(set(rows["epoch"])) for m, rows in tables["summary"].groupby("model")}
    for _, row in tables["summary"].iterrows():
        model, length, epoch = row["model"], row["length"], row["epoch"]
        cell = {"model": model, "label": look.labels[model], "length": length, "epoch": epoch}
        cell["until"] = min((e for e in epochs[model] if e > epoch), default=FOREVER)
        cell["solved"] = f"{row['solved']} of {row['replicates']} replicates"
        key = (row["study"], row["task"], model, length, epoch)
        for metric in _titles(look.words):
            for end in ("", "_low", "_high"):
                cell[f"{metric}{end}"] = interactive.drawable(row[f"{metric}_median{end}"])
            cell[f"{metric}_text"] = with_interval(row, f"{metric}_median")
            runs = sorted(replicates[metric].loc[key].dropna(), reverse=metric == "score")
            cell[f"{metric}_runs"] = _listed([number(value) for value in runs])
        yield cell


def _listed(texts: list[str]) -> str:
    """`texts` separated by commas; if there are many, only the first and the last ten."""
    return ", ".join(texts if len(texts) <= 20 else [*texts[:10], "…", *texts[-10:]])
