"""Make the pictures in documents anew where they are old (for `make pictures`; not a rule)."""

import hashlib
import json
import logging
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from recall_horizon.code import catalogue, identity, syntax
from recall_horizon.errors import RecallHorizonError
from recall_horizon.explore import open_study
from recall_horizon.presentation.figures import style
from recall_horizon.storage import layout, provenance
from recall_horizon.storage.files import atomic, write_text

SHOWN = re.compile(r"!\[[^\]]*\]\(([^):]+\.png)\)")  # a picture in a document
PAGE = "page"  # the picture of the page; others are `<study>-<figure>`
STUDY = "lesson"  # whose page it is
SIZE = (1025, 1290)  # of the page's picture, in pixels
CONTENT = ("recall_horizon.presentation.content", "recall_horizon.presentation.page")
OF_THE_PAPER = (".typ", ".yml")  # the templates that the page does not use


def main(
    documents: list[Path],
    *,
    record: Path,
    reference: Path,
    templates: Path,
    page: Path,
    browser: str,
) -> None:
    """Make the pictures that documents show, those that are older than what they show.

    A figure is drawn from the tables that are kept of its study. The page is that of a study that
    has run, since it holds more than is kept.

    Args:
        documents: what shows the pictures.
        record: the file to write, which says what each picture was made from.
        reference: the folder of kept studies.
        templates: the folder of the page's templates.
        page: the page of the study `lesson`.
        browser: Chromium or Chrome, which takes the page's picture.
    """
    known = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    made_from = {}
    for picture in shown(documents):
        made_from[picture.name] = digest(picture.stem, reference, templates)
        if picture.exists() and known.get(picture.name) == made_from[picture.name]:
            continue
        if picture.stem == PAGE:
            _photograph(page, picture, browser)
        else:
            study, figure = _figure(picture.stem)
            drawn = open_study(reference / study).figure(figure)
            style.save(drawn, picture.with_suffix(""), ["png"])
        logging.info("made %s", picture)
    write_text(record, json.dumps(made_from, indent=1) + "\n")


def shown(documents: list[Path]) -> list[Path]:
    """The pictures that documents show, each once."""
    found = {
        (document.parent / link).resolve()
        for document in documents
        for link in SHOWN.findall(document.read_text(encoding="utf-8"))
    }
    return sorted(found)


def digest(picture: str, reference: Path, templates: Path) -> str:
    """What the picture of this name is made from, in one word.

    Of a figure these are its tables, what the study's provenance says of its models and its task,
    and its code. Of the page these are all tables that are kept of its study, its templates, and
    the code of its text and of every figure. Versions of packages do not count.
    """
    if picture == PAGE:
        study, modules = STUDY, [*CONTENT, *map(catalogue.figure, catalogue.figures())]
        files = sorted((reference / study).glob("*.csv.gz"))
        files += [templates / n for n in layout.TEMPLATES if not n.endswith(OF_THE_PAPER)]
    else:
        study, figure = _figure(picture)
        modules = [catalogue.figure(figure)]
        tables = syntax.constant(modules[0], "TABLES")
        files = [layout.kept_table(reference / study, table) for table in tables]
    recorded = provenance.read(reference / study)
    parts = [identity.digest(*modules, packages=False)]
    parts += [json.dumps([recorded["study"], recorded.get("asked")], sort_keys=True)]
    parts += [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _figure(picture: str) -> tuple[str, str]:
    """The study and the figure that a picture's name says."""
    study, _, figure = picture.rpartition("-")
    if not study or figure not in catalogue.figures():
        raise RecallHorizonError(
            f"a document shows {picture}.png, which no command makes: it is neither {PAGE}.png nor "
            f"<study>-<figure>.png with one of the figures {', '.join(catalogue.figures())}"
        )
    return study, figure


def _photograph(page: Path, picture: Path, browser: str) -> None:
    """Write a picture of the first part of a page, as `browser` shows it once its scripts ran."""
    if not page.exists():
        raise RecallHorizonError(f"there is no page {page}: run `make {STUDY}`")
    if not shutil.which(browser):
        raise RecallHorizonError(f"there is no browser {browser}")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        taken = Path(folder, "page.png")
        options = [
            *("--headless", "--hide-scrollbars", "--force-device-scale-factor=1"),
            *(f"--user-data-dir={folder}", "--virtual-time-budget=10000"),
            *(f"--window-size={SIZE[0]},{SIZE[1]}", f"--screenshot={taken}"),
            # The sandbox is not available to root; only our own page is opened.
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
        ]
        command = [browser, *options, page.resolve().as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        if done.returncode or not taken.exists():
            raise RecallHorizonError(f"{browser} took no picture of {page}: {done.stderr[-500:]}")
        with atomic(picture) as path:
            path.write_bytes(taken.read_bytes())
