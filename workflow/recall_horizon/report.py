"""The report: one self-contained page, from tables, figures and provenance alone."""

import base64
import gzip
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
import vl_convert

from recall_horizon import findings, verification
from recall_horizon.replicates import final

MEDIA_TYPES = {".svg": "image/svg+xml", ".pdf": "application/pdf", ".csv": "text/csv"}
LARGE = 100_000  # bytes


def render(
    template: Path,
    style: str,
    script: str,
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
    environment.filters |= {"number": findings.number, "duration": duration, "plain": plain}
    environment.globals["interval"] = findings.with_interval
    rows = final(tables["summary"], look["headline"])
    parameters = tables["models"].groupby("model")["parameters"].agg(["min", "max"])
    thresholds = sorted(set(tables["horizons"]["threshold"]), reverse=True)
    return environment.get_template(template.name).render(
        thresholds=thresholds,
        horizons=findings.horizon_cells(tables["horizons"], thresholds),
        style=style,
        script=script,
        **_interactive(figures),
        findings=findings.findings(tables, look, solved_r2),
        controls=controls_by_model(tables["controls"]),
        verification=verification.summary(tables["verification"]),
        control_lengths=sorted(set(tables["controls"]["length"])),
        parameters={m: _range(*ends) for m, *ends in parameters.itertuples(name=None)},
        rows=[row for _, row in rows.iterrows()],
        results=[row for m in look["models"] for _, row in final(tables["summary"], m).iterrows()],
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

    `downloads` are the figure's files, and those of `tables` that it was drawn from.
    """
    files = {path.name: path for path in (*paths, *tables)}
    figures = []
    for words in (path for path in files.values() if path.suffix == ".json"):
        figure = json.loads(words.read_text())
        names = [f"{words.stem}.pdf", *(f"{table}.csv" for table in figure["tables"])]
        downloads = [_download(files[name]) for name in names if name in files]
        picture = _download(files[f"{words.stem}.svg"])
        figures.append({"name": words.stem, "picture": picture, **figure, "downloads": downloads})
    return sorted(figures, key=lambda figure: (figure["order"], figure["name"]))


def _interactive(figures: list[dict[str, Any]]) -> dict[str, str | None]:
    """The interactive charts of `figures`, and the library that draws them, packed."""
    charts = {f["name"]: f["chart"]["specification"] for f in figures if f["chart"]}
    if not charts:
        return {"charts": None, "library": None}
    schema = next(iter(charts.values()))["$schema"]
    version = re.search(r"/v(\d+\.\d+)", schema)[1]
    library = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", version)
    return {"charts": _packed(json.dumps(charts)), "library": _packed(library)}


def _packed(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def _download(path: Path) -> dict[str, str]:
    """A file as a page holds it; a large table is compressed, so that the page stays small.

    `id` names it on the page, which carries it but once.
    """
    name, content, kind = path.name, path.read_bytes(), MEDIA_TYPES[path.suffix]
    if path.suffix == ".csv" and len(content) > LARGE:
        name, content, kind = f"{name}.gz", gzip.compress(content, mtime=0), "application/gzip"
    uri = f"data:{kind};base64,{base64.b64encode(content).decode()}"
    return {"name": name, "id": f"file-{path.name.replace('.', '-')}", "uri": uri}


def plain(value: float) -> str:
    """`value` as JavaScript reads it."""
    return repr(float(value)).replace("inf", "Infinity")


def duration(seconds: float) -> str:
    """`seconds` as a person says it: 45 s, 12.5 min, 3.1 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
