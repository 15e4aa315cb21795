"""Typeset the paper: the study in two or three pages to print."""

import argparse
import logging

from recall_horizon.cli._content import add_content, content_of
from recall_horizon.presentation import paper
from recall_horizon.storage.files import atomic


def main(arguments: list[str]) -> None:
    """Typeset the paper of --tables, --figures and --provenance to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon paper", description=__doc__)
    add_content(parser, "the paper, its references, and the template of its words")
    options = parser.parse_args(arguments)
    template = [path for path in options.template if path.suffix != ".j2"]  # the words are content
    pdf = paper.typeset(template, content_of(options), options.figures)
    with atomic(options.output) as path:
        path.write_bytes(pdf)
    logging.info("the paper is %s", options.output)
