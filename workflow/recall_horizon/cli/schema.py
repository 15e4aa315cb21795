"""Write the configuration's JSON schema and its documentation (for `make docs`; not a rule)."""

import argparse
from pathlib import Path

from recall_horizon.cli._generated import with_generated
from recall_horizon.config.schema import markdown_tables, schema
from recall_horizon.storage.files import write_text


def main(arguments: list[str]) -> None:
    """Write --schema, and the tables of keys between the markers of --readme."""
    parser = argparse.ArgumentParser(prog="recall_horizon schema", description=__doc__)
    parser.add_argument("--schema", required=True, type=Path)
    parser.add_argument("--readme", required=True, type=Path)
    options = parser.parse_args(arguments)
    write_text(options.schema, schema())
    write_text(options.readme, with_keys(options.readme.read_text(encoding="utf-8")))


def with_keys(readme: str) -> str:
    """`readme` with the tables of keys between its markers brought up to date."""
    return with_generated(readme, "keys", markdown_tables())
