"""Write what people read of a study: the page, the paper, and where its numbers come from."""

import json
import logging
from pathlib import Path

from recall_horizon.analysis.collect import TrainingJobs, run_records
from recall_horizon.config import jobs, outputs, shown
from recall_horizon.config.load import warnings
from recall_horizon.config.study import Study
from recall_horizon.presentation import content, page, paper
from recall_horizon.storage import layout, provenance, tables
from recall_horizon.storage.files import atomic, write_text

PAPER = ("paper.typ", "references.yml")  # the paper's templates


def main(*, study: Study, results: Path, templates: Path) -> None:
    """Record where a study's numbers come from, render its page and typeset its paper.

    Args:
        study: the configuration.
        results: the folder of its results.
        templates: the folder of the templates.
    """
    made = {name: tables.read(results / layout.table(name)) for name in outputs.tables(study)}
    records = run_records(TrainingJobs(results / layout.RUNS, jobs.listed(study)))
    origin = provenance.gather(jobs.recorded(study), shown.asked(study), records)
    origin["warnings"] = warnings(study)
    write_text(results / provenance.FILE, json.dumps(origin, indent=2, sort_keys=True) + "\n")
    text = content.content(
        made,
        origin,
        look=shown.look_of(study),
        solved_score=study.analysis.solved_score,
        question=shown.question_of(study),
    )
    figures = [
        results / file
        for name in outputs.figures(study)
        for file in layout.figure(name)
        if not file.endswith(".png")
    ]
    files = [results / layout.table(name) for name in made]
    style, script = (
        (templates / f"page.{kind}").read_text(encoding="utf-8") for kind in ("css", "js")
    )
    shown_figures, library = page.read_figures(figures, files), results / layout.LIBRARY
    playground = page.read_playground(results / layout.PLAYGROUND, templates)
    parts = (style, script, text, shown_figures, library.read_bytes(), playground)
    html = page.render(templates / "page.html.j2", *parts)
    write_text(results / layout.PAGE, html)
    drawn = [path for path in figures if path.suffix in (".svg", ".json")]
    pdf = paper.typeset([templates / name for name in PAPER], text, drawn)
    with atomic(results / layout.PAPER) as path:
        path.write_bytes(pdf)
    logging.info("the page is %s", results / layout.PAGE)
