"""What interactive charts share. Not a figure.

A chart is a Vega-Lite specification, made with Altair, whose parameters the page's own controls
set: form elements next to it, so that it can be used from the keyboard.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import cycle, islice
from typing import Any, Literal, NamedTuple

import altair as alt
import numpy as np

from recall_horizon.config.look import Look
from recall_horizon.presentation.figures.style import GREY, INK

GRID = "#e4e6e2"
SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross")
SHAPES += ("triangle-right", "triangle-left")
BEYOND = 1e300  # what a browser takes for infinity, and draws at the frame's edge


class Option(NamedTuple):
    """One of a control's options: the parameter's value, and its label on the page.

    `colour` and `shape` are those of its points, if it has any.
    """

    value: str | float
    label: str
    colour: str | None = None
    shape: str | None = None


class Control(NamedTuple):
    """What sets a parameter of a chart.

    `one` selects one of the options, `many` any number of them, `slider` one of an ordered few.
    `guess` asks for a number up to that of its one option, before the chart is shown.
    `start` holds the indices of the `options` that are selected at first.
    """

    parameter: str
    label: str
    kind: Literal["one", "many", "slider", "guess"]
    options: list[Option]
    start: list[int]

    def initial(self) -> Any:
        """The parameter's first value."""
        values = [self.options[place].value for place in self.start]
        return values if self.kind == "many" else values[0] if values else None


class Chart(NamedTuple):
    """An interactive chart as the page takes it."""

    specification: dict[str, Any]
    controls: list[dict[str, Any]]
    caption: str
    alt: str


def choose_models(look: Look, first: Collection[str] = ()) -> Control:
    """The models to show, with their colours and shapes: at first those of `first` that the study
    has, or else all but the controls."""
    marks = zip(look.models, cycle(SHAPES), strict=False)
    options = [Option(m, look.labels[m], look.colours[m], shape) for m, shape in marks]
    start = [i for i, m in enumerate(look.models) if m in first]
    start = start or [i for i, m in enumerate(look.models) if m not in look.controls]
    return Control("models", "Models", "many", options, start or [0])


def slider(parameter: str, label: str, values: Iterable[int], text: str) -> Control:
    """A slider over `values`, initially at the last; `text` is the format of their labels."""
    options = [Option(value, text.format(value)) for value in sorted(values)]
    return Control(parameter, label, "slider", options, [len(options) - 1])


def guess(look: Look, longest: int) -> Control:
    """What a reader is asked before a chart of losses is shown: how far the headline model gets."""
    label = (
        f"Before you look: up to which {look.words['length']} will the "
        f"{look.labels[look.headline]} recall {look.words['target']}?"
    )
    return Control("guess", label, "guess", [Option(longest, f"at most {longest}")], [])


def by_model(look: Look, values: Sequence[str]) -> alt.Scale:
    """A scale that gives each model of `look` its value, regardless of which are shown."""
    return alt.Scale(domain=look.models, range=list(islice(cycle(values), len(look.models))))


def colours(look: Look) -> alt.Color:
    """Each model's colour. There is no legend: the controls name the models."""
    values = [look.colours[m] for m in look.models]
    return alt.Color("model:N", scale=by_model(look, values), legend=None)


def shapes(look: Look) -> alt.Shape:
    """Each model's shape, also shown next to its name, for readers who cannot see its colour."""
    return alt.Shape("model:N", scale=by_model(look, SHAPES), legend=None)


def lines(shown: alt.Chart, look: Look, size: int, fields: dict[str, str]) -> list[alt.Chart]:
    """One line per model, a point of `size` at each value, a tooltip of {field: title}."""
    tooltip = [alt.Tooltip(f"{field}:N", title=title) for field, title in fields.items()]
    points = shown.mark_point(filled=True, size=size).encode(shape=shapes(look), tooltip=tooltip)
    return [shown.mark_line(strokeWidth=2), points]


def shown(look: Look, x: alt.X, y: alt.Y, where: str) -> alt.Chart:
    """What is drawn of the chosen models' data that fulfil `where`, in the models' colours. All
    models are as opaque, unless the pointer is on the name of one."""
    emphasised = "emphasis == null || emphasis == datum.model"
    opacity = alt.condition(emphasised, alt.value(1), alt.value(0.12))
    chosen = f"{where} && indexof(models, datum.model) >= 0"
    encoded = alt.Chart().encode(x=x, y=y, color=colours(look), opacity=opacity)
    return encoded.transform_filter(chosen)


def finish(
    layers: alt.LayerChart,
    title: Any,
    controls: list[Control],
    look: Look,
    caption: str,
    alternative: str,
) -> Chart:
    """The chart of `layers` as wide as its container, with the parameters that `controls` set.

    `caption` and `alternative` may name the words of `look`, such as {score}.
    """
    parameters = [alt.param(name=c.parameter, value=c.initial()) for c in controls]
    chart = (
        layers.add_params(*parameters, alt.param(name="emphasis", value=None))
        .properties(
            width="container", height=340, title=alt.Title(title, anchor="start", offset=14)
        )
        .configure(font="system-ui, sans-serif", background="transparent", aria=False)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK,
            labelFontSize=12,
            titleColor=INK,
            titleFontSize=12,
            titleFontWeight="normal",
            tickColor=GREY,
            domainColor=GREY,
            gridColor=GRID,
        )
        .configure_title(color=INK, fontSize=14)
    )
    described = [{**c._asdict(), "options": [o._asdict() for o in c.options]} for c in controls]
    texts = (text.format(**look.words) for text in (caption, alternative))
    # Tests validate charts against the schema, which takes as long as to make them.
    return Chart(chart.to_dict(validate=False), described, *texts)


def drawable(value: float, places: int = 5) -> float | None:
    """`value` with as many significant digits as a screen shows; None if it is not a number."""
    return None if np.isnan(value) else float(f"{np.clip(value, -BEYOND, BEYOND):.{places}g}")
