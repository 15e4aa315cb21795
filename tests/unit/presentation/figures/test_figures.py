"""What every figure must do, whichever there are."""

import importlib
import json
import re
from xml.etree import ElementTree

import altair
import pandas as pd
import pytest
import vl_convert

from recall_horizon import contract
from recall_horizon.cli import library
from recall_horizon.code import catalogue, syntax
from recall_horizon.presentation.figures import comparison, degradation, models, sensitivity, style

WORDS = contract.words("cross_entropy", "the first element")
DRAWN = [importlib.import_module(catalogue.figure(name)) for name in catalogue.figures()]
INTERACTIVE = [module for module in DRAWN if hasattr(module, "chart")]


@pytest.fixture(params=catalogue.figures())
def name(request):
    return request.param


@pytest.fixture
def draw(look):
    def drawn(name, tables, **changes):
        module = importlib.import_module(catalogue.figure(name))
        chosen = {table: tables[table] for table in module.TABLES}
        return style.drawn(module, chosen, look(**changes))

    return drawn


def captions(module):
    return [module.CAPTION, *([module.CHART_CAPTION] if hasattr(module, "chart") else [])]


def test_a_figure_says_what_it_shows_in_literals(name):
    """Literals, since rules read them without importing the module."""
    module = f"recall_horizon.presentation.figures.{name}"
    assert all(table.isidentifier() for table in syntax.constant(module, "TABLES"))
    for words in ("TITLE", "CAPTION", "ALT"):
        assert syntax.constant(module, words).strip()
    assert not syntax.constant(module, "TITLE").endswith(".")
    assert syntax.constant(module, "CAPTION").endswith(".")


def test_a_caption_is_short_whatever_the_loss(name):
    for caption in captions(importlib.import_module(catalogue.figure(name))):
        assert len(caption.format(**WORDS).split()) <= 40


PLAIN = {5: [(0.1, 0.2), (0.2, 0.3)], 50: [(0.3, 1.2), (0.4, 1.3)]}
ENDS = pytest.mark.parametrize(
    "ends",
    [
        PLAIN,
        {5: [(0.1, 0.2), (1e9, 1e30)], 50: [(0.3, 1.2), None]},
        {5: [None, None], 50: [None, None]},
        {5: [(0.1, 0.2)], 50: [None]},
        {5: [(0.1, 0.2)]},
        {5: [(0.0, 0.0), (0.0, 0.0)], 50: [(0.0, 0.0), (0.0, 0.0)]},
    ],
    ids=["plain", "far above", "all diverged", "one replicate", "one length", "perfect"],
)


@ENDS
def test_a_figure_is_drawn_whatever_the_replicates_did(name, ends, small_tables, draw):
    """With no number that is not finite, of which a viewer would show nothing or a part."""
    svg = style.as_svg(draw(name, small_tables(ends)))
    assert svg.rstrip().endswith("</svg>")
    assert not re.search(r"[\s\"(,](nan|-?inf)[\s\"),;]", svg)


# Labels are the user's text, and nothing in them is markup.
LABELS = [
    "LSTM ($5, $10)",
    r"$\foo$ GRU",
    "_RNN #1 <b> & *x* @y [z].w",
    "Window $$",
    r"$ a\$b\ $$",
    "{} %s 'a' \"b\" a-->b",
]
HOSTILE = r"_R {} %s <b>& $\foo$ @[z]"  # of each kind something


def texts_of(figure):
    """The texts of a figure, if it is saved with `svg.fonttype` none: not as outlines."""
    texts = ElementTree.fromstring(style.as_svg(figure)).iter("{http://www.w3.org/2000/svg}text")
    return ["".join(text.itertext()) for text in texts]


def squeezed(text):
    return "".join(text.split())


# All are escaped in one place: what a figure can get wrong, any of them shows.
@pytest.mark.parametrize(
    ("name", "label"),
    [*((name, HOSTILE) for name in catalogue.figures()), *(("models", each) for each in LABELS)],
)
def test_labels_and_words_are_drawn_as_they_are_written(
    name, label, small_tables, draw, monkeypatch
):
    monkeypatch.setitem(style.RC, "svg.fonttype", "none")
    words = {**contract.words("mse"), "target": f"Target: {label}", "length": f"Length: {label}"}
    figure = draw(name, small_tables(PLAIN), labels={"lstm": label}, words=words)
    texts = texts_of(figure)
    others = [text for text in texts if "Length: " not in text]
    if name != "asked":  # which is about no model
        assert squeezed(label) in squeezed("".join(t.partition("Target: ")[0] for t in others))
    for word in ("Target: ", "Length: "):
        assert all(f"{word}{label}" in text for text in texts if word in text)


@pytest.mark.parametrize("name", ["models", "progress", "prediction", "selection"])
def test_named_levels_are_lines_of_figures_of_the_score(name, small_tables, draw, monkeypatch):
    label = "_$5 to $10"
    monkeypatch.setitem(style.RC, "svg.fonttype", "none")
    figure = draw(name, small_tables({5: [(0.1, 0.2)] * 2}), levels={label: 0.2017})
    heights = [list(line.get_ydata()) for line in figure.axes[0].lines]
    assert [0.2017, 0.2017] in heights
    assert f"0.20: {label}" in texts_of(figure)


def test_a_level_of_each_length_is_a_curve_where_lengths_are_drawn(small_tables, draw):
    tables, levels = small_tables({5: [(0.1, 0.2)] * 2, 50: [(0.1, 0.2)] * 2}), {5: 0.81, 50: 0.39}
    curves = [
        dict(zip(line.get_xdata(), line.get_ydata(), strict=True))
        for line in draw("models", tables, levels={"which": levels}).axes[0].lines
    ]
    assert levels in curves
    assert draw("progress", tables, levels={"which": levels})  # no curve over epochs


def test_labels_are_drawn_as_they_are_written_in_studies_side_by_side(
    small_tables, look, monkeypatch
):
    monkeypatch.setitem(style.RC, "svg.fonttype", "none")
    summary = small_tables({5: [(0.1, 0.2), (0.2, 0.3)]})["summary"]
    shown = look(labels={"lstm": HOSTILE}, levels={HOSTILE: 0.2})
    studies = [comparison.Shown(name, summary, shown) for name in (HOSTILE, "b")]
    texts = texts_of(comparison.chart(studies))
    assert texts.count(HOSTILE) == 2  # the panel's, and the study's
    assert f"0.20: {HOSTILE}" in texts


@pytest.mark.parametrize("interactive", [m for m in INTERACTIVE if m is not degradation])
def test_labels_are_data_of_an_interactive_chart(interactive, small_tables, look):
    label = LABELS[-1]
    chart = interactive.chart(small_tables(PLAIN), look(labels={"lstm": label}))
    assert chart.controls[0]["options"][0]["label"] == label
    cells = chart.specification["data"].pop("values")
    assert {cell["label"] for cell in cells} == {label}
    assert json.dumps(label)[1:-1] not in json.dumps(chart.specification)


@ENDS
@pytest.mark.parametrize("interactive", INTERACTIVE)
def test_an_interactive_chart_can_be_read_by_a_browser(interactive, ends, small_tables, look):
    tables = small_tables(ends)
    chosen = {table: tables[table] for table in interactive.TABLES}
    chart = interactive.chart(chosen, look(levels={"half": 0.5}))
    json.dumps(chart.specification, allow_nan=False)
    parameters = {p["name"]: p["value"] for p in chart.specification["params"]}
    for control in chart.controls:
        values = [option["value"] for option in control["options"]]
        start = [values[place] for place in control["start"]]
        assert parameters[control["parameter"]] == (
            start if control["kind"] == "many" else start[0] if start else None
        )
    assert altair.Chart.from_dict(chart.specification, validate=True)
    assert vl_convert.vegalite_to_vega(chart.specification, library.VEGA_LITE)


def test_a_chart_of_long_sequences_and_many_replicates_stays_small(small_tables, look):
    tables = small_tables({10: [(0.1, 0.2)] * 50, 600: [(0.1, 0.2)] * 50})
    rows = sensitivity.chart(tables, look()).specification["data"]["values"]
    distances = [r["distance"] for r in rows if (r["length"], r["stage"]) == (600, "final")]
    assert len(distances) <= 101
    assert {0, 1, 2, 3, 599} <= set(distances)  # both ends, and the near ones one by one
    assert sum((r["length"], r["stage"]) == (10, "final") for r in rows) == 10
    cells = models.chart(tables, look()).specification["data"]["values"]
    runs = [row["test_loss_runs"] for row in cells]
    assert len(runs) == 4
    assert all(len(text.split(", ")) == 21 for text in runs)


def test_a_figure_drawn_again_is_the_same_and_its_tables_are_as_they_were(name, small_tables, draw):
    """And only medians are drawn: no caption, axis or legend names another statistic."""
    tables = small_tables({5: [(0.1, 0.2), None], 50: [(0.3, 1.2), (0.4, 1.3)]})
    before = {table: frame.copy() for table, frame in tables.items()}
    figure, again = (draw(name, tables) for _ in range(2))
    assert all(frame.equals(before[table]) for table, frame in tables.items())
    svg = style.as_svg(figure)
    assert svg == style.as_svg(again)
    assert svg.rstrip().endswith("</svg>")
    texts = [text.get_text() for text in figure.findobj(style.Text)]
    for text in [*captions(importlib.import_module(catalogue.figure(name))), *texts]:
        assert not re.search("interquartile|bootstrap|correlation", text)


@pytest.mark.parametrize("name", ["growth", "outcomes", "progress", "selection", "windows"])
def test_a_table_without_rows_of_a_model_leaves_its_panel_empty(name, tables, draw):
    made = tables({(m, 5): [(0.1, 0.2)] * 3 for m in ("lstm", "gru")})
    made = {
        t: rows[rows["model"] != "gru"] if "model" in rows else rows for t, rows in made.items()
    }
    made["outcomes"] = pd.concat([made["outcomes"], made["outcomes"].assign(model="gru", length=5)])
    assert draw(name, made, models=("lstm", "gru")).axes
