"""The page: one self-contained file, made only from text and figures."""

import base64
import gzip
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from markupsafe import Markup

from recall_horizon.presentation.sentences import environment
from recall_horizon.storage import layout

MEDIA_TYPES = {".svg": "image/svg+xml", ".csv": "text/csv"}
LARGE = 100_000  # bytes of a table, beyond which it is compressed
LARGEST = 100_000  # bytes of a compressed one, beyond which the page leaves it out


def render(
    template: Path,
    style: str,
    script: str,
    content: dict[str, Any],
    figures: list[dict[str, Any]],
    library: bytes,
    playground: dict[str, Any] | None = None,
) -> str:
    """The page, as one self-contained HTML file; every text put into it is escaped.

    `library` is the compressed script that draws interactive charts; `playground` comes from
    `read_playground`.
    """
    page = environment(template.parent, autoescape=True).get_template(template.name)
    charts = {f["name"]: f["chart"]["specification"] for f in figures if f["chart"]}
    narrow = {f["name"]: f["narrow"] for f in figures if f["narrow"]}
    return page.render(
        **content,
        explained=Explained(content["sections"]["glossary"]["table"][1:]),
        figures={figure["name"]: figure for figure in figures},
        style=style,
        script=script,
        charts=_packed(charts) if charts else None,
        narrow=_packed(narrow) if narrow else None,
        library=_encoded(library) if charts else None,
        playground=playground,
    )


def read_figures(paths: Iterable[Path], tables: Iterable[Path]) -> list[dict[str, Any]]:
    """The figures among `paths` in their order: the text of each, its picture as a URI.

    `tables` are those that it was drawn from.
    """
    files = {path.name: path for path in (*paths, *tables)}
    figures = []
    for words in (path for path in files.values() if path.suffix == ".json"):
        figure = json.loads(words.read_text(encoding="utf-8"))
        shown = {"picture": _carried(files[f"{words.stem}.svg"])}
        shown["tables"] = [_carried(files[f"{table}.csv"]) for table in figure["tables"]]
        figures.append({"name": words.stem, **figure, **shown})
    return sorted(figures, key=lambda figure: (figure["order"], figure["name"]))


def read_playground(exported: Path, templates: Path) -> dict[str, Any] | None:
    """What the playground on the page is made of; None if the study has no network for it.

    `data` is what the study has exported; `cells` are the scripts that compute its
    `architectures`, with those that cells share, whose names start with an underscore.
    """
    data = json.loads(exported.read_text(encoding="utf-8"))
    used = {network["architecture"] for network in data["networks"]}
    if not used:
        return None
    scripts = sorted((templates / layout.CELLS).glob("*.js"))
    return {
        "data": data,
        "architectures": sorted(used),
        "cells": [
            path.read_text(encoding="utf-8")
            for path in scripts
            if path.stem in used or path.stem.startswith("_")
        ],
        "style": (templates / "playground.css").read_text(encoding="utf-8"),
        "script": (templates / "playground.js").read_text(encoding="utf-8"),
    }


def _packed(content: Any) -> str:
    """Anything as JSON, compressed, as page.js unpacks it."""
    return _encoded(gzip.compress(json.dumps(content).encode(), mtime=0))


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _carried(path: Path) -> dict[str, str | None]:
    """A file as a page holds it; a large table is compressed, so that the page stays small.

    `id` identifies it on the page, which contains it only once. `uri` is None if it is still too
    large.
    """
    name, content, kind = path.name, path.read_bytes(), MEDIA_TYPES[path.suffix]
    if path.suffix == ".csv" and len(content) > LARGE:
        name, content, kind = f"{name}.gz", gzip.compress(content, mtime=0), "application/gzip"
        if len(content) > LARGEST:
            return {"name": path.name, "id": None, "uri": None}
    uri = f"data:{kind};base64,{_encoded(content)}"
    return {"name": name, "id": f"file-{path.name.replace('.', '-')}", "uri": uri}


class Explained:
    """Puts what a word means behind it, where it first occurs on a page.

    Args:
        glossary: rows of a word and what it means.
    """

    def __init__(self, glossary: Iterable[tuple[str, str]]) -> None:
        self.left = dict(glossary)
        longest_first = "|".join(map(re.escape, sorted(self.left, key=len, reverse=True)))
        self.words = re.compile(rf"(?<!\w)({longest_first})(?!\w)")

    def __call__(self, text: str) -> Markup:
        """`text` in HTML, with the words that have not been explained yet."""
        return Markup("").join(map(self._explained, self.words.split(text)))

    def _explained(self, part: str) -> str:
        if part not in self.left:
            return part
        meaning = self.left.pop(part)
        return Markup('<abbr tabindex="0" title="{}">{}</abbr>').format(meaning, part)
