"""The paper: the same words and figures as the page, typeset by Typst."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import typst

from recall_horizon.errors import RecallHorizonError


def typeset(template: Iterable[Path], content: dict[str, Any], figures: Iterable[Path]) -> bytes:
    """The paper as a PDF of standard UA-1 (accessible); the same input is the same bytes.

    Args:
        template: the paper in Typst's language, and the files that it names.
        content: what there is to say, by `recall_horizon.content`.
        figures: pictures (.svg) and the words beside each (.json).

    Raises:
        RecallHorizonError: the template cannot be typeset.
    """
    main, *others = template
    files = {path.name: path for path in (*others, *figures)}
    shown = [
        {"name": path.stem, **_words(path)} for path in files.values() if path.suffix == ".json"
    ]
    shown.sort(key=lambda figure: (figure["order"], figure["name"]))
    try:
        return typst.compile(
            {"main.typ": main.read_bytes(), **{n: p.read_bytes() for n, p in files.items()}},
            sys_inputs={"content": json.dumps({**content, "figures": shown})},
            ignore_system_fonts=True,
            pdf_standards="ua-1",
        )
    except typst.TypstError as error:
        raise RecallHorizonError(f"{main}: {error}") from None


def _words(path: Path) -> dict[str, Any]:
    words = json.loads(path.read_text(encoding="utf-8"))
    return {key: words[key] for key in ("order", "title", "caption", "alt")}
