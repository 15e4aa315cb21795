"""Describe a study's datasets, and its models: their size at each length, whether recurrent."""

import logging
from pathlib import Path

import pandas as pd

from recall_horizon.analysis import architectures, collect
from recall_horizon.config.study import Study
from recall_horizon.storage import layout, tables

EXAMPLE_STEPS = 20  # of the sequence that is shown as an example, at most, if one is so short


def main(*, study: Study, results: Path) -> None:
    """Check the datasets and build each model at each length: the tables about either.

    Args:
        study: the configuration.
        results: the folder of its results.
    """
    found = collect.datasets(results / layout.dataset(length) for length in study.lengths)
    short = [n for n in study.lengths if study.task_at(n).shape.steps <= EXAMPLE_STEPS]
    shown = max(short, default=min(study.lengths))
    made = {
        "datasets": pd.DataFrame(found),
        "examples": pd.DataFrame(collect.example(results / layout.dataset(shown))),
        "models": architectures.described(study),
    }
    for name, table in made.items():
        tables.write(results / layout.table(name), table)
    logging.info("%d datasets, %d rows of models", len(made["datasets"]), len(made["models"]))
