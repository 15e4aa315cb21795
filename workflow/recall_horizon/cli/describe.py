"""Describe a study's datasets, and its models: their size at each length, whether recurrent."""

import logging
from pathlib import Path

import pandas as pd

from recall_horizon.analysis import architectures, collect
from recall_horizon.config.study import Study
from recall_horizon.storage import layout, tables


def main(*, study: Study, results: Path) -> None:
    """Check the datasets and build each model at each length: the tables datasets and models.

    Args:
        study: the configuration.
        results: the folder of its results.
    """
    found = collect.datasets(results / layout.dataset(length) for length in study.lengths)
    made = {
        "datasets": pd.DataFrame(found),
        "models": architectures.described(study),
    }
    for name, table in made.items():
        tables.write(results / layout.table(name), table)
    logging.info("%d datasets, %d rows of models", *map(len, made.values()))
