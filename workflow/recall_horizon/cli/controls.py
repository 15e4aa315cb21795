"""Check what a correct pipeline must measure; fail if more was measured than is possible."""

import argparse
import logging
from pathlib import Path

import pandas as pd

from recall_horizon.analysis import controls
from recall_horizon.analysis.summary import summarise
from recall_horizon.cli._options import add_options
from recall_horizon.errors import RecallHorizonError
from recall_horizon.storage import tables


def main(arguments: list[str]) -> None:
    """Write the controls of a study's tables to --output; fail if one is violated."""
    parser = argparse.ArgumentParser(prog="recall_horizon controls", description=__doc__)
    parser.add_argument("--summary", required=True, type=Path, help="the summary table")
    parser.add_argument("--models", required=True, type=Path, help="the models table")
    parser.add_argument("--datasets", required=True, type=Path, help="the datasets table")
    parser.add_argument("--losses", required=True, type=Path, help="the losses table")
    parser.add_argument(
        "--shuffled", nargs="*", type=Path, help="losses of models trained on shuffled targets"
    )
    parser.add_argument("--output", required=True, type=Path)
    add_options(parser, {"confidence": "what intervals should cover"})
    parsed = parser.parse_args(arguments)
    shuffled = None
    if parsed.shuffled:
        shuffled = summarise(
            pd.concat([tables.read(path) for path in parsed.shuffled], ignore_index=True),
            parsed.options.confidence,
            solved_score=1.0,
        )
    paths = (parsed.summary, parsed.models, parsed.datasets, parsed.losses)
    summary, models, datasets, losses = map(tables.read, paths)
    checked = controls.check(summary, models, datasets, shuffled)
    checked += controls.check_means(losses, models, datasets, parsed.options.confidence)
    violated = [control for control in checked if control.verdict == "violated"]
    if violated:
        count = "A control is" if len(violated) == 1 else f"{len(violated)} controls are"
        raise RecallHorizonError(
            f"{count} violated: more was measured than is possible, so the pipeline is wrong.\n"
            f"{controls.as_text(violated)}"
        )
    short = [control for control in checked if control.verdict == "not reached"]
    if short:
        logging.warning(
            "not reached, perhaps because training was short:\n%s", controls.as_text(short)
        )
    logging.info("%d controls checked:\n%s", len(checked), controls.as_text(checked))
    tables.write(parsed.output, pd.DataFrame(checked))
