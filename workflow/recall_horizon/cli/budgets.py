"""Find the recall horizon of each model after each evaluated epoch."""

import argparse
import logging
from pathlib import Path

from recall_horizon.analysis.budgets import budgets, with_selected
from recall_horizon.cli._options import INTERVALS, add_options
from recall_horizon.seeds import Stream, generator
from recall_horizon.storage import tables


def main(arguments: list[str]) -> None:
    """Write --budgets and --growth, the horizons of the models in --losses by budget."""
    parser = argparse.ArgumentParser(prog="recall_horizon budgets", description=__doc__)
    parser.add_argument("--losses", required=True, type=Path)
    parser.add_argument("--selection", nargs="*", type=Path, help="the selection table, if any")
    parser.add_argument("--budgets", required=True, type=Path, help="CSV to write")
    parser.add_argument("--growth", required=True, type=Path, help="CSV to write")
    own = {
        "thresholds": "of R², a list",
        "an_epoch": "{model: {steps, sequences}}, what one epoch spends",
    }
    add_options(parser, {**INTERVALS, **own})
    parsed = parser.parse_args(arguments)
    an_epoch = parsed.options.an_epoch
    for path in parsed.selection:
        an_epoch = with_selected(an_epoch, tables.read(path))
    table, growth = budgets(
        tables.read(parsed.losses),
        parsed.options.thresholds,
        parsed.options.confidence,
        parsed.options.draws,
        generator(parsed.options.seed, Stream.HORIZON),
        an_epoch,
    )
    tables.write(parsed.budgets, table)
    tables.write(parsed.growth, growth)
    logging.info("%d horizons in %s", len(table), parsed.budgets)
