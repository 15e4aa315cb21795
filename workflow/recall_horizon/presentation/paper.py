"""The paper: the same text and figures as the page, typeset by Typst."""

import json
import logging
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import typst

from recall_horizon.errors import RecallHorizonError


def typeset(template: Iterable[Path], content: dict[str, Any], figures: Iterable[Path]) -> bytes:
    """The paper as a PDF; the same input gives the same bytes.

    It follows the standard PDF/UA-1 (accessible) if possible. It is not possible if, for example,
    Typst's fonts lack a character of a model's label; the character is then left out.

    Args:
        template: the paper in Typst's language, and the files that it names.
        content: the content, from `recall_horizon.presentation.content`.
        figures: pictures (.svg) and the text of each (.json).

    Raises:
        RecallHorizonError: the template cannot be typeset.
    """
    main, *others = template
    files = {path.name: path for path in (*others, *figures)}
    shown = [
        {"name": path.stem, **_words(path)} for path in files.values() if path.suffix == ".json"
    ]
    shown.sort(key=lambda figure: (figure["order"], figure["name"]))
    sources = {"main.typ": main.read_bytes(), **{n: p.read_bytes() for n, p in files.items()}}
    inputs = {"content": json.dumps({**content, "figures": shown})}
    compiler = partial(typst.compile, sources, sys_inputs=inputs, ignore_system_fonts=True)
    try:
        return compiler(pdf_standards="ua-1")
    except typst.TypstError as error:
        logging.warning("the paper is not made as PDF/UA-1: %s", error)
    try:
        return compiler()
    except typst.TypstError as error:
        raise RecallHorizonError(f"{main}: {error}") from None


def _words(path: Path) -> dict[str, Any]:
    words = json.loads(path.read_text(encoding="utf-8"))
    return {key: words[key] for key in ("order", "title", "caption", "alt")}
