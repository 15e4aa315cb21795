"""`--options`: a step's settings, one JSON object whose keys say what each value is."""

import argparse
import json
from collections.abc import Callable, Mapping
from types import SimpleNamespace


def add_options(parser: argparse.ArgumentParser, keys: Mapping[str, str]) -> None:
    """Add `--options`, which takes an object with exactly `keys`, {key: what it means}."""
    listed = "; ".join(f"{key}: {meaning}" for key, meaning in keys.items())
    parser.add_argument("--options", required=True, type=_object(keys), metavar="JSON", help=listed)


def _object(keys: Mapping[str, str]) -> Callable[[str], SimpleNamespace]:
    def read(text: str) -> SimpleNamespace:
        try:
            given = json.loads(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"not JSON: {error}") from None
        if not isinstance(given, dict) or given.keys() != keys.keys():
            raise argparse.ArgumentTypeError(f"needs a JSON object of {', '.join(sorted(keys))}")
        return SimpleNamespace(**given)

    return read
