import importlib
import io
import json
import re
from pathlib import Path

import pandas as pd
import pypdf
import pytest
import yaml

from recall_horizon.analysis import controls
from recall_horizon.code import catalogue
from recall_horizon.config import shown
from recall_horizon.config.load import load
from recall_horizon.errors import RecallHorizonError
from recall_horizon.presentation import paper
from recall_horizon.presentation.content import content
from recall_horizon.presentation.figures import style
from recall_horizon.storage import provenance, tables

ROOT = Path(__file__).parents[3]
HOME = ROOT / "report"
TEMPLATE = [HOME / "paper.typ", HOME / "references.yml"]
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 0h1v1z"/></svg>'


@pytest.fixture
def figures(tmp_path):
    for order, name in enumerate(("degradation", "models", "somebody_elses")):
        words = {"order": order, "title": "T", "caption": f"Shows {name}.", "alt": "A"}
        (tmp_path / f"{name}.json").write_text(json.dumps({**words, "chart": None}))
        (tmp_path / f"{name}.svg").write_text(SQUARE)
    return sorted(tmp_path.iterdir())


@pytest.fixture
def printed(tables_of, settings, tmp_path):
    """The paper of the default study, from its reference, with `changes` of its config.

    Its figures are blank, of their own size and with their own captions.
    """

    def typeset(**changes):
        study = load({**settings, **changes})
        look = shown.look_of(study)
        candidates = {name: each.model_dump() for name, each in study.candidates.items()}
        kept = ROOT / "report/reference/default"
        losses = tables.read(kept / "losses.csv.gz")
        frames = tables_of(losses, candidates) if candidates else tables_of(losses)
        for name in ("transfer_summary", "generalisation"):
            frames[name] = tables.read(kept / f"{name}.csv.gz")
        frames["models"].loc[frames["models"]["model"].isin(look.controls), "score_ceiling"] = 1.0
        known = (frames[name] for name in ("summary", "models", "datasets"))
        frames["controls"] = pd.DataFrame(controls.check(*known, None))
        if not candidates:
            del frames["selection"], frames["windows"]
        rare = {"memory", "frontier"}  # of other tasks and models than this study's
        for name in rare:
            del frames[name]
        for name in [name for name in catalogue.figures() if name not in rare]:
            module = importlib.import_module(f"recall_horizon.presentation.figures.{name}")
            if "selection" in module.TABLES and not candidates:
                continue
            with style.settings():
                width, height = module.draw(frames, look).get_size_inches()
            words = {"order": module.ORDER, "title": module.TITLE, "alt": module.ALT}
            words = json.dumps({**words, "caption": module.CAPTION.format(**look.words)})
            (tmp_path / f"{name}.json").write_text(words)
            blank = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"/>'
            (tmp_path / f"{name}.svg").write_text(blank)
        origin = provenance.gather(study.model_dump(mode="json"), shown.asked(study), [])
        words = content(frames, origin, look, study.analysis.solved_score, "Recall it.")
        return paper.typeset(TEMPLATE, words, sorted(tmp_path.iterdir()))

    return typeset


def text_of(pdf):
    """Without the pages' footers, between which a sentence may continue."""
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    return " ".join(re.sub(r"recall-horizon, study .*\d+ / \d+", "", " ".join(pages)).split())


def squeezed(text):
    """Without spaces and hyphens, at which a typesetter breaks lines."""
    return "".join(text.replace("-", "").split())


def test_the_paper_says_what_the_page_says(written, figures):
    content, _, _ = written()
    text = squeezed(text_of(paper.typeset(TEMPLATE, content, figures)))
    for name in ("degradation", "models", "method", "definition", "checks", "verification"):
        for sentence in content["sections"][name]["sentences"]:
            assert squeezed(sentence) in text
    for name in ("horizons", "checks"):
        for row in content["sections"][name]["table"]:
            assert all(squeezed(cell) in text for cell in row)
    assert "Shows" + "somebody_elses." in text


@pytest.mark.parametrize(("selects", "pages"), [(False, 7), (True, 8)])
def test_the_paper_is_no_longer_than_documented(printed, selects, pages):
    promise = "for fourteen models seven pages, eight if the study selects training settings"
    assert promise in (ROOT / "docs/report.md").read_text()
    tuned = yaml.safe_load((ROOT / "config/tuned.yaml").read_text())
    pdf = printed(selection=tuned["selection"]) if selects else printed()
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) <= pages


def test_the_paper_has_a_title_is_accessible_and_the_same_every_time(written, figures):
    pdf, again = (paper.typeset(TEMPLATE, written()[0], figures) for _ in range(2))
    assert pdf == again
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert reader.metadata.title == "How far back can a sequence model remember?"
    assert "pdfuaid" in reader.xmp_metadata.stream.get_data().decode()
    assert reader.metadata.creation_date is None


def test_without_a_character_in_typsts_fonts_there_is_a_paper_but_not_pdf_ua(written, figures):
    pdf = paper.typeset(TEMPLATE, written(label="記憶 LSTM")[0], figures)
    assert "recall horizon of the" in text_of(pdf)


def test_the_paper_cites_only_what_the_study_trains(written, figures):
    content = written()[0]
    text = text_of(paper.typeset(TEMPLATE, content, figures))
    assert "Hochreiter" in text
    assert "Vaswani" not in text
    more = {**content, "cited": ["chrono", "transformer"]}
    text = text_of(paper.typeset(TEMPLATE, more, figures))
    assert "Vaswani" in text
    assert "Tallec" in text


def test_text_is_not_read_as_markup(written, figures):
    hostile = '#panic("x") *b* $x$ @nobody \\ [<'
    content, _, _ = written(label=hostile)
    assert squeezed(hostile) in squeezed(text_of(paper.typeset(TEMPLATE, content, figures)))


@pytest.mark.parametrize("ends", [{5: [None, None], 50: [(0.5, 0.5), None]}, {5: [(0.1, 0.2)]}])
def test_studies_of_failures_and_of_one_replicate_have_a_paper(written, figures, ends):
    assert paper.typeset(TEMPLATE, written(ends=ends)[0], figures).startswith(b"%PDF")


def test_a_template_that_cannot_be_typeset_is_reported(written, figures, tmp_path):
    broken = tmp_path / "broken.typ"
    broken.write_text("#let x = (")
    with pytest.raises(RecallHorizonError, match=r"broken\.typ: .*unclosed"):
        paper.typeset([broken], written()[0], figures)
