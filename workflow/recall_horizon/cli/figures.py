"""Draw the figures of a study from its tables."""

import importlib
import json
import logging
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from pydantic import PositiveInt

from recall_horizon.code import catalogue
from recall_horizon.config import outputs, shown
from recall_horizon.config.look import Look
from recall_horizon.config.study import Study
from recall_horizon.presentation.figures import style
from recall_horizon.storage import layout, tables
from recall_horizon.storage.files import write_text


def main(*, study: Study, results: Path, processes: PositiveInt = 1) -> None:
    """Draw every figure of a study, with its texts in a file next to it.

    Args:
        study: the configuration.
        results: the folder of its results.
        processes: how many to draw at a time.
    """
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # else it logs every glyph
    names, draw = outputs.figures(study), partial(_drawn, results, shown.look_of(study))
    if processes == 1:
        done = list(map(draw, names))
    else:
        # Forked on Linux: what is imported need not be imported again. On macOS that may crash.
        context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        with ProcessPoolExecutor(processes, context) as pool:
            done = list(pool.map(draw, names))
    logging.info("drew %s", ", ".join(done))


def _drawn(results: Path, look: Look, name: str) -> str:
    """Draw one figure; its name."""
    module = importlib.import_module(catalogue.figure(name))
    frames = {table: tables.read(results / layout.table(table)) for table in module.TABLES}
    *_, texts = (results / file for file in layout.figure(name))
    draw = partial(style.drawn, module, frames, look)
    style.save(draw(), texts.with_suffix(""))
    interactive = hasattr(module, "chart")  # it is drawn at any width
    words = {
        "order": module.ORDER,
        "title": module.TITLE.format(**look.words),
        "caption": module.CAPTION.format(**look.words),
        "alt": module.ALT.format(**look.words),
        "tables": module.TABLES,
        "chart": module.chart(frames, look)._asdict() if interactive else None,
        "narrow": None if interactive else style.as_svg(draw(style.NARROW)),  # for a phone
    }
    write_text(texts, json.dumps(words, indent=1) + "\n")
    return name
