"""The arguments that say what the page and the paper are made of."""

import argparse
import json
from pathlib import Path
from typing import Any

from recall_horizon import content, tables


def add_content(parser: argparse.ArgumentParser, template: str) -> None:
    """Add the arguments of what is written from a study; `template` names the template's files."""
    parser.add_argument("--tables", required=True, nargs="+", type=Path)
    parser.add_argument("--figures", required=True, nargs="+", type=Path)
    parser.add_argument("--provenance", required=True, type=Path)
    parser.add_argument("--template", required=True, nargs="+", type=Path, help=template)
    parser.add_argument("--look", required=True, type=json.loads)
    parser.add_argument("--solved-r2", required=True, type=float)
    parser.add_argument("--output", required=True, type=Path)


def content_of(options: argparse.Namespace) -> dict[str, Any]:
    """What the parsed `options` give to say."""
    return content.content(
        {path.stem: tables.read(path) for path in options.tables},
        json.loads(options.provenance.read_text(encoding="utf-8")),
        options.look,
        options.solved_r2,
    )
