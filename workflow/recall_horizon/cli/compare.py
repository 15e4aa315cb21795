"""Set finished studies side by side: configurations, horizons, scores."""

import argparse
import logging
from pathlib import Path

from recall_horizon.explore import open_study
from recall_horizon.presentation import comparison
from recall_horizon.storage.files import write_text


def main(arguments: list[str]) -> None:
    """Print how the studies differ from the first, and write a page to --output, if it is given."""
    parser = argparse.ArgumentParser(prog="recall_horizon compare", description=__doc__)
    parser.add_argument("studies", nargs="+", type=Path, help="folders such as results/default")
    parser.add_argument("--output", type=Path, help="a page to write, such as comparison.html")
    options = parser.parse_args(arguments)
    if len(options.studies) < 2:
        parser.error("needs the folders of two studies or more")
    studies = map(open_study, options.studies)
    sides = [comparison.Side(study.tables(), study.look, study.provenance) for study in studies]
    parts = comparison.comparison(sides)
    for line in comparison.lines(parts):
        print(line)
    if options.output:
        write_text(options.output, comparison.page(parts, sides))
        logging.info("the page is %s", options.output)
