"""The answer: how far every model remembers, trained on one length at a time and on all."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from recall_horizon.config.look import Look
from recall_horizon.presentation.figures import style
from recall_horizon.presentation.intervals import bracket

TABLES = ("horizons", "generalisation")
ORDER = 0
TITLE = "How far back each model remembers"
CAPTION = (
    "Solid: up to the last {length} recalled. Pale: the limit lies in here. Arrow: recalled at"
    " every length tried; blue is tried where it was trained. Thin line: interval of the limit. "
    "Grey: controls, limited on purpose."
)
ALT = (
    "Bar chart of recall horizons, a row for each model, the longest first: one bar for networks "
    "of one {length} each, one for a network trained on all. The numbers are in the table of "
    "recall horizons."
)

ALONE, TOGETHER = "#0072B2", "#117733"
NAMES = {ALONE: "a network for each length", TOGETHER: "one network for all lengths"}
THICK = 0.34  # of a bar, in rows
NAME_SHARE = 0.27  # of the width: what a model's name may take


class Bar(NamedTuple):
    """A horizon to be drawn: the row of its table, and its colour."""

    row: dict[str, Any]
    colour: str


def draw(tables: dict[str, pd.DataFrame], look: Look) -> Figure:
    """A row for each network, the longest horizon first, with a bar for each way of training."""
    rows = dict(_rows(tables, look))
    found = [bar for bars in rows.values() for bar in bars]
    tested = _lengths(bar.row for bar in found)
    left, longest = tested[0] / 1.6, _longest(found)
    height = sum(max(len(bars), 1.4) for bars in rows.values())
    figure, axes = style.subplots(height=0.8 + 0.2 * height)
    middles, top = [], 0.0
    for bars in rows.values():
        room = max(len(bars), 1.4)
        middles.append(top + room / 2)
        for place, bar in enumerate(bars):
            _bar(axes, bar, top + room / 2 + place - (len(bars) - 1) / 2, left, longest[bar.colour])
        top += room
        axes.axhline(top, color=style.GREY, lw=0.3, alpha=0.5)
    axes.set_xscale("log")
    narrow = style.width() <= style.NARROW
    axes.set_xlim(left, tested[-1] * (3 if narrow else 2.2))
    axes.set_ylim(top, 0)
    axes.set_xticks(tested, [f"{length:,.0f}" for length in tested], fontsize=7.5)
    axes.xaxis.minorticks_off()
    axes.set_yticks(middles, [look.labels[model] for model in rows], fontsize=8)
    for name, model in zip(axes.get_yticklabels(), rows, strict=True):
        name.set_weight("bold" if model == look.headline else "normal")
        style.fit(name, NAME_SHARE * figure.bbox.width)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    threshold = tables["horizons"]["threshold"].max()
    length = "T" if narrow else f"{look.words['length']} T"
    axes.set_xlabel(f"recalled up to {length} ({look.words['score']} ≥ {threshold:g})")
    style.legend(figure, list(_handles(rows)))
    return figure


def _rows(tables: dict[str, pd.DataFrame], look: Look) -> Iterator[tuple[str, list[Bar]]]:
    """The bars of each network under the model that names it: the longest first, controls last."""
    alone, all_tested = (_highest(tables[name]) for name in ("horizons", "generalisation"))
    together = all_tested[~all_tested["trained_on"].astype(str).str.isdecimal()].set_index("model")
    bars: dict[str, list[Bar]] = {}
    for row in alone.to_dict("records"):
        model = row["model"]
        if model in together.index:
            host = look.partners.get(model, model)
            host = host if host in set(alone["model"]) else model
            bars.setdefault(host, []).append(Bar(dict(together.loc[model]), TOGETHER))
        else:
            colour = style.GREY if model in look.controls else ALONE
            bars.setdefault(model, []).insert(0, Bar(row, colour))

    def order(model: str) -> tuple[Any, ...]:
        reach = tuple(bars[model][0].row[key] for key in ("passes", "fails", "low", "high"))
        return (model not in look.controls, reach, -look.models.index(model))

    for model in sorted(bars, key=order, reverse=True):
        yield model, bars[model]


def _highest(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the highest threshold."""
    return table[table["threshold"] == table["threshold"].max()]


def _longest(bars: list[Bar]) -> dict[str, float]:
    """Up to which length networks were tested that are trained in a way, by its colour."""
    ways = {bar.colour for bar in bars}
    return {way: _lengths(bar.row for bar in bars if bar.colour == way)[-1] for way in ways}


def _lengths(rows: Iterable[dict[str, Any]]) -> list[float]:
    """The lengths that some horizon begins or ends with, sorted."""
    ends = {row[key] for row in rows for key in ("passes", "fails", "low", "high")}
    return sorted(end for end in ends if end and np.isfinite(end))


def _bar(axes: Axes, bar: Bar, y: float, left: float, longest: float) -> None:
    """A horizon: full up to what passes, pale up to what does not, its interval as a line.

    What has no end is drawn up to `longest`, the last length that such networks were tested at.
    """
    passes, fails, low, high = (
        float(np.clip(bar.row[key], left, longest)) for key in ("passes", "fails", "low", "high")
    )
    beyond = np.isinf(bar.row["fails"])
    axes.barh(y, passes - left, 2 * THICK, left, color=bar.colour, lw=0)
    axes.barh(y, fails - passes, 2 * THICK, passes, color=bar.colour, alpha=0.3, lw=0)
    if beyond:
        axes.plot(longest, y, ">", color=bar.colour, ms=7)
    if (low, high) != (passes, fails) and not np.isnan(bar.row["low"]):
        ink = {"color": style.INK, "zorder": 3}
        axes.plot([low, high], [y, y], lw=0.9, marker="|", markevery=[0], ms=5, **ink)
        end = {"marker": "|", "ms": 5} if np.isfinite(bar.row["high"]) else {"marker": ">", "ms": 3}
        axes.plot(high, y, **end, **ink)
    axes.annotate(
        bracket(bar.row["passes"], bar.row["fails"]),
        (fails if np.isnan(bar.row["high"]) else max(fails, high), y),
        xytext=(9 if beyond else 5, 0),
        textcoords="offset points",
        va="center_baseline",
        fontsize=7.5,
    )


def _handles(rows: dict[str, list[Bar]]) -> Iterator[Patch | Line2D]:
    """What the legend shows."""
    used = {bar.colour for bars in rows.values() for bar in bars}
    for colour, name in NAMES.items():
        if colour in used:
            yield Patch(color=colour, label=name)
    if style.GREY in used:
        yield Patch(color=style.GREY, label="a control")
    yield Line2D([], [], color=style.INK, lw=0.9, marker="|", ms=5, label="interval")
