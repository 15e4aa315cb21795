"""Write the picture of the workflow's rules into a document (for `make docs`; not a rule)."""

import argparse
import sys
from pathlib import Path

from recall_horizon.cli._generated import with_generated
from recall_horizon.presentation import rule_graph
from recall_horizon.storage.files import write_text


def main(arguments: list[str]) -> None:
    """Write what `snakemake --rulegraph mermaid-js` prints, read from stdin, into --page."""
    parser = argparse.ArgumentParser(prog="recall_horizon rules", description=__doc__)
    parser.add_argument("--page", required=True, type=Path)
    path = parser.parse_args(arguments).page
    write_text(path, with_rules(path.read_text(encoding="utf-8"), sys.stdin.read()))


def with_rules(page: str, printed: str) -> str:
    """`page` with the picture between its markers made from what Snakemake has `printed`."""
    found = rule_graph.reduced(rule_graph.arrows(printed))
    return with_generated(page, "rules", rule_graph.picture(found))
