"""Write what documents quote of the kept studies (for `make docs`; not a rule)."""

from pathlib import Path

from recall_horizon.cli._generated import with_generated
from recall_horizon.cli._reports import report
from recall_horizon.presentation.quotes import filled, lengths_table
from recall_horizon.presentation.sentences import Report
from recall_horizon.storage import provenance
from recall_horizon.storage.files import write_text


def main(templates: list[Path], *, reference: Path, documents: Path, readme: Path) -> None:
    """Fill documents with numbers of the kept studies, and the README with a table.

    Args:
        templates: of the documents, `NAME.md.j2` of the document `NAME.md`.
        reference: the folder of kept studies, a folder each.
        documents: the folder of the documents to write.
        readme: the README.
    """
    studies = kept(reference)
    for template in templates:
        page = filled(template.read_text(encoding="utf-8"), studies)
        write_text(documents / template.stem, page)
    table = lengths_table(studies["default"])
    page = with_generated(readme.read_text(encoding="utf-8"), "lengths", f"{table}\n")
    write_text(readme, page)


def kept(reference: Path) -> dict[str, Report]:
    """The studies that the folder `reference` keeps, by their names."""
    folders = [path.parent for path in sorted(reference.glob(f"*/{provenance.FILE}"))]
    return {folder.name: report(folder) for folder in folders}
