"""Write what documents quote of the kept studies (for `make docs`; not a rule)."""

from pathlib import Path

import yaml

from recall_horizon.cli._generated import with_generated
from recall_horizon.config import shown
from recall_horizon.config.load import load
from recall_horizon.presentation.quotes import filled, lengths_table
from recall_horizon.presentation.sentences import Report
from recall_horizon.storage import provenance, tables
from recall_horizon.storage.files import write_text


def main(
    templates: list[Path], *, reference: Path, config: Path, documents: Path, readme: Path
) -> None:
    """Fill documents with numbers of the kept studies, and the README with a table.

    Args:
        templates: of the documents, `NAME.md.j2` of the document `NAME.md`.
        reference: the folder of kept studies, a folder each.
        config: the defaults of a study's keys.
        documents: the folder of the documents to write.
        readme: the README.
    """
    studies = kept(reference, config)
    for template in templates:
        page = filled(template.read_text(encoding="utf-8"), studies)
        write_text(documents / template.stem, page)
    table = lengths_table(studies["default"])
    page = with_generated(readme.read_text(encoding="utf-8"), "lengths", f"{table}\n")
    write_text(readme, page)


def kept(reference: Path, config: Path) -> dict[str, Report]:
    """The studies that the folder `reference` keeps, by their names."""
    defaults = yaml.safe_load(config.read_text(encoding="utf-8"))
    studies = {}
    for path in sorted(reference.glob(f"*/{provenance.FILE}")):
        made = provenance.read(path.parent)
        look = shown.look_of(load({**defaults, **made["study"]}, to_run=False))
        files = sorted(path.parent.glob("*.csv.gz"))
        frames = {file.name.removesuffix(".csv.gz"): tables.read(file) for file in files}
        studies[path.parent.name] = Report(frames, look, made)
    return studies
