"""Write the configuration's JSON schema and its documentation (for `make docs`; not a rule)."""

from pathlib import Path

from recall_horizon.cli._generated import with_generated
from recall_horizon.config.schema import markdown_tables, schema
from recall_horizon.storage.files import write_text


def main(*, output: Path, readme: Path) -> None:
    """Write the JSON schema, and the tables of keys between the markers of a document.

    Args:
        output: the schema to write.
        readme: the document.
    """
    write_text(output, schema())
    write_text(readme, with_keys(readme.read_text(encoding="utf-8")))


def with_keys(readme: str) -> str:
    """`readme` with the tables of keys between its markers brought up to date."""
    return with_generated(readme, "keys", markdown_tables())
