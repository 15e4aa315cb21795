"""Report whether a study reproduced its reference; fail if it did not."""

import argparse
from pathlib import Path

from recall_horizon.errors import RecallHorizonError
from recall_horizon.presentation.verdicts import counted, lines, reference, why_not
from recall_horizon.storage import tables


def main(arguments: list[str]) -> None:
    """Print the verdicts of --table; fail unless something was compared and nothing differs."""
    parser = argparse.ArgumentParser(prog="recall_horizon verify", description=__doc__)
    parser.add_argument("--table", required=True, type=Path, help="the verification table")
    table = tables.read(parser.parse_args(arguments).table)
    name = reference(table)
    print(f"Compared with the reference of the study {name!r}:")
    for line in lines(table):
        print(line)
    print(counted(table))
    why = why_not(table)
    if why:
        raise RecallHorizonError(
            f"{why}. report/reference/{name}/provenance.json describes what made the reference."
        )
