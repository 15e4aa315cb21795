"""Generate one dataset."""

import argparse
import logging
from pathlib import Path

from recall_horizon import datasets
from recall_horizon.config.dataset import DatasetSpec


def main(arguments: list[str]) -> None:
    """Generate the dataset that --spec describes and write it to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon dataset", description=__doc__)
    parser.add_argument("--spec", required=True, type=DatasetSpec.model_validate_json)
    parser.add_argument("--output", required=True, type=Path)
    options = parser.parse_args(arguments)
    datasets.write(options.output, options.spec)
    splits = options.spec.splits
    logging.info("wrote %d + %d sequences to %s", splits.pool, splits.test, options.output)
