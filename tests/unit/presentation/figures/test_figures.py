"""What every figure must do, whichever there are."""

import base64
import importlib
import io
import json
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import vl_convert

from recall_horizon import contract
from recall_horizon.analysis.summary import summarise
from recall_horizon.code import catalogue, syntax
from recall_horizon.presentation.figures import comparison, models, sensitivity, style
from recall_horizon.presentation.intervals import with_interval

WORDS = contract.words("mse", "the first element")
LOOK = style.Look(
    "lstm",
    ["lstm"],
    {"lstm": "An LSTM"},
    {"lstm": "#0072B2"},
    [],
    0.95,
    WORDS,
)


@pytest.fixture(params=catalogue.figures())
def name(request):
    return request.param


@pytest.fixture
def _quick(monkeypatch):
    """Embeds a font in a third of the time; test_style.py saves with the fonts of RC."""
    monkeypatch.setitem(style.RC, "pdf.fonttype", 3)


def draw(name, tables, look=LOOK):
    module = importlib.import_module(catalogue.figure(name))
    return style.drawn(module, {table: tables[table] for table in module.TABLES}, look)


def test_a_figure_says_what_it_shows_in_literals(name):
    """Literals, since rules read them without importing the module."""
    module = f"recall_horizon.presentation.figures.{name}"
    assert all(table.isidentifier() for table in syntax.constant(module, "TABLES"))
    for words in ("TITLE", "CAPTION", "ALT"):
        assert syntax.constant(module, words).strip()
    assert not syntax.constant(module, "TITLE").endswith(".")
    assert syntax.constant(module, "CAPTION").endswith(".")


def test_a_figure_names_its_tables_in_its_captions(name):
    module = importlib.import_module(f"recall_horizon.presentation.figures.{name}")
    for table in module.TABLES:
        words = module.CAPTION + getattr(module, "CHART_CAPTION", "")
        assert f"tables/{table}.csv" in words


ENDS = pytest.mark.parametrize(
    "ends",
    [
        {5: [(0.1, 0.2), (0.2, 0.3)], 50: [(0.3, 1.2), (0.4, 1.3)]},
        {5: [(0.1, 0.2), (1e9, 1e30)], 50: [(0.3, 1.2), None]},
        {5: [None, None], 50: [None, None]},
        {5: [(0.1, 0.2)], 50: [None]},
        {5: [(0.1, 0.2)]},
        {5: [(0.0, 0.0), (0.0, 0.0)], 50: [(0.0, 0.0), (0.0, 0.0)]},
    ],
    ids=["plain", "far above", "all diverged", "one replicate", "one length", "perfect"],
)


@ENDS
@pytest.mark.usefixtures("_quick")
def test_a_figure_is_drawn_whatever_the_replicates_did(name, ends, small_tables):
    """As PDF, the strictest format: it takes no number that is not finite."""
    figure, file = draw(name, small_tables(ends)), io.BytesIO()
    figure.savefig(file, format="pdf")
    assert file.getvalue().rstrip().endswith(b"%%EOF")


# Labels are the user's text, and nothing in them is markup.
LABELS = [
    "LSTM ($5, $10)",
    r"$\foo$ GRU",
    "_RNN #1 <b> & *x* @y [z].w",
    "Window $$",
    r"$ a\$b\ $$",
    "{} %s 'a' \"b\" a-->b",
]


def texts_of(figure):
    """The texts of a figure, if it is saved with `svg.fonttype` none: not as outlines."""
    picture = base64.b64decode(style.as_svg(figure).partition(",")[2])
    texts = ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")
    return ["".join(text.itertext()) for text in texts]


@pytest.mark.parametrize("label", LABELS)
def test_labels_and_words_are_drawn_as_they_are_written(name, label, small_tables, monkeypatch):
    monkeypatch.setitem(style.RC, "svg.fonttype", "none")
    ends = {5: [(0.1, 0.2), (0.2, 0.3)], 50: [(0.3, 1.2), (0.4, 1.3)]}
    words = {**WORDS, "target": f"Target: {label}", "length": f"Length: {label}"}
    look = LOOK._replace(labels={"lstm": label}, words=words)
    texts = texts_of(draw(name, small_tables(ends), look))
    assert any(label in text.partition("Target: ")[0] for text in texts)
    for word in ("Target: ", "Length: "):
        assert all(f"{word}{label}" in text for text in texts if word in text)


@pytest.mark.parametrize("label", LABELS)
def test_labels_are_drawn_as_they_are_written_in_studies_side_by_side(
    label, small_tables, monkeypatch
):
    monkeypatch.setitem(style.RC, "svg.fonttype", "none")
    summary = small_tables({5: [(0.1, 0.2), (0.2, 0.3)]})["summary"]
    look = LOOK._replace(labels={"lstm": label})
    sides = [comparison.Shown(name, summary, look) for name in ("one", "two")]
    assert label in texts_of(comparison.chart(sides))


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("interactive", [models, sensitivity])
def test_labels_are_data_of_an_interactive_chart(interactive, label, small_tables):
    tables = small_tables({5: [(0.1, 0.2), (0.2, 0.3)], 50: [(0.3, 1.2), (0.4, 1.3)]})
    chart = interactive.chart(tables, LOOK._replace(labels={"lstm": label}))
    assert chart.controls[0]["options"][0]["label"] == label
    cells = chart.specification["data"].pop("values")
    assert {cell["label"] for cell in cells} == {label}
    assert json.dumps(label)[1:-1] not in json.dumps(chart.specification)


@ENDS
@pytest.mark.parametrize("interactive", ["models", "sensitivity"])
def test_an_interactive_chart_holds_the_tables_numbers(interactive, ends, small_tables):
    module = importlib.import_module(f"recall_horizon.presentation.figures.{interactive}")
    tables = small_tables(ends)
    chart = module.chart({table: tables[table] for table in module.TABLES}, LOOK)
    text = json.dumps(chart.specification, allow_nan=False)  # what a browser can read
    parameters = {p["name"]: p["value"] for p in chart.specification["params"]}
    for control in chart.controls:
        values = [option["value"] for option in control["options"]]
        start = [values[place] for place in control["start"]]
        assert parameters[control["parameter"]] == (
            start if control["kind"] == "many" else start[0]
        )
    if interactive == "models":
        for _, row in tables["summary"].iterrows():
            assert json.dumps(with_interval(row, "test_loss_iqm")) in text
    assert vl_convert.vegalite_to_vega(chart.specification, "6.4")


def test_a_chart_of_long_sequences_and_many_replicates_stays_small(small_tables):
    tables = small_tables({10: [(0.1, 0.2)] * 50, 600: [(0.1, 0.2)] * 50})
    rows = sensitivity.chart(tables, LOOK).specification["data"]["values"]
    distances = [r["distance"] for r in rows if (r["length"], r["stage"]) == (600, "final")]
    assert len(distances) <= 101
    assert {0, 1, 2, 3, 599} <= set(distances)  # both ends, and the near ones one by one
    assert sum((r["length"], r["stage"]) == (10, "final") for r in rows) == 10
    cells = models.chart(tables, LOOK).specification["data"]["values"]
    runs = [row["test_loss_runs"] for row in cells]
    assert len(runs) == 4
    assert all(len(text.split(", ")) == 21 for text in runs)


def test_models_of_other_budgets_are_shown_as_they_last_were(losses_table):
    curves = {
        "lstm": [(0, 1, 1), (4, 0.5, 0.6), (8, 0.4, 0.5)],
        "short": [(0, 1, 1), (6, 0.2, 0.3)],
    }
    losses = losses_table({(m, 5, r): c for m, c in curves.items() for r in range(2)})
    tables = {
        "losses": losses,
        "summary": summarise(losses, 0.95, 50, 0.9, np.random.default_rng(0)),
        "datasets": pd.DataFrame({"length": [5], "baseline_loss": [1.0]}),
    }
    look = style.Look(
        "lstm",
        [*curves],
        {m: m for m in curves},
        dict.fromkeys(curves, "#000"),
        [],
        1,
        WORDS,
    )
    cells = models.chart(tables, look).specification["data"]["values"]
    for epoch, expected in {0: (0, 0), 4: (4, 0), 7: (4, 6), 8: (8, 6)}.items():
        shown = {c["model"]: c["epoch"] for c in cells if c["epoch"] <= epoch < c["until"]}
        assert (shown["lstm"], shown["short"]) == expected


def test_what_diverged_is_drawn_at_the_edge_and_not_left_out(small_tables):
    tables = small_tables({5: [None, None, (0.1, 0.2)]})
    cells = models.chart(tables, LOOK).specification["data"]["values"]
    (end,) = [cell for cell in cells if cell["epoch"] == 4]
    assert end["test_loss"] > 1e200
    assert end["score"] < -1e200


@pytest.mark.usefixtures("_quick")
def test_a_figure_drawn_again_is_the_same_bytes_and_its_tables_are_as_they_were(
    name, small_tables, tmp_path
):
    tables = small_tables({5: [(0.1, 0.2), None], 50: [(0.3, 1.2), (0.4, 1.3)]})
    before = {table: frame.copy() for table, frame in tables.items()}
    for copy in ("one", "two"):
        style.save(draw(name, tables), tmp_path / copy)
        assert all(frame.equals(before[table]) for table, frame in tables.items())
    for kind in style.FORMATS:
        one, two = (tmp_path / f"{copy}.{kind}" for copy in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()
    assert (tmp_path / "one.svg").read_text().rstrip().endswith("</svg>")
