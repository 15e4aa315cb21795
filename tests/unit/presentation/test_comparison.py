import re
from pathlib import Path

import pytest

from recall_horizon.config.load import load
from recall_horizon.presentation.comparison import Side, comparison, lines, page

TEMPLATE = Path(__file__).parents[3] / "report" / "comparison.html.j2"


@pytest.fixture
def side(small_tables, settings, spread):
    """A study of an LSTM, with changes of its configuration."""

    def make(name, ends=None, **changes):
        raw = {**settings, "study": name, "models": ["lstm"], "lengths": [5, 50], **changes}
        study = load(raw)
        tables = small_tables(ends or {5: spread(0.01, 0.02), 50: spread(0.1, 1.3)})
        return Side(name, study.model_dump(mode="json"), tables, study.look())

    return make


def test_what_differs_is_named_with_the_value_of_each(side, settings):
    training = {**settings["training"], "learning_rate": 0.003}
    told = comparison([side("one"), side("two", training=training), side("three")])
    assert told["keys"] == [{"key": "training.learning_rate", "values": ["0.01", "0.003", "0.01"]}]


def test_how_a_study_is_run_or_shown_is_no_difference(side, settings):
    zoo = {**settings["model_zoo"], "lstm": {"architecture": "lstm", "label": "Mine"}}
    shown = side("two", model_zoo=zoo, checkpoint_seconds=5, replicates_per_job=2, claims=[])
    assert not comparison([side("one"), shown])["keys"]


def test_the_text_fits_a_terminal(side, settings, spread):
    other = side(
        "another-study",
        {5: spread(0.01, 0.02), 50: spread(0.01, 0.02), 200: spread(0.01, 0.3)},
        lengths=[5, 50, 200],
        models=["lstm"],
        dataset={"pool": 100_000_000, "validation": 2, "test": 3},
    )
    text = list(lines(comparison([side("one"), other, side("three")])))
    assert max(map(len, text)) <= 80
    said = "\n".join(text)
    assert re.search(r"dataset\.pool +10000 +100000000 +10000", said)
    assert re.search(r"LSTM +6 +", said)  # a horizon
    assert re.search(r"T = 5 +0\.980 +0\.980 +0\.000 \[.+\] +identical", said)
    assert re.search(r"T = 50 +−0\.300 +0\.980 +\+1\.28 \[", said)
    assert "Only in another-study: T = 200" in said


def test_of_studies_of_different_tasks_the_score_is_compared(side):
    assert "tasks differ" not in " ".join(comparison([side("one"), side("two")])["about"])
    told = comparison([side("one"), side("two", task={"name": "adding"})])
    assert "what is compared is the score, 1 − loss / chance" in told["about"][-1]


def test_the_page_contains_all_that_it_shows(side, settings):
    zoo = {**settings["model_zoo"], "lstm": {"architecture": "lstm", "label": "<b>Mine</b>"}}
    sides = [side("one", model_zoo=zoo), side("two")]
    html = page(TEMPLATE, comparison(sides), sides)
    assert "&lt;b&gt;Mine" in html
    assert "<b>" not in html
    assert 'src="data:image/svg+xml;base64,' in html
    assert not re.findall(r'(?:src|href)="(?!data:)', html)
    assert "Nothing that affects what was measured." in html
