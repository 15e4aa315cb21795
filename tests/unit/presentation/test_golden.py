"""The words of a whole study, held against files.

After a change that is meant, write them anew and read the difference:

    GOLDEN=write pytest tests/unit/presentation/test_golden.py
    git diff tests/unit/presentation/golden
"""

import io
import json
import os
from pathlib import Path

import pypdf
import pytest

from recall_horizon.presentation import paper
from recall_horizon.presentation.content import BESIDE_FIGURES, OF_THEIR_OWN
from recall_horizon.presentation.page import render
from recall_horizon.presentation.quotes import filled, lengths_table

HOME = Path(__file__).parents[3] / "report"
GOLDEN = Path(__file__).parent / "golden"
DRAWN = ("degradation", "transfer", "models", "growth", "prediction")


def held(name, text):
    """Hold `text` against the file of this name; write it if the environment says so."""
    path = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{path} differs: see the top of this test"


SECTIONS = (*BESIDE_FIGURES, *OF_THEIR_OWN)


def said(report, names):
    """The sentences and tables of sections, in Markdown."""
    parts = []
    for name in names:
        section = report.section(name)
        parts += [f"## {name}", *(f"- {sentence}" for sentence in section.sentences)]
        parts += [report.table(name)] if section.table else []
    return "\n\n".join(parts).replace("\n\n- ", "\n- ") + "\n"


def test_every_sentence_and_table(made):
    """In Markdown, as documents quote them."""
    held("sentences.md", said(made.report(), SECTIONS))


def test_the_sentences_about_one_network_for_all_lengths(paired):
    held("transfer.md", said(paired.report(), ("transfer", "kinds", "confounded")))


def test_a_page(made):
    picture = {"name": "p.svg", "id": "p", "uri": "data:image/svg+xml;base64,PHN2Zy8+"}
    shown = {"picture": picture, "chart": None, "caption": "A caption", "alt": ""}
    shown |= {"tables": [], "narrow": None}
    figures = [{**shown, "name": n, "title": n.capitalize(), "order": 1} for n in DRAWN]
    page = render(HOME / "page.html.j2", "", "", made.content(), figures, b"")
    held("page.html", page + "\n")


@pytest.mark.pinned  # pypdf's spaces differ
def test_a_paper(made, tmp_path):
    square = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 0h1v1z"/></svg>'
    for order, name in enumerate(DRAWN):
        about = {"order": order, "title": name, "caption": f"Shows {name}.", "alt": "A"}
        (tmp_path / f"{name}.json").write_text(json.dumps(about))
        (tmp_path / f"{name}.svg").write_text(square)
    template = [HOME / "paper.typ", HOME / "references.yml"]
    pdf = paper.typeset(template, made.content(), sorted(tmp_path.iterdir()))
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    held("paper.txt", "\n".join(page.extract_text() for page in pages) + "\n")


TEMPLATE = """{{ a.says("degradation", "models") }}

{{ a.table("horizons") }}

After {{ a.text.budget(["lstm"]) }} the horizon is {{ a.text.horizon("lstm") }}.
At T = 10 the score is {{ a.text.score("lstm", 10) }}, with {{ a.text.solved("lstm", 10) }} solved.
At T = 20: {{ a.text.ended("lstm", 20) }}, at {{ a.text.chosen("lstm", 20, "learning_rate") }}.
{{ a.text.trained() }}; {{ a.text.parameters() }}; {{ a.text.covered() }};
{{ a.text.replicates("lstm") }} replicates up to {{ a.text.longest("lstm") }}.
"""


def test_a_section_of_findings(made):
    held("findings.md", filled(TEMPLATE, {"a": made.report()}))


def test_the_table_of_the_readme(paired):
    held("lengths.md", lengths_table(paired.report()) + "\n")
