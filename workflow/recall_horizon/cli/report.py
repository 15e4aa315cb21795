"""Render the report: one page that needs nothing beside it."""

import argparse
import json
import logging
from pathlib import Path

from recall_horizon import report, tables
from recall_horizon.files import write_text


def main(arguments: list[str]) -> None:
    """Render the report of --tables, --figures and --provenance to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon report", description=__doc__)
    parser.add_argument("--tables", required=True, nargs="+", type=Path)
    parser.add_argument("--figures", required=True, nargs="+", type=Path)
    parser.add_argument("--provenance", required=True, type=Path)
    parser.add_argument("--template", required=True, nargs=3, type=Path, help="page, style, script")
    parser.add_argument("--look", required=True, type=json.loads)
    parser.add_argument("--solved-r2", required=True, type=float)
    parser.add_argument("--output", required=True, type=Path)
    options = parser.parse_args(arguments)
    page, style, script = options.template
    html = report.render(
        page,
        style.read_text(encoding="utf-8"),
        script.read_text(encoding="utf-8"),
        {path.stem: tables.read(path) for path in options.tables},
        report.read_figures(options.figures, options.tables),
        json.loads(options.provenance.read_text(encoding="utf-8")),
        options.look,
        options.solved_r2,
    )
    write_text(options.output, html)
    logging.info("the report is %s", options.output)
