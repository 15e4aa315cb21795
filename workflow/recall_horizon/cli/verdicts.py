"""Print the verdicts on the claims of one study or several, in one table."""

import argparse
from pathlib import Path

from recall_horizon.explore import open_study
from recall_horizon.presentation.claims import lines
from recall_horizon.presentation.sentences import Report


def main(arguments: list[str]) -> None:
    """Print the verdicts in the studies' folders."""
    parser = argparse.ArgumentParser(prog="recall_horizon verdicts", description=__doc__)
    parser.add_argument("studies", nargs="+", type=Path, help="folders such as results/default")
    studies = map(open_study, parser.parse_args(arguments).studies)
    reports = {s.folder.name: Report(s.tables(), s.look, s.provenance) for s in studies}
    for line in lines(reports):
        print(line)
