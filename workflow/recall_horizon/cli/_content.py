"""The arguments that define the content of the page and the paper."""

import argparse
from pathlib import Path
from typing import Any

from recall_horizon.cli._options import add_options
from recall_horizon.config.look import Look
from recall_horizon.presentation import content
from recall_horizon.storage import provenance, tables

WORDS = {
    "look": "order, labels and colours of the models",
    "solved_score": "the least score of a replicate that solved the task",
    "question": "what the task asks, in a few sentences",
}


def add_content(parser: argparse.ArgumentParser, template: str) -> None:
    """Add the arguments of the page and the paper; `template` names the template's files."""
    parser.add_argument("--tables", required=True, nargs="+", type=Path)
    parser.add_argument("--figures", required=True, nargs="+", type=Path)
    parser.add_argument("--provenance", required=True, type=Path)
    parser.add_argument("--template", required=True, nargs="+", type=Path, help=template)
    parser.add_argument("--output", required=True, type=Path)
    add_options(parser, WORDS)


def content_of(parsed: argparse.Namespace) -> dict[str, Any]:
    """The content that the parsed arguments describe."""
    options = parsed.options
    return content.content(
        {path.stem: tables.read(path) for path in parsed.tables},
        provenance.read(parsed.provenance.parent),
        look=Look(**options.look),
        solved_score=options.solved_score,
        question=options.question,
    )
