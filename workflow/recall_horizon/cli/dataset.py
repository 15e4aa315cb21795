"""Generate one dataset."""

import argparse
import logging
from pathlib import Path

from recall_horizon.config.dataset import DatasetSpec
from recall_horizon.data import datasets


def main(arguments: list[str]) -> None:
    """Generate the dataset that --options describes and write it to --output."""
    parser = argparse.ArgumentParser(prog="recall_horizon dataset", description=__doc__)
    parser.add_argument("--options", required=True, type=DatasetSpec.model_validate_json)
    parser.add_argument("--output", required=True, type=Path)
    parsed = parser.parse_args(arguments)
    datasets.write(parsed.output, parsed.options)
    splits = parsed.options.splits
    sizes = (splits.pool, splits.validation, splits.test)
    logging.info("wrote %d + %d + %d sequences to %s", *sizes, parsed.output)
