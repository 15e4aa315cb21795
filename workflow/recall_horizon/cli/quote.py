"""Write what documents quote of the kept studies (for `make docs`; not a rule)."""

import importlib
import re
from pathlib import Path

import yaml

from recall_horizon.cli._generated import with_generated
from recall_horizon.config import shown
from recall_horizon.config.load import load
from recall_horizon.presentation.figures import style
from recall_horizon.presentation.quotes import filled, lengths_table
from recall_horizon.presentation.sentences import Report
from recall_horizon.storage import provenance, tables
from recall_horizon.storage.files import write_text

# A picture of a kept study in a document: `](tuned-growth.png)`.
PICTURE = re.compile(r"\]\(([\w-]+)-(\w+)\.png\)")


def main(*, reference: Path, config: Path, template: Path, output: Path, readme: Path) -> None:
    """Fill a document with numbers of the kept studies, and the README with tables.

    Args:
        reference: the folder of kept studies, a folder each.
        config: the defaults of a study's keys.
        template: of the document.
        output: the document to write; pictures go next to it.
        readme: the README.
    """
    studies = kept(reference, config)
    page = filled(template.read_text(encoding="utf-8"), studies)
    write_text(output, page)
    for study, figure in sorted(set(PICTURE.findall(page))):
        module = importlib.import_module(f"recall_horizon.presentation.figures.{figure}")
        report = studies[study]
        drawn = style.drawn(module, report.tables, report.look)
        style.save(drawn, output.parent / f"{study}-{figure}", ["png"])
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
