"""Report whether a study reproduced its reference; fail if it did not."""

from pathlib import Path

from recall_horizon.errors import RecallHorizonError
from recall_horizon.presentation.verdicts import counted, lines, reference, why_not
from recall_horizon.storage import tables


def main(*, table: Path) -> None:
    """Print the verdicts of a study; fail unless something was compared and nothing differs.

    Args:
        table: its verification table.
    """
    found = tables.read(table)
    name = reference(found)
    print(f"Compared with the reference of the study {name!r}:")
    for line in lines(found):
        print(line)
    print(counted(found))
    why = why_not(found)
    if why:
        raise RecallHorizonError(
            f"{why}. report/reference/{name}/provenance.json describes what made the reference."
        )
