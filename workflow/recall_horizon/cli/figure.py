"""Draw one figure from tables."""

import argparse
import importlib
import json
import logging
from pathlib import Path

from recall_horizon.cli._options import add_options
from recall_horizon.config.look import Look
from recall_horizon.presentation.figures import style
from recall_horizon.storage import tables
from recall_horizon.storage.files import write_text


def main(arguments: list[str]) -> None:
    """Draw the figure --name from --tables into --folder, with its texts in a file next to it."""
    parser = argparse.ArgumentParser(prog="recall_horizon figure", description=__doc__)
    parser.add_argument("--name", required=True, help="a module of presentation/figures/")
    parser.add_argument("--tables", required=True, nargs="+", type=Path, help="CSV files")
    add_options(parser, dict.fromkeys(Look._fields, "see config/look.py"))
    parser.add_argument("--folder", required=True, type=Path, help="where to write")
    parsed = parser.parse_args(arguments)
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # else it logs every glyph
    module = importlib.import_module(f"recall_horizon.presentation.figures.{parsed.name}")
    frames = {path.stem: tables.read(path) for path in parsed.tables}
    look = Look(**vars(parsed.options))
    style.save(style.drawn(module, frames, look), parsed.folder / parsed.name)
    words = {
        "order": module.ORDER,
        "title": module.TITLE.format(**look.words),
        "caption": module.CAPTION.format(**look.words),
        "alt": module.ALT.format(**look.words),
        "tables": module.TABLES,
        "chart": module.chart(frames, look)._asdict() if hasattr(module, "chart") else None,
    }
    write_text(parsed.folder / f"{parsed.name}.json", json.dumps(words, indent=1) + "\n")
    logging.info("drew %s", parsed.folder / parsed.name)
