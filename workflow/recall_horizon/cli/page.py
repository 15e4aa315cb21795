"""Render the page: one self-contained file."""

import argparse
import logging

from recall_horizon.cli._content import add_content, content_of
from recall_horizon.presentation import page
from recall_horizon.storage.files import write_text


def main(arguments: list[str]) -> None:
    """Render the page of --tables, --figures and --provenance to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon page", description=__doc__)
    add_content(parser, "page, style and script, and the files that the page includes")
    parsed = parser.parse_args(arguments)
    template, style, script, *_ = parsed.template
    html = page.render(
        template,
        style.read_text(encoding="utf-8"),
        script.read_text(encoding="utf-8"),
        content_of(parsed),
        page.read_figures(parsed.figures, parsed.tables),
    )
    write_text(parsed.output, html)
    logging.info("the page is %s", parsed.output)
