"""The report: one self-contained page, from tables, figures and provenance alone."""

import base64
import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from recall_horizon import findings, verification
from recall_horizon.replicates import final

MEDIA_TYPES = {".svg": "image/svg+xml", ".pdf": "application/pdf", ".csv": "text/csv"}
LARGE = 100_000  # bytes


def render(
    template: Path,
    style: str,
    tables: dict[str, pd.DataFrame],
    figures: list[dict[str, Any]],
    provenance: dict[str, Any],
    look: dict[str, Any],
    solved_r2: float,
) -> str:
    """The page, as HTML that needs nothing beside it; every text put into it is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template.parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": findings.number, "duration": duration}
    environment.globals["interval"] = findings.with_interval
    rows = final(tables["summary"], look["headline"])
    parameters = tables["models"].groupby("model")["parameters"].agg(["min", "max"])
    thresholds = sorted(set(tables["horizons"]["threshold"]), reverse=True)
    return environment.get_template(template.name).render(
        thresholds=thresholds,
        horizons=findings.horizon_cells(tables["horizons"], thresholds),
        style=style,
        findings=findings.findings(tables, look, solved_r2),
        controls=controls_by_model(tables["controls"]),
        verification=verification.summary(tables["verification"]),
        control_lengths=sorted(set(tables["controls"]["length"])),
        parameters={m: _range(*ends) for m, *ends in parameters.itertuples(name=None)},
        rows=[row for _, row in rows.iterrows()],
        datasets=tables["datasets"].to_dict("records"),
        label=look["labels"][look["headline"]],
        figures=figures,
        provenance=provenance,
        study=provenance["study"],
        look=look,
        solved_r2=solved_r2,
    )


def controls_by_model(controls: pd.DataFrame) -> list[dict[str, Any]]:
    """The controls with a row for each control and model, and a cell for each length."""
    rows = []
    for (control, model), cells in controls.groupby(["control", "model"], sort=False):
        by_length = {cell["length"]: cell for cell in cells.to_dict("records")}
        rows.append({"control": control, "model": model, "cells": by_length})
    return rows


def _range(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"


def read_figures(paths: Iterable[Path], tables: Iterable[Path]) -> list[dict[str, Any]]:
    """The figures among `paths` in their order: the words beside each, its picture as a URI.

    `downloads` are the names and URIs of the figure's files, and of those of `tables` that it was
    drawn from.
    """
    files = {path.name: path for path in (*paths, *tables)}
    figures = []
    for words in (path for path in files.values() if path.suffix == ".json"):
        figure = json.loads(words.read_text())
        names = [f"{words.stem}.svg", f"{words.stem}.pdf"]
        names += [f"{table}.csv" for table in figure["tables"]]
        downloads = [_download(files[name]) for name in names if name in files]
        figures.append(
            {"name": words.stem, "uri": downloads[0]["uri"], **figure, "downloads": downloads}
        )
    return sorted(figures, key=lambda figure: (figure["order"], figure["name"]))


def _download(path: Path) -> dict[str, str]:
    """A file as a page holds it; a large table is compressed, so that the page stays small."""
    name, content, kind = path.name, path.read_bytes(), MEDIA_TYPES[path.suffix]
    if path.suffix == ".csv" and len(content) > LARGE:
        name, content, kind = f"{name}.gz", gzip.compress(content, mtime=0), "application/gzip"
    return {"name": name, "uri": f"data:{kind};base64,{base64.b64encode(content).decode()}"}


def duration(seconds: float) -> str:
    """`seconds` as a person says it: 45 s, 12.5 min, 3.1 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
