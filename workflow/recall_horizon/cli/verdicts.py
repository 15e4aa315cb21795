"""Print the verdicts on the claims of one study or several, in one table."""

from pathlib import Path

from recall_horizon.cli._reports import report
from recall_horizon.presentation.claims import lines


def main(studies: list[Path]) -> None:
    """Print the verdicts on the claims of studies.

    Args:
        studies: folders such as results/default.
    """
    for line in lines({folder.name: report(folder) for folder in studies}):
        print(line)
