"""Set finished studies side by side: configurations, horizons, scores."""

import logging
from pathlib import Path

from recall_horizon.cli._reports import report
from recall_horizon.errors import RecallHorizonError
from recall_horizon.presentation import comparison
from recall_horizon.storage import layout
from recall_horizon.storage.files import write_text
from recall_horizon.storage.project import ROOT


def main(studies: list[Path], *, output: Path | None = None) -> None:
    """Print how studies differ from the first.

    Args:
        studies: folders such as results/default, or names of kept studies such as default, two or
            more.
        output: a page to write, such as comparison.html.
    """
    if len(studies) < 2:
        raise RecallHorizonError("compare needs the folders of two studies or more")
    sides = [report(kept(study)) for study in studies]
    parts = comparison.comparison(sides)
    for line in comparison.lines(parts):
        print(line)
    if output:
        write_text(output, comparison.page(parts, sides))
        logging.info("the page is %s", output)


def kept(study: Path) -> Path:
    """The folder of a study: as it is given, or of the reference that the project keeps."""
    reference = ROOT / layout.REFERENCES / study
    return reference if not study.exists() and reference.is_dir() else study
