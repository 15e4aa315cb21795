"""The window of learning rates: from the lowest to the highest that solve the task."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from recall_horizon.config.look import Look
from recall_horizon.presentation.figures import marks, style

TABLES = ("selection", "windows")
ORDER = 9
TITLE = "The window of learning rates"
CAPTION = (
    "Learning rates that solve the task (filled) and that do not (open), at each {length} T or on "
    "all. Bars span the lowest to the highest; one that reaches the frame may go on. Rings mark "
    "the chosen rate."
)
ALT = (
    "Small charts, one for each model, with a bar for each {length} from the lowest to the highest "
    "learning rate that solves the task. The numbers are in tables/windows.csv."
)

SLOTS = {"mixed": "all", "growing": "grown"}  # of networks trained on several lengths
THICK = 0.62  # of a bar, in slots
BEYOND = 0.5  # of the distance between two rates: from the outermost ones to the frame
AROUND = 0.25  # of that distance: from a rate that ends a window to the end of its bar
MOST_NAMED = 6  # of the slots that a panel has room to name
RING = {"color": style.INK, "ms": 6.5, "mew": 0.8, "mfc": "none"}
OPEN = {"color": marks.FAINT, "ms": 3.6, "mew": 0.9, "mfc": "white"}


def draw(tables: dict[str, pd.DataFrame], look: Look) -> Figure:
    """A panel a network, with its windows on one length each and on all."""
    table = tables["windows"]
    rates = sorted(set(tables["selection"]["learning_rate"]))  # that were tried
    step = (rates[-1] / rates[0]) ** (1 / (len(rates) - 1))
    hosts = [model for model in look.models if look.partners.get(model) not in look.models]
    slots = _slots(table)
    crowded = len(slots) > MOST_NAMED
    named = [s if not (crowded and s.isdecimal() and i % 2) else "" for i, s in enumerate(slots)]
    labels = f"{look.words['length']} T", "learning rate (log scale)"
    figure, panels = style.panels(look._replace(models=hosts), *labels, row=1.3)
    frame = rates[0] / step**BEYOND, rates[-1] * step**BEYOND
    for host, axes in panels.items():
        shown = [m for m in look.models if host in (m, look.partners.get(m))]
        for row in table[table["model"].isin(shown)].to_dict("records"):
            colour = marks.line_of(row["model"], look)["color"]
            ends = _ends(row, frame, step**AROUND)
            _window(axes, slots.index(_slot(row)), row, ends, rates, colour)
        axes.set_yscale("log")
        axes.set_ylim(frame)
        axes.set_yticks(rates, [f"{rate:g}" for rate in rates])
        axes.set_xlim(-0.7, len(slots) - 0.3)
        axes.set_xticks(range(len(slots)), named, fontsize=6.5)
        axes.yaxis.minorticks_off()
    style.legend(figure, _handles())
    return figure


def _slot(row: dict[str, Any]) -> str:
    """What a window is of, as the axis names it."""
    return SLOTS.get(row["trained_on"], row["trained_on"])


def _slots(table: pd.DataFrame) -> list[str]:
    """What windows are of, in the axis's order: each length, then all."""
    found = {_slot(row) for row in table.to_dict("records")}
    lengths = sorted((slot for slot in found if slot.isdecimal()), key=int)
    return [*lengths, *(slot for slot in SLOTS.values() if slot in found)]


def _ends(row: dict[str, Any], frame: tuple[float, float], around: float) -> tuple[float, float]:
    """From where to where a window's bar is drawn: to the frame where it is open."""
    low = frame[0] if row["open"] in ("below", "both") else row["low"] / around
    high = frame[1] if row["open"] in ("above", "both") else row["high"] * around
    return low, high


def _window(
    axes: Axes,
    x: float,
    row: dict[str, Any],
    ends: tuple[float, float],
    rates: list[float],
    colour: str,
) -> None:
    """A window's bar, each rate that was tried, and where some solve the chosen one."""
    solves = sorted(map(float, row["solves"].split()))
    failing = [rate for rate in rates if rate not in solves]
    axes.plot([x] * len(failing), failing, "o", **OPEN)
    if solves:
        low, high = ends
        axes.bar(x, high - low, THICK, low, color=colour, alpha=0.22, lw=0)
        axes.plot([x] * len(solves), solves, "o", color=colour, ms=3.6)
        axes.plot(x, row["chosen"], "o", **RING)


def _handles() -> list[Line2D]:
    """What the legend shows."""
    shown = {"solves": {"color": style.INK, "ms": 3.6}, "does not": OPEN, "chosen": RING}
    return [Line2D([], [], ls="", marker="o", label=name, **mark) for name, mark in shown.items()]
