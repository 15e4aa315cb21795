"""Write the picture of the workflow's rules into a document (for `make docs`; not a rule)."""

import sys
from pathlib import Path

from recall_horizon.cli._generated import with_generated
from recall_horizon.presentation import rule_graph
from recall_horizon.storage.files import write_text


def main(*, page: Path) -> None:
    """Write what `snakemake --rulegraph mermaid-js` prints, read from stdin, into a document.

    Args:
        page: the document.
    """
    write_text(page, with_rules(page.read_text(encoding="utf-8"), sys.stdin.read()))


def with_rules(page: str, printed: str) -> str:
    """`page` with the picture between its markers made from what Snakemake has `printed`."""
    found = rule_graph.reduced(rule_graph.arrows(printed))
    return with_generated(page, "rules", rule_graph.picture(found))
