"""Write the picture of the workflow's rules into the README (for `make docs`; not a rule)."""

import argparse
import sys
from pathlib import Path

from recall_horizon.cli._generated import with_generated
from recall_horizon.presentation import rule_graph
from recall_horizon.storage.files import write_text


def main(arguments: list[str]) -> None:
    """Write what `snakemake --rulegraph mermaid-js` prints, read from stdin, into --readme."""
    parser = argparse.ArgumentParser(prog="recall_horizon rules", description=__doc__)
    parser.add_argument("--readme", required=True, type=Path)
    readme = parser.parse_args(arguments).readme
    page = readme.read_text(encoding="utf-8")
    write_text(readme, with_rules(page, sys.stdin.read()))


def with_rules(readme: str, printed: str) -> str:
    """`readme` with the picture between its markers made from what Snakemake has `printed`."""
    found = rule_graph.reduced(rule_graph.arrows(printed))
    return with_generated(readme, "rules", rule_graph.picture(found))
