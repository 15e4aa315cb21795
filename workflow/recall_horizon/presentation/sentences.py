"""What the templates in report/ say of a study: sentences and tables, by section.

The words are those of `report/sentences.j2`, a macro for each section. This module gives them rows
of tables and turns numbers into text; verdicts are columns of the tables.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import pandas as pd

from recall_horizon.config.look import Look
from recall_horizon.presentation import grid, intervals, quantities
from recall_horizon.presentation.settings import UNBOUNDED, keys, setting
from recall_horizon.presentation.transfers import Transfers
from recall_horizon.storage import project

TEMPLATES = project.ROOT / "report"
# What separates the cells of a row, which no text of a study holds.
CELL = "\t"
Row = dict[str, Any]


class Section(NamedTuple):
    """A section of the report; each part may be empty."""

    sentences: list[str]
    table: list[list[str]]
    """Rows of cells, the first the head."""
    lead: list[str]
    """Those of the sentences that tell the section in short."""


def section(text: str) -> Section:
    """A macro's output: `- ` or, in the lead, `+ ` begins a sentence, `|` a row; other lines
    continue a sentence."""
    sentences: list[tuple[str, str]] = []
    table = []
    for line in text.split("\n"):
        if line.startswith("|"):
            table.append(line[1:].split(CELL))
        elif line.startswith(("- ", "+ ")):
            sentences.append((line[0], line[2:]))
        elif line.strip():
            mark, begun = sentences.pop()
            sentences.append((mark, f"{begun} {line}"))
    found = [(mark, " ".join(sentence.split())) for mark, sentence in sentences]
    return Section(
        [sentence for _, sentence in found],
        table,
        [sentence for mark, sentence in found if mark == "+"],
    )


def words(template: str, **given: Any) -> Any:
    """The macros of a template, as methods, with what it is given."""
    return environment().get_template(template).make_module(given)


@cache
def environment(folder: Path = TEMPLATES, autoescape: bool = False) -> jinja2.Environment:
    """Where the templates in `folder` are found, with the filters that they use."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=autoescape,
    )
    made.filters |= {
        "number": quantities.number,
        "power": quantities.power,
        "percent": quantities.percent,
        "duration": quantities.duration,
        "thousands": "{:,.0f}".format,
        "short": "{:g}".format,
        "signed": lambda text: text if text.startswith("−") else f"+{text}",
        "interval": intervals.with_interval,
        "horizon": intervals.horizon_text,
        "listed": intervals.listed,
        "median": lambda values: pd.Series(list(values), dtype=float).median(),
        "plain": lambda name: name.rpartition(":")[2].replace("_", " ").replace("-", " "),
        "place": "T = {}".format,
        "of": lambda key, values: values.get(key, ""),
        "furthest": _furthest,
        "at_lengths": lambda lengths: intervals.lengths_text(lengths, [*lengths, 0]),
    }
    made.tests["missing"] = pd.isna
    made.globals |= {
        "bracket": intervals.bracket,
        "span": quantities.span,
        "setting": setting,
        "cells": _cells,
        "inf": math.inf,
    }
    return made


def _cells(*parts: Any) -> str:
    """A row of a table, of texts and lists of texts."""
    lists = (part if isinstance(part, list) else [part] for part in parts)
    texts = (" ".join(str(text).split()) for part in lists for text in part)
    return f"|{CELL.join(texts)}\n"


def _furthest(rows: Collection[Row], column: str) -> list[Row]:
    """The row whose value of a column is furthest from 0; none where none has a value."""
    known = [row for row in rows if not pd.isna(row[column])]
    return sorted(known, key=lambda row: -abs(row[column]))[:1]


class Report:
    """A study in words.

    Args:
        tables: the study's, by their names. Only those that a section uses must be there.
        look: order, labels and colours of its models, and its task's words.
        provenance: where its numbers come from, by `provenance.gather`; its key `study` is the
            configuration.
    """

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        look: Look,
        provenance: Mapping[str, Any],
    ) -> None:
        self.tables, self.look, self.provenance = tables, look, provenance
        self.config: Mapping[str, Any] = provenance["study"]
        self.name: str = self.config["study"]
        headline, controls = look.headline, look.controls
        self.compared = [m for m in look.models if m == headline or m not in controls]
        self.thresholds = sorted(set(tables["horizons"]["threshold"]), reverse=True)
        helpers = ("rows", "at", "groups", "spans", "spent", "sizes", "named", "longest_first")
        helpers += ("tried", "edges", "picks")
        given = {
            **{key: value for key, value in look._asdict().items() if key != "models"},
            "label": look.labels[headline],
            "order": look.models,
            "compared": self.compared,
            "thresholds": self.thresholds,
            "top": self.thresholds[0],
            "tables": tables,
            "provenance": provenance,
            "study": self.config,
            "transfers": Transfers(tables, look, self.config),
            **{name: getattr(self, name) for name in helpers},
        }
        self.text = words("sentences.j2", **given)
        """The macros themselves, for documents that quote one."""

    def section(self, name: str) -> Section:
        """The section `name`; an empty one of a figure that no sentence is about."""
        return section(getattr(self.text, name, str)())

    def says(self, *names: str) -> str:
        """The sentences of sections, a line each."""
        return "\n".join(sentence for name in names for sentence in self.section(name).sentences)

    def table(self, name: str) -> str:
        """The table of a section, in Markdown."""
        return grid.markdown(self.section(name).table)

    def rows(self, table: str, **equal: Any) -> list[Row]:
        """The rows of a table whose columns have these values, or are among those of a tuple."""
        found = self.tables[table]
        for column, value in equal.items():
            found = found[found[column].isin(value if isinstance(value, tuple) else [value])]
        return found.to_dict("records")

    def at(self, model: str, **equal: Any) -> str:
        """The lengths at which the outcomes of `model` are these, as words; "" of none."""
        tested = [row["length"] for row in self.rows("outcomes", model=model)]
        found = [row["length"] for row in self.rows("outcomes", model=model, **equal)]
        return intervals.lengths_text(found, tested) if found else ""

    def spans(self, table: str, column: str) -> list[tuple[float, float]]:
        """The least and the greatest value of a column; none of one that an older table lacks."""
        found = self.tables[table]
        return [(found[column].min(), found[column].max())] if column in found else []

    def groups(self, table: str, *columns: str) -> list[list[Row]]:
        """The rows of a table that have the same values of `columns`, in their order."""
        groups = self.tables[table].groupby(list(columns), sort=False)
        return [rows.to_dict("records") for _, rows in groups]

    def spent(self, models: Collection[str]) -> Row:
        """The epochs of `models`, None where they differ, and their fewest and most steps."""
        budgets = self.tables["budgets"]
        ends = budgets[budgets["model"].isin(models)]
        ends = ends[ends["epoch"] == ends.groupby("model")["epoch"].transform("max")]
        fewest = ends["fewest_steps" if "fewest_steps" in ends else "steps"].min()
        epochs = int(ends["epoch"].max()) if ends["epoch"].nunique() == 1 else None
        return {"epochs": epochs, "fewest": int(fewest), "most": int(ends["steps"].max())}

    def sizes(self, model: str | None = None) -> Row:
        """The least and the most parameters of the models compared, at their longest lengths; of
        one model parameters and state, as text, from its shortest length to its longest."""
        rows = self.tables["models"]
        if model:
            rows = rows[rows["model"] == model]
            return {k: quantities.span(rows[k].min(), rows[k].max()) for k in SIZES}
        rows = rows[rows["model"].isin(self.compared)].sort_values("length")
        longest = rows.groupby("model")["parameters"].last().sort_values(kind="stable")
        models, numbers = list(longest.index), longest.tolist()
        return {"least": (models[0], numbers[0]), "most": (models[-1], numbers[-1])}

    def named(self, model: str) -> str:
        """The label of `model`, with its number of replicates if it is not that of most models."""
        return intervals.with_replicates(self.look.labels[model], self.tables["outcomes"], model)

    def longest_first(self) -> list[str]:
        """The models by their horizons at the highest threshold, controls among them."""
        horizons = self.tables["horizons"]
        horizons = horizons[horizons["threshold"] == self.thresholds[0]]
        order = ["passes", "fails", "low", "high"]
        return list(horizons.sort_values(order, ascending=False, kind="stable")["model"])

    def tried(self) -> dict[str, list[Any]]:
        """The settings that were searched, and the values that were tried of each."""
        selection = self.tables["selection"]
        return {key: list(selection[key].unique()) for key in keys(selection)}

    def edges(self) -> Iterator[Row]:
        """How many choices are at which edge of the values tried; `unbounded` is the name of an
        edge that has nothing beyond it."""
        chosen = self.rows("selection", chosen=True)
        counts = Counter(end for row in chosen for end in row["edge"].split("; ") if end)
        for end, count in sorted(counts.items()):
            bound, key = end.split(" ", 1)
            none = bound == "highest" and self.tables["selection"][key].isna().any()
            yield {
                "bound": bound,
                "key": key,
                "count": count,
                "of": len(chosen),
                "unbounded": UNBOUNDED[key] if none else None,
            }

    def picks(self) -> dict[str, dict[int, str]]:
        """The settings chosen for each model and length, as text; * marks one at an edge."""
        picks: dict[str, dict[int, str]] = {}
        for row in self.rows("selection", chosen=True):
            text = ", ".join(setting(key, row[key]) for key in self.tried())
            mark = " *" if row["edge"] else ""
            picks.setdefault(row["model"], {})[row["length"]] = f"{text}{mark}"
        return {model: picks[model] for model in self.look.models if model in picks}


SIZES = ("parameters", "state")


def glued(sentence: str) -> str:
    """`sentence` with the spaces unbreakable that no line should end at: `T = 20`, `92 %`, and
    those within an interval."""
    unbreakable = r" (?=[=≥<%])|(?<=[=≥<]) |(?<=\d,) (?=[^ \])]+[\])])"
    return re.sub(unbreakable, "\N{NO-BREAK SPACE}", sentence)
