"""Hold what others have published against the study's results."""

import argparse
import logging
from pathlib import Path

from recall_horizon.cli._options import add_options
from recall_horizon.config.claims import Claim
from recall_horizon.presentation.claims import counted, judge
from recall_horizon.storage import tables


def main(arguments: list[str]) -> None:
    """Judge the claims by --summary and --budgets, and write the verdicts to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon claims", description=__doc__)
    parser.add_argument("--summary", required=True, type=Path)
    parser.add_argument("--budgets", required=True, type=Path)
    parser.add_argument("--output", required=True, type=Path)
    add_options(
        parser,
        {
            "claims": "those of the configuration, a list",
            "look": "the models, their labels, and the task's words",
        },
    )
    parsed = parser.parse_args(arguments)
    claims = [Claim.model_validate(claim) for claim in parsed.options.claims]
    read = {"summary": tables.read(parsed.summary), "budgets": tables.read(parsed.budgets)}
    table = judge(claims, read, parsed.options.look)
    tables.write(parsed.output, table)
    logging.info("of %d claims, %s", len(table), counted(table) or "none to judge")
