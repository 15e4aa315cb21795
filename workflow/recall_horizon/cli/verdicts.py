"""Print the verdicts on the claims of one study or several, in one table."""

from pathlib import Path

from recall_horizon.explore import open_study
from recall_horizon.presentation.claims import lines
from recall_horizon.presentation.sentences import Report


def main(studies: list[Path]) -> None:
    """Print the verdicts on the claims of studies.

    Args:
        studies: folders such as results/default.
    """
    opened = map(open_study, studies)
    reports = {s.folder.name: Report(s.tables(), s.look, s.provenance) for s in opened}
    for line in lines(reports):
        print(line)
