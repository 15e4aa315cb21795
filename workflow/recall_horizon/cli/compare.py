"""Set finished studies side by side: configurations, horizons, scores."""

import logging
from pathlib import Path

from recall_horizon.errors import RecallHorizonError
from recall_horizon.explore import open_study
from recall_horizon.presentation import comparison
from recall_horizon.storage.files import write_text


def main(studies: list[Path], *, output: Path | None = None) -> None:
    """Print how studies differ from the first.

    Args:
        studies: folders such as results/default, two or more.
        output: a page to write, such as comparison.html.
    """
    if len(studies) < 2:
        raise RecallHorizonError("compare needs the folders of two studies or more")
    opened = map(open_study, studies)
    sides = [comparison.Side(study.tables(), study.look, study.provenance) for study in opened]
    parts = comparison.comparison(sides)
    for line in comparison.lines(parts):
        print(line)
    if output:
        write_text(output, comparison.page(parts, sides))
        logging.info("the page is %s", output)
