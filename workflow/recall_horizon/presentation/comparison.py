"""Studies side by side, in words: sections of sentences and tables, for a terminal and a page."""

import textwrap
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from recall_horizon.analysis.comparison import (
    differences,
    differing_settings,
    held_out_tests,
    one_side_only,
)
from recall_horizon.config.look import Look
from recall_horizon.presentation import grid
from recall_horizon.presentation.figures import comparison as figure
from recall_horizon.presentation.figures.style import NARROW, as_svg, as_uri, as_wide_as
from recall_horizon.presentation.sentences import TEMPLATES, Report, environment, section, words


class Side:
    """A finished study, as a comparison reads it."""

    def __init__(
        self, tables: Mapping[str, pd.DataFrame], look: Look, provenance: dict[str, Any]
    ) -> None:
        self.tables, self.look, self.provenance = tables, look, provenance
        self.config: dict[str, Any] = provenance["study"]
        self.name: str = self.config["study"]

    @cached_property
    def report(self) -> Report:
        """What its own page says."""
        return Report(self.tables, self.look, self.provenance)


class Part(NamedTuple):
    """A section of a comparison."""

    title: str
    sentences: list[str]
    table: list[list[str]]


def comparison(sides: list[Side]) -> list[Part]:
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


def page(parts: list[Part], sides: list[Side]) -> str:
    """A comparison as one self-contained HTML file, in the style of the report."""
    shown = [figure.Shown(side.name, side.tables["summary"], side.look) for side in sides]
    return (
        environment(autoescape=True)
        .get_template("comparison.html.j2")
        .render(
            studies=[side.name for side in sides],
            parts=parts,
            style=(TEMPLATES / "page.css").read_text(encoding="utf-8"),
            picture=as_uri(as_svg(figure.chart(shown))),
            narrow=as_uri(_narrow(shown)),
            alt=figure.ALT,
        )
    )


def _narrow(shown: list[figure.Shown]) -> str:
    """The chart for a phone."""
    with as_wide_as(NARROW):
        return as_svg(figure.chart(shown))


def _differences(one: Side, other: Side) -> pd.DataFrame:
    """How the scores of two studies differ at each model and length that both have."""
    sides = one.tables, other.tables
    tests = held_out_tests(*(tables["datasets"] for tables in sides))
    return differences(*(tables["losses"] for tables in sides), tests, one.look.confidence)


def _only(one: Side, other: Side) -> tuple[list[str], dict[str, tuple[int, ...]]]:
    """The models that `one` has and `other` lacks, and the lengths of those that both have."""
    missing = one_side_only(one.tables["losses"], other.tables["losses"])
    known = set(other.tables["losses"]["model"])
    return (
        [model for model in missing if model not in known],
        {model: tuple(lengths) for model, lengths in missing.items() if model in known},
    )
