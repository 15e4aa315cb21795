"""Print the verdicts on the claims of one study or several, in one table."""

import argparse
from pathlib import Path

from recall_horizon.presentation.claims import lines
from recall_horizon.storage import tables


def main(arguments: list[str]) -> None:
    """Print the verdicts in the studies' folders."""
    parser = argparse.ArgumentParser(prog="recall_horizon verdicts", description=__doc__)
    parser.add_argument("studies", nargs="+", type=Path, help="folders such as results/default")
    folders = parser.parse_args(arguments).studies
    judged = {folder.name: tables.read(folder / "tables" / "claims.csv") for folder in folders}
    for line in lines(judged):
        print(line)
