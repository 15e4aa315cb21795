"""Who remembers how far: the held-out score of every model against sequence length."""

from collections.abc import Iterator
from typing import Any

import altair as alt
import pandas as pd
from matplotlib.figure import Figure

from recall_horizon.analysis.replicates import by_replicate, final
from recall_horizon.presentation.figures import interactive, style
from recall_horizon.presentation.intervals import with_interval, with_replicates
from recall_horizon.presentation.quantities import number

TABLES = ("losses", "summary", "datasets")
ORDER = 2
TITLE = "Who remembers how far"
CAPTION = (
    "The held-out {score} after the last epoch: 1 is perfect recall, 0 no better than {chance}. "
    "Lines are interquartile means over replicates, bars their bootstrap intervals; values below "
    "the frame are drawn at its edge. Grey and dotted: controls, whose best possible {score} is "
    "known. Drawn from tables/summary.csv."
)
CHART_CAPTION = (
    "Held-out {score}, held-out loss or training loss after any number of epochs: move the slider, "
    "and recall spreads to longer sequences as training continues. Points are interquartile means "
    "over replicates, bars their bootstrap intervals; hover over one for its replicates. A model "
    "that was not evaluated at that epoch is shown at its last evaluation before; values beyond "
    "the frame are drawn at its edge. The dotted line is what {chance} scores. Drawn from "
    "tables/summary.csv, tables/losses.csv and tables/datasets.csv."
)
ALT = (
    "Line chart of held-out {score} against {length} with a line for each model, named at "
    "its right end; controls in grey."
)
CHART_ALT = (
    "Interactive line chart against {length}, with a line for each chosen model and a "
    "dotted line for {chance}. Its numbers are in tables/summary.csv; those after the "
    "last epoch are in the table of every result."
)

FLOOR = -0.35


def draw(tables: dict[str, pd.DataFrame], look: style.Look) -> Figure:
    """The interquartile mean of the score at the last epoch, one line per model."""
    figure, axes = style.subplots(height=4.4)
    axes.axhline(0, color=style.GREY, lw=0.8, ls=":")
    axes.set_ylim(FLOOR, 1.05)
    ends, lengths = [], set()
    for i, model in enumerate(look.models):
        rows = final(tables["summary"], model)
        value, low, high = (
            rows[f"score_iqm{end}"].clip(lower=FLOOR) for end in ("", "_low", "_high")
        )
        control = model in look.controls
        colour = style.GREY if control else look.colours[model]
        x = rows["length"] * 1.012 ** (i - len(look.models) / 2)  # side by side, not on top
        axes.vlines(x, low, high, color=colour, lw=1, alpha=0.6)
        axes.plot(
            x,
            value,
            ":" if control else "-",
            color=colour,
            marker=style.MARKERS[i % len(style.MARKERS)],
            ms=4,
            lw=1.1 if control else 1.6,
            zorder=2 if control else 3,
        )
        label = with_replicates(look.labels[model], tables["summary"], model)
        ends.append((x.iloc[-1], value.iloc[-1], label, colour))
        lengths |= set(rows["length"])
    style.length_axis(axes, sorted(lengths), look.words["length"])
    axes.set_ylabel(f"held-out {look.words['score']} (interquartile mean)")
    axes.set_title("Who remembers how far", weight="bold")
    style.label_ends(axes, ends)
    return figure


CEILING = 1.6  # in units of the baseline
FOREVER = 10**12  # epochs


def chart(tables: dict[str, pd.DataFrame], look: style.Look) -> interactive.Chart:
    """The same for any loss, any budget and any models, with each replicate's value."""
    datasets = tables["datasets"]
    titles = _titles(look.words)
    top = CEILING * datasets["baseline_loss"].max()
    measures = [interactive.Option(m, title.partition(" (")[0]) for m, title in titles.items()]
    budgets = interactive.slider(
        "epoch", "Training budget", set(tables["summary"]["epoch"]), "{:,} epochs"
    )
    measure = interactive.Control("measure", "Show", "one", measures, [len(measures) - 1])
    lengths = sorted({int(length) for length in datasets["length"]})
    x = alt.X(
        "length:Q",
        title=f"{look.words['length']} T",
        scale=alt.Scale(type="log", domain=[min(lengths) / 1.1, max(lengths) * 1.1], nice=False),
        axis=alt.Axis(values=lengths, grid=False),
    )
    low, high = (
        f"measure == 'score' ? {score} : {loss}" for score, loss in ((FLOOR, 0), (1.05, top))
    )
    y = alt.Y(
        "value:Q",
        title=None,
        scale=alt.Scale(domainMin=alt.expr(low), domainMax=alt.expr(high), clamp=True, nice=False),
    )
    shown = (
        alt.Chart()
        .transform_filter(
            "datum.epoch <= epoch && epoch < datum.until && indexof(models, datum.model) >= 0"
        )
        .transform_calculate(
            value="datum[measure]",
            low="datum[measure + '_low']",
            high="datum[measure + '_high']",
            held="datum[measure + '_text']",
            runs="datum[measure + '_runs']",
        )
        .encode(
            x=x,
            y=y,
            color=interactive.colours(look),
            opacity=interactive.emphasised(),
        )
    )
    told = {
        "label": "model",
        "length": "length T",
        "epoch": "epochs",
        "held": "value [interval]",
        "solved": "solved",
        "runs": "replicates",
    }
    chance = (
        alt.Chart(alt.Data(values=datasets[["length", "baseline_loss"]].to_dict("records")))
        .transform_calculate(value="measure == 'score' ? 0 : datum.baseline_loss")
        .mark_line(strokeDash=[2, 3], color=style.GREY)
        .encode(x=x, y=y)
    )
    layers = alt.layer(
        chance,
        shown.mark_rule(strokeWidth=1.5).encode(y=alt.Y("low:Q"), y2="high:Q"),
        *interactive.lines(shown, look, 70, told),
        data=alt.Data(values=list(_cells(tables, look))),
    )
    by_measure = ", ".join(f"{name}: '{title}'" for name, title in titles.items())
    title = alt.expr(f"{{{by_measure}}}[measure] + ' after ' + format(epoch, ',') + ' epochs'")
    choices = [interactive.choose_models(look), measure, budgets]
    return interactive.finish(layers, title, choices, look, CHART_CAPTION, CHART_ALT)


def _titles(words: dict[str, str]) -> dict[str, str]:
    """What each measure that can be shown is called."""
    return {
        "test_loss": f"Held-out loss ({words['loss']})",
        "train_loss": f"Training loss ({words['loss']})",
        "score": f"Held-out {words['score']}",
    }


def _cells(tables: dict[str, pd.DataFrame], look: style.Look) -> Iterator[dict[str, Any]]:
    """What the chart shows for each model, length and budget: numbers to draw, text to read."""
    replicates = by_replicate(tables["losses"])
    epochs = {m: sorted(set(rows["epoch"])) for m, rows in tables["summary"].groupby("model")}
    for _, row in tables["summary"].iterrows():
        cell = {
            "model": row["model"],
            "label": look.labels[row["model"]],
            "length": row["length"],
            "epoch": row["epoch"],
            "until": min((e for e in epochs[row["model"]] if e > row["epoch"]), default=FOREVER),
            "solved": f"{row['solved']} of {row['replicates']} replicates",
        }
        key = (row["study"], row["task"], row["model"], row["length"], row["epoch"])
        for metric in _titles(look.words):
            for end in ("", "_low", "_high"):
                value = row[f"{metric}_iqm{end}"]
                cell[f"{metric}{end}"] = interactive.drawable(value)
            cell[f"{metric}_text"] = with_interval(row, f"{metric}_iqm")
            runs = sorted(replicates[metric].loc[key].dropna(), reverse=metric == "score")
            cell[f"{metric}_runs"] = _listed([number(value) for value in runs])
        yield cell


def _listed(texts: list[str]) -> str:
    """`texts` separated by commas; if there are many, only the first and the last ten."""
    return ", ".join(texts if len(texts) <= 20 else [*texts[:10], "…", *texts[-10:]])
