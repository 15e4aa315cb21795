"""Render the report: one page that needs nothing beside it."""

import argparse
import logging

from recall_horizon import report
from recall_horizon.cli._content import add_content, content_of
from recall_horizon.files import write_text


def main(arguments: list[str]) -> None:
    """Render the page of --tables, --figures and --provenance to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon report", description=__doc__)
    add_content(parser, "page, style and script")
    options = parser.parse_args(arguments)
    page, style, script = options.template
    html = report.render(
        page,
        style.read_text(encoding="utf-8"),
        script.read_text(encoding="utf-8"),
        content_of(options),
        report.read_figures(options.figures, options.tables),
    )
    write_text(options.output, html)
    logging.info("the report is %s", options.output)
