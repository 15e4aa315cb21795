import re

import pytest

from recall_horizon.config import shown
from recall_horizon.config.load import load
from recall_horizon.presentation.comparison import comparison, horizons, lines, page
from recall_horizon.presentation.sentences import Report


@pytest.fixture
def side(small_tables, settings, spread):
    """A study of an LSTM, with changes of its configuration."""

    def make(name, ends=None, **changes):
        raw = {**settings, "study": name, "models": ["lstm"], "lengths": [5, 50], **changes}
        raw["analysis"] = {**raw["analysis"], "test_lengths": []}
        study = load(raw)
        tables = small_tables(ends or {5: spread(0.01, 0.02), 50: spread(0.1, 1.3)})
        return Report(tables, shown.look_of(study), {"study": study.model_dump(mode="json")})

    return make


def differing(*sides):
    return comparison(list(sides))[-1]


def test_what_differs_is_named_with_the_value_of_each(side, settings):
    training = {**settings["training"], "learning_rate": 0.003}
    found = differing(side("one"), side("two", training=training), side("three"))
    assert found.table[1:] == [["training.learning_rate", "0.01", "0.003", "0.01"]]


def test_how_a_study_is_run_or_shown_is_no_difference(side, settings):
    zoo = {**settings["model_zoo"], "lstm": {"architecture": "lstm", "label": "Mine"}}
    shown = side("two", model_zoo=zoo, checkpoint_seconds=5, replicates_per_job=2, claims=[])
    found = differing(side("one"), shown)
    assert not found.table
    assert found.sentences == ["Nothing that affects what was measured."]


def test_the_text_fits_a_terminal(side, settings, spread):
    other = side(
        "another-study",
        {5: spread(0.01, 0.02), 50: spread(0.01, 0.02), 200: spread(0.01, 0.3)},
        lengths=[5, 50, 200],
        dataset={"pool": 100_000_000, "validation": 2, "test": 3},
    )
    text = list(lines(comparison([side("one"), other, side("three")])))
    assert max(map(len, text)) <= 80
    words = "\n".join(text)
    assert re.search(r"dataset\.pool +10000 +100000000 +10000", words)
    assert re.search(r"LSTM +5–50 \[5, 50\) +50–200 \[50, 200\) +5–50", words)
    assert re.search(r"LSTM +5 +0\.980 +0\.980 +\+0\.000 +identical", words)
    assert re.search(r"LSTM +50 +−0\.300 +0\.980 +\+1\.28 ", words)
    assert "Only in another-study: T = 200 of LSTM." in words


def test_a_model_of_one_study_alone_is_named(side, small_tables, spread):
    one, two = side("one"), side("two")
    for table in two.tables.values():
        if "model" in table:
            table["model"] = table["model"].replace("lstm", "gru")
    two.look = two.look._replace(headline="gru", models=["gru"], labels={"gru": "GRU"})
    parts = {part.title: part for part in comparison([one, two])}
    assert parts["one and two"].sentences == [
        "They have no model and length in common.",
        "Only in one: LSTM.",
        "Only in two: GRU.",
    ]


def test_of_studies_of_different_tasks_the_score_is_compared(side):
    assert "tasks differ" not in " ".join(comparison([side("one"), side("two")])[0].sentences)
    about = comparison([side("one"), side("two", task={"name": "adding"})])[0]
    assert about.sentences[-1].startswith("The tasks differ, so the score is compared")


def test_the_page_contains_all_that_it_shows(side, settings):
    zoo = {**settings["model_zoo"], "lstm": {"architecture": "lstm", "label": "<b>Mine</b>"}}
    sides = [side("one", model_zoo=zoo), side("two")]
    html = page(comparison(sides), sides)
    assert "&lt;b&gt;Mine" in html
    assert "<b>" not in html
    assert 'src="data:image/svg+xml;base64,' in html
    assert not re.findall(r'(?:src|href)="(?!data:)', html)
    assert "Nothing that affects what was measured." in html


def names(figure):
    return [label.get_text() for label in figure.axes[0].get_yticklabels()]


def test_the_horizons_of_studies_are_in_one_figure_where_models_are_told_apart(side, spread):
    further = side("two", {5: spread(0.01, 0.02), 50: spread(0.01, 0.02)})
    together = horizons([side("one"), further])
    assert names(together) == ["LSTM (two)", "LSTM (one)"]  # the longest first
    first, second = together.axes[0].get_yticklabels()
    assert (first.get_weight(), second.get_weight()) == ("normal", "bold")  # of the first study


def test_horizons_of_other_tasks_are_in_no_figure_together(side):
    adding = side("two")
    adding.config["task"] = {"name": "adding", "options": {}}
    assert horizons([side("one"), adding]) is None
