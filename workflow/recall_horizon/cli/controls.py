"""Fail if a study measured more than is possible: then the pipeline is wrong."""

import logging
from pathlib import Path

from recall_horizon.analysis import controls
from recall_horizon.storage import tables
from recall_horizon.storage.files import write_text


def main(*, table: Path, output: Path) -> None:
    """Check that no control of a study is violated.

    Args:
        table: its controls table.
        output: the text to write, a line for each control.
    """
    checked = controls.checked(tables.read(table))
    write_text(output, f"{checked}\n")
    logging.info("no control is violated:\n%s", checked)
