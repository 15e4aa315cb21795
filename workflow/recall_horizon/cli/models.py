"""Describe the models of a study: their size at each length, and whether they are recurrent."""

import argparse
import logging
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from recall_horizon.analysis.architectures import facts
from recall_horizon.cli._options import add_options
from recall_horizon.config.training import Matched
from recall_horizon.contract import Task
from recall_horizon.storage import tables
from recall_horizon.training.width import with_width


def main(arguments: list[str]) -> None:
    """Build each model in --options at each length and describe it in --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon models", description=__doc__)
    add_options(
        parser,
        {
            "models": "{name: {label, architecture, lengths, …}}",
            "task": "the task's class, as module:ClassName, and its options: {at, options}",
        },
    )
    parser.add_argument("--output", required=True, type=Path)
    parsed = parser.parse_args(arguments)
    task = parsed.options.task
    lengths = {length for entry in parsed.options.models.values() for length in entry["lengths"]}
    tasks = {
        length: pkgutil.resolve_name(task["at"])(length, **task["options"])
        for length in sorted(lengths)
    }
    rows = [
        {
            "model": name,
            "label": entry["label"],
            "curriculum": entry["curriculum"],
            "length": length,
            **known,
        }
        for name, entry in sorted(parsed.options.models.items())
        for length, known in _at_each_length(entry, tasks)
    ]
    # Whole numbers, also where some of a column are missing.
    table = pd.DataFrame(rows).astype(
        {"width": "Int64", "state": "Int64", "mean_ceiling": "float64"}
    )
    tables.write(parsed.output, table)
    logging.info("%d rows in %s", len(rows), parsed.output)


def _at_each_length(
    entry: dict[str, Any], tasks: dict[int, Task]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """What is known of one model at each length, its width solved once for all of them."""
    matched = Matched.model_validate(entry["matched"]) if entry["matched"] else None
    options = with_width(entry["architecture"], entry["options"], matched)
    lengths = entry["lengths"]
    alone = entry["curriculum"] == "none"
    together = None if alone else {length: tasks[length] for length in lengths}
    for length in lengths:
        known = facts(entry["architecture"], options, tasks[length], entry["width"], together)
        yield length, known
