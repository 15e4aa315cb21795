"""Studies side by side: as a table for a terminal, and as the content of a page."""

import json
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from recall_horizon.analysis.comparison import differences, one_side_only
from recall_horizon.presentation.figures import comparison as figure
from recall_horizon.presentation.figures.style import Look, as_svg
from recall_horizon.presentation.growth import spent, stated
from recall_horizon.presentation.intervals import unusual_replicates, with_interval, with_replicates
from recall_horizon.presentation.page import template_of
from recall_horizon.presentation.quantities import number
from recall_horizon.seeds import Stream, generator

WIDTH = 80  # columns of a terminal
# Keys of a configuration that say how a study is run or shown, not what was measured.
NOT_COMPARED = ("study", "checkpoint_seconds", "replicates_per_job", "claims")
SHOWN = ("label", "colour")
UNSET = "–"
GROWING = " and still growing"


class Side(NamedTuple):
    """A finished study, as a comparison reads it."""

    name: str
    config: dict[str, Any]
    tables: Mapping[str, pd.DataFrame]
    look: dict[str, Any]

    @property
    def threshold(self) -> float:
        """The score that its horizons are stated at: the highest threshold."""
        return self.tables["horizons"]["threshold"].max()

    def horizon(self, model: str) -> str:
        """A model's horizon as the study's page states it, with its replicates where they are not
        those of most models; nothing if the study lacks it."""
        rows = self.tables["horizons"]
        rows = rows[(rows["model"] == model) & (rows["threshold"] == self.threshold)]
        if rows.empty:
            return ""
        return with_replicates(
            stated(dict(self.tables), rows.iloc[0]), self.tables["summary"], model
        )


def comparison(sides: list[Side]) -> dict[str, Any]:
    """All that is said of `sides`, each of the others against the first, as JSON can hold it."""
    first, *others = sides
    labels = {
        model: label for side in reversed(sides) for model, label in side.look["labels"].items()
    }
    models = list(dict.fromkeys(m for side in sides for m in side.look["models"]))
    return {
        "studies": [side.name for side in sides],
        "about": list(_about(sides)),
        "keys": list(differing(sides)),
        "horizons": [
            {"label": labels[model], "cells": [side.horizon(model) for side in sides]}
            for model in models
        ],
        "thresholds": [f"{s.look['words']['score']} ≥ {s.threshold:g}" for s in sides],
        "pairs": [_pair(first, other, labels) for other in others],
    }


def differing(sides: list[Side]) -> Iterator[dict[str, Any]]:
    """The keys of the configuration in which studies differ, with the value of each.

    Of the model zoo, only models that all of them run.
    """
    shared = [m for m in sides[0].look["models"] if all(m in s.look["models"] for s in sides)]
    flat = [dict(_flat(side.config, shared)) for side in sides]
    for key in dict.fromkeys(key for side in flat for key in side):
        values = [side.get(key, UNSET) for side in flat]
        if len(set(values)) > 1:
            yield {"key": key, "values": values}


def lines(told: dict[str, Any]) -> Iterator[str]:
    """What a comparison says, for a terminal of 80 columns."""
    for text in told["about"]:
        yield from textwrap.wrap(text, WIDTH, subsequent_indent="  ")
    yield ""
    yield "What differs in their configurations"
    keys = [[row["key"], *row["values"]] for row in told["keys"]]
    yield from _columns([["", *told["studies"]], *keys]) if keys else ["  nothing"]
    yield ""
    head = [f"{s}, {t}" for s, t in zip(told["studies"], told["thresholds"], strict=True)]
    rows = [
        [row["label"], *(cell.replace(GROWING, " ↗") for cell in row["cells"])]
        for row in told["horizons"]
    ]
    yield "Recall horizons (↗: the last doubling of the budget made it clearly longer)"
    yield from _columns([["", *head], *rows])
    for pair in told["pairs"]:
        yield ""
        yield f"Median held-out score: {pair['one']}, {pair['other']}, and their difference"
        for model in pair["models"]:
            yield f"  {model['label']}"
            for row in model["rows"]:
                yield (
                    f"    T = {row['length']:<5}{row['score']:>8} {row['other_score']:>8}   "
                    f"{row['difference']:<25} {row['verdict']}"
                )
        if not pair["models"]:
            yield "  no model and length in common"
        for text in pair["only"]:
            yield from textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ")


def page(template: Path, told: dict[str, Any], sides: list[Side]) -> str:
    """A comparison as one self-contained HTML file, in the style of the report."""
    shown = [figure.Shown(side.name, side.tables["summary"], Look(**side.look)) for side in sides]
    return template_of(template).render(
        **told,
        style=template.with_name("page.css").read_text(encoding="utf-8"),
        picture=as_svg(figure.chart(shown)),
        alt=figure.ALT,
        confidence=f"{100 * sides[0].look['confidence']:g} %",
    )


def _pair(one: Side, other: Side, labels: dict[str, str]) -> dict[str, Any]:
    """Two studies: each model's scores at each length, and what one side alone has."""
    digests = [
        side.tables["datasets"].set_index("length")["digest"].to_dict() for side in (one, other)
    ]
    shared = set(digests[0]) & set(digests[1])
    same = all(digests[0][length] == digests[1][length] for length in shared)
    tests = 0 if same else int(min(s.tables["datasets"]["test"].min() for s in (one, other)))
    losses = [side.tables["losses"] for side in (one, other)]
    rng = generator(one.config["seed"], Stream.VERIFICATION)
    table = differences(*losses, tests, one.look["confidence"], rng)
    counts = table["verdict"].value_counts().to_dict()
    return {
        "one": one.name,
        "other": other.name,
        "counted": ", ".join(f"{count} {verdict}" for verdict, count in counts.items()),
        "models": [
            {"label": labels[model], "rows": [_row(row) for _, row in rows.iterrows()]}
            for model, rows in table.groupby("model", sort=False)
        ],
        "only": [*_only(one, other, labels), *_only(other, one, labels)],
    }


def _row(row: pd.Series) -> dict[str, Any]:
    sign = "+" if row["difference"] > 0 else ""
    return {
        "length": int(row["length"]),
        "score": number(row["score"]),
        "other_score": number(row["other_score"]),
        "difference": sign + with_interval(row, "difference"),
        "verdict": row["verdict"],
    }


def _only(one: Side, other: Side, labels: dict[str, str]) -> Iterator[str]:
    """What `one` has and `other` lacks."""
    missing = one_side_only(one.tables["losses"], other.tables["losses"])
    known = set(other.tables["losses"]["model"])
    if models := [model for model in missing if model not in known]:
        yield f"Only in {one.name}: {'; '.join(labels[model] for model in models)}"
    by_lengths: dict[tuple[int, ...], list[str]] = {}
    for model in known & missing.keys():
        by_lengths.setdefault(tuple(missing[model]), []).append(labels[model])
    both = known & set(one.tables["losses"]["model"])
    for lengths, models in sorted(by_lengths.items()):
        which = f" of {', '.join(sorted(models))}" if len(models) < len(both) else ""
        yield f"Only in {one.name}: {', '.join(f'T = {length}' for length in lengths)}{which}"


def _about(sides: list[Side]) -> Iterator[str]:
    for side in sides:
        task = side.config["task"]["name"].replace("_", " ").replace("-", " ")
        after = spent(side.tables["budgets"], [side.look["headline"]])
        others = any(unusual_replicates(side.tables["summary"], m) for m in side.look["models"])
        replicates = f"{side.config['replicates']} replicates{' or as stated' if others else ''}"
        yield f"{side.name}: {task}, {replicates}, {after}"
    tasks = {side.config["task"]["name"] for side in sides}
    if len(tasks) > 1:
        yield (
            "The tasks differ: what is compared is the score, 1 − loss / chance, which is 0 for "
            "chance and 1 for perfect recall of each."
        )


def _flat(config: dict[str, Any], models: list[str]) -> Iterator[tuple[str, str]]:
    zoo = {
        model: {key: value for key, value in config["model_zoo"][model].items() if key not in SHOWN}
        for model in models
    }
    kept = {key: value for key, value in config.items() if key not in NOT_COMPARED}
    yield from _leaves("", {**kept, "model_zoo": zoo})


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(f"{path}.{key}" if path else key, inner)
    elif value is not None:
        yield path, value if isinstance(value, str) else json.dumps(value)


def _columns(rows: list[list[str]]) -> Iterator[str]:
    """Rows of cells as columns that fit a terminal; long cells are cut."""
    sides = len(rows[0]) - 1
    first = min(max(len(row[0]) for row in rows), WIDTH // 2 - 2)
    room = max(12, (WIDTH - 2 - first - 2 * sides) // sides)
    for row in rows:
        cells = [_cut(row[0], first).ljust(first), *(_cut(c, room).ljust(room) for c in row[1:])]
        yield f"  {'  '.join(cells)}".rstrip()


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"
