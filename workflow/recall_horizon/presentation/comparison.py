"""Studies side by side, in words: sections of sentences and tables, for a terminal and a page."""

import json
import textwrap
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from recall_horizon.analysis.comparison import (
    differences,
    differing_settings,
    held_out_tests,
    one_side_only,
)
from recall_horizon.config.look import Look
from recall_horizon.presentation import grid
from recall_horizon.presentation.figures import comparison as figure
from recall_horizon.presentation.figures import horizons as horizons_figure
from recall_horizon.presentation.figures.style import (
    FIGURE_WIDTH,
    NARROW,
    as_svg,
    as_uri,
    as_wide_as,
    drawn,
)
from recall_horizon.presentation.sentences import TEMPLATES, Report, environment, section, words


class Part(NamedTuple):
    """A section of a comparison."""

    title: str
    sentences: list[str]
    table: list[list[str]]


def comparison(sides: list[Report]) -> list[Part]:
    """What there is to say about studies, each of the others compared with the first."""
    shared = [m for m in sides[0].look.models if all(m in s.look.models for s in sides)]
    labels = {m: label for side in reversed(sides) for m, label in side.look.labels.items()}
    text = words(
        "comparison.j2",
        sides=sides,
        labels=labels,
        models=list(dict.fromkeys(m for side in sides for m in side.look.models)),
        differing=list(differing_settings([side.config for side in sides], shared)),
    )
    first, *others = sides
    parts = [(text.titles["about"], text.about()), (text.titles["horizons"], text.horizons())]
    for other in others:
        only = [(a.name, *_only(a, b)) for a, b in ((first, other), (other, first))]
        rows = _differences(first, other).to_dict("records")
        parts.append((text.pair_title(first, other), text.pair(first, other, rows, only)))
    parts.append((text.titles["differing"], text.keys()))
    return [Part(title, *section(macro)[:2]) for title, macro in parts]


def lines(parts: list[Part]) -> Iterator[str]:
    """A comparison for a terminal."""
    for part in parts:
        yield from ("", part.title)
        for text in part.sentences:
            yield from textwrap.wrap(
                text, grid.TERMINAL - 2, initial_indent="  ", subsequent_indent="    "
            )
        if part.table:
            yield from grid.columns(part.table)


def page(parts: list[Part], sides: list[Report]) -> str:
    """A comparison as one self-contained HTML file, in the style of the report."""
    shown = [figure.Shown(side.name, side.tables["summary"], side.look) for side in sides]
    with as_wide_as(NARROW):
        narrow = as_svg(figure.chart(shown))
    drawings = [horizons(sides), horizons(sides, NARROW)]
    return (
        environment(autoescape=True)
        .get_template("comparison.html.j2")
        .render(
            studies=[side.name for side in sides],
            parts=parts,
            style=(TEMPLATES / "page.css").read_text(encoding="utf-8"),
            picture=as_uri(as_svg(figure.chart(shown))),
            narrow=as_uri(narrow),
            alt=figure.ALT,
            horizons=[as_uri(as_svg(one)) for one in drawings if one],
            horizons_alt=horizons_figure.ALT.format(**sides[0].look.words),
        )
    )


def horizons(sides: list[Report], width: float = FIGURE_WIDTH) -> Figure | None:
    """The recall horizons of all studies in one figure; None if they asked for other things.

    The headline model is the first study's. A model that several studies have is told apart by
    the study's name.
    """
    asked = {(json.dumps(side.config["task"], sort_keys=True), *side.thresholds) for side in sides}
    if len(asked) > 1:
        return None
    names = Counter(model for side in sides for model in side.look.models)
    tables: dict[str, list[pd.DataFrame]] = {"horizons": [], "generalisation": []}
    looks = []
    for side in sides:
        new = {m: m if names[m] == 1 else f"{m} ({side.name})" for m in side.look.models}
        for name, parts in tables.items():
            if name in side.tables:  # which a reference of earlier versions lacks
                parts.append(side.tables[name].replace({"model": new}))
        looks.append(_renamed(side.look, new))
    together = looks[0]._replace(
        models=[model for look in looks for model in look.models],
        labels={model: label for look in looks for model, label in look.labels.items()},
        controls=[model for look in looks for model in look.controls],
        partners={one: other for look in looks for one, other in look.partners.items()},
    )
    if not tables["generalisation"]:
        tables["generalisation"].append(tables["horizons"][0].head(0).assign(trained_on=""))
    joined = {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}
    return drawn(horizons_figure, joined, together, width)


def _renamed(look: Look, new: dict[str, str]) -> Look:
    """The look of a study whose models have new names, which their labels show."""
    return look._replace(
        headline=new[look.headline],
        models=[new[model] for model in look.models],
        labels={
            new[m]: label + new[m].removeprefix(m) for m, label in look.labels.items() if m in new
        },
        controls=[new[model] for model in look.controls if model in new],
        partners={
            new[one]: new[other]
            for one, other in look.partners.items()
            if one in new and other in new
        },
    )


def _differences(one: Report, other: Report) -> pd.DataFrame:
    """How the scores of two studies differ at each model and length that both have."""
    sides = one.tables, other.tables
    tests = held_out_tests(*(tables["datasets"] for tables in sides))
    return differences(*(tables["losses"] for tables in sides), tests, one.look.confidence)


def _only(one: Report, other: Report) -> tuple[list[str], dict[str, tuple[int, ...]]]:
    """The models that `one` has and `other` lacks, and the lengths of those that both have."""
    missing = one_side_only(one.tables["losses"], other.tables["losses"])
    known = set(other.tables["losses"]["model"])
    return (
        [model for model in missing if model not in known],
        {model: tuple(lengths) for model, lengths in missing.items() if model in known},
    )
