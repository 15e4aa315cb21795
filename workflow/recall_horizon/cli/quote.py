"""Write what documents quote of the kept studies (for `make docs`; not a rule)."""

import argparse
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


def main(arguments: list[str]) -> None:
    """Fill --template with numbers of the studies in --reference, and --readme with a table."""
    parser = argparse.ArgumentParser(prog="recall_horizon quote", description=__doc__)
    parser.add_argument("--reference", required=True, type=Path, help="a folder a study")
    parser.add_argument("--config", required=True, type=Path, help="defaults of a study's keys")
    parser.add_argument("--template", required=True, type=Path)
    parser.add_argument("--output", required=True, type=Path, help="pictures go next to it")
    parser.add_argument("--readme", required=True, type=Path)
    options = parser.parse_args(arguments)
    studies = kept(options.reference, options.config)
    page = filled(options.template.read_text(encoding="utf-8"), studies)
    write_text(options.output, page)
    for study, figure in sorted(set(PICTURE.findall(page))):
        module = importlib.import_module(f"recall_horizon.presentation.figures.{figure}")
        report = studies[study]
        drawn = style.drawn(module, report.tables, report.look)
        style.save(drawn, options.output.parent / f"{study}-{figure}", ["png"])
    readme = options.readme.read_text(encoding="utf-8")
    table = lengths_table(studies["default"])
    write_text(options.readme, with_generated(readme, "lengths", f"{table}\n"))


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
