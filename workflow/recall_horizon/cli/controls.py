"""Check what a correct pipeline must measure; fail where it was not measured."""

import argparse
import logging
from pathlib import Path

import pandas as pd

from recall_horizon import controls, tables
from recall_horizon.cli._intervals import add_intervals
from recall_horizon.errors import RecallHorizonError
from recall_horizon.seeds import Stream, generator
from recall_horizon.summary import summarise


def main(arguments: list[str]) -> None:
    """Write the controls of a study's tables to --output; fail if one is violated."""
    parser = argparse.ArgumentParser(prog="recall_horizon controls", description=__doc__)
    parser.add_argument("--summary", required=True, type=Path, help="the summary table")
    parser.add_argument("--models", required=True, type=Path, help="the models table")
    parser.add_argument("--datasets", required=True, type=Path, help="the datasets table")
    parser.add_argument(
        "--shuffled", nargs="*", type=Path, help="losses of models trained on shuffled targets"
    )
    parser.add_argument("--output", required=True, type=Path)
    add_intervals(parser)
    options = parser.parse_args(arguments)
    shuffled = None
    if options.shuffled:
        shuffled = summarise(
            pd.concat([tables.read(path) for path in options.shuffled], ignore_index=True),
            options.confidence,
            options.draws,
            1.0,
            generator(options.seed, Stream.CONTROLS),
        )
    read = (tables.read(path) for path in (options.summary, options.models, options.datasets))
    checked = controls.check(*read, shuffled)
    violated = [control for control in checked if control.verdict != "holds"]
    if violated:
        count = "A control is" if len(violated) == 1 else f"{len(violated)} controls are"
        raise RecallHorizonError(
            f"{count} violated: either the pipeline is wrong or, where less was measured than "
            f"expected, the training was too short.\n{controls.as_text(violated)}"
        )
    logging.info("%d controls hold:\n%s", len(checked), controls.as_text(checked))
    tables.write(options.output, pd.DataFrame(checked))
