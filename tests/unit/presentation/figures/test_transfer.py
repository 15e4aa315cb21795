"""Where the heat map puts which scores, and what its chart holds."""

import json
import re

import numpy as np
import pandas as pd
import pytest
import vl_convert
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from recall_horizon.presentation.figures import heat, style, transfer

LENGTHS = (5, 10, 20)
ALONE = {5: (0.99, -4.0, -7.7), 10: (0.24, 0.99, -3.9), 20: (0.38, 0.29, 0.74)}
MIXED = {5: 0.99, 10: 1.0, 20: 0.98, 200: 0.9}


def tables(scores, lengths=LENGTHS):
    """The tables of {(model, trained on): {tested at: score}}; a score of None cannot be read."""
    rows = []
    for (model, trained_on), tested in scores.items():
        for length, score in tested.items():
            score = np.nan if score is None else score
            row = {"model": model, "trained_on": trained_on, "tested_at": length, "replicates": 6}
            row |= {"unread": 6 if np.isnan(score) else 0, "coverage": 0.96875, "score": score}
            row |= {"score_low": score - 0.01, "score_high": score + 0.01}
            r = score / 2 + 0.1
            rows.append(row | {"correlation": r, "correlation_low": r, "correlation_high": r + 0.1})
    models = sorted({model for model, _ in scores})
    cells = [{"model": model, "length": length} for model in models for length in lengths]
    return {"transfer_summary": pd.DataFrame(rows), "models": pd.DataFrame(cells)}


def alone(model="lstm", scores=ALONE):
    rows = {on: dict(zip(LENGTHS, row, strict=True)) for on, row in scores.items()}
    return {(model, str(on)): row for on, row in rows.items()}


BOTH = alone() | {("lstm-mixed", "mixed"): MIXED}


@pytest.fixture
def drawn(look):
    def draw(scores, **changes):
        models = tuple(dict.fromkeys(model for model, _ in scores))
        figure = style.drawn(transfer, tables(scores), look(models, **changes))
        return [axes for axes in figure.axes if axes.axison]

    return draw


def texts(axes):
    """The texts of the cells, row by row from the top."""
    found = sorted((text.get_position()[::-1], text.get_text()) for text in axes.texts)
    rows = {}
    for (y, _), text in found:
        rows.setdefault(y, []).append(text)
    return list(rows.values())


def framed(axes):
    """Where the frames of what was trained on are: left, right, top."""
    shapes = [s for s in axes.patches if isinstance(s, Rectangle) and not s.get_fill()]
    return sorted((s.get_x(), s.get_x() + s.get_width(), s.get_y()) for s in shapes)


def test_partners_share_a_panel_and_the_one_of_all_lengths_is_the_last_row(drawn):
    (axes,) = drawn(BOTH, partners={"lstm-mixed": "lstm"})
    assert axes.get_title(loc="left") == "An LSTM"
    assert texts(axes) == [
        [".99", "−4.0", "−7.7"],
        [".24", ".99", "−3.9"],
        [".38", ".29", ".74"],
        [".99", "1", ".98", ".90"],
    ]
    assert labels(axes) == [["5", "10", "20", "all"], ["5", "10", "20", "200"]]
    gap = transfer.GAP
    assert np.diff(axes.get_yticks()) == pytest.approx([1, 1, 1 + gap])
    assert np.diff(axes.get_xticks()) == pytest.approx([1, 1, 1 + gap])


def test_what_was_trained_on_is_framed(drawn):
    """A length each, and all of them together."""
    (axes,) = drawn(BOTH, partners={"lstm-mixed": "lstm"})
    assert framed(axes) == [(0, 1, 0), (0, 3, 3 + transfer.GAP), (1, 2, 1), (2, 3, 2)]


def test_without_a_partner_each_model_has_a_panel(drawn):
    first, second = drawn(BOTH)
    assert len(texts(first)) == 3
    assert texts(second) == [[".99", "1", ".98", ".90"]]


def labels(axes):
    """The labels of rows and of columns."""
    ticks = (axes.get_yticklabels(), axes.get_xticklabels())
    return [[label.get_text() for label in found] for found in ticks]


def test_rows_and_columns_that_no_panel_beside_or_above_has_are_not_labelled(drawn):
    """Seven panels, four in a row: labels are left of each row of panels, and below each column."""
    names = [f"m{place}" for place in range(7)]
    scores = {key: row for name in names for key, row in alone(name).items()}
    scores |= {("a", "mixed"): MIXED, ("b", "mixed"): {5: 0.9}}
    own = ["5", "10", "20"]
    rows, columns = zip(*map(labels, drawn(scores, partners={"a": "m1", "b": "m2"})), strict=True)
    assert list(filter(None, rows)) == [[*own, "all"], own]
    assert columns[3:] == (own, own, [*own, "200"], own)
    rows, _ = zip(*map(labels, drawn(scores, partners={"a": "m1", "b": "m4"})), strict=True)
    assert list(filter(None, rows)) == [[*own, "all"]] * 2


def test_of_models_trained_alone_nothing_is_set_apart(drawn):
    (axes,) = drawn(alone())
    assert axes.get_xticks().tolist() == axes.get_yticks().tolist() == [0.5, 1.5, 2.5]


def test_what_recalls_nothing_has_one_colour_and_what_recalls_more_is_darker():
    assert {heat.colour(score) for score in (0, -0.01, -4, -np.inf)} == {heat.NOTHING}
    ramp = [heat.colour(score) for score in np.linspace(0.001, 1, 21)]
    luminance = [sum(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in ramp]
    assert luminance == sorted(luminance, reverse=True)
    assert heat.colour(1.3) == heat.colour(1.0)


def test_a_length_that_cannot_be_read_is_hatched_and_named(drawn):
    (axes,) = drawn({("lstm", "5"): {5: 1.0, 10: None}, ("lstm", "10"): {5: 0.2, 10: 1.0}})
    assert texts(axes)[0] == ["1", "–"]
    (hatched,) = [shape for shape in axes.patches if shape.get_hatch()]
    assert hatched.get_xy() == (1, 0)
    labels = [text.get_text() for text in axes.figure.legends[0].get_texts()]
    assert transfer.UNREAD in labels
    (axes,) = drawn(alone())
    assert transfer.UNREAD not in [t.get_text() for t in axes.figure.legends[0].get_texts()]


BLIND = {5: (0.2, -0.1, -0.1), 10: (-0.1, 0.1, -0.1), 20: (None, None, 0.05)}


def test_a_control_with_nothing_to_show_is_left_out(drawn):
    scores = alone() | alone("blind", BLIND) | alone("window")
    assert len(drawn(scores, controls=["blind", "window"])) == 2
    assert len(drawn(scores)) == 3
    assert len(drawn(alone("blind", BLIND), controls=["blind"])) == 1


def test_a_panel_of_many_is_readable(drawn):
    """Text stays within its cell: no narrower than the cell's smallest width allows."""
    names = [f"m{i}" for i in range(12)]
    scores = {key: row for name in names for key, row in alone(name).items()}
    scores |= {("m0-mixed", "mixed"): {**MIXED, 500: -9.9, 1000: 0.1}}
    panels = drawn(scores, partners={"m0-mixed": "m0"})
    assert len(panels) == 12
    width = panels[0].get_window_extent().width / np.ptp(panels[0].get_xlim())
    assert max(text.get_window_extent().width for text in panels[0].texts) <= width


@pytest.mark.parametrize(
    ("score", "text"),
    [
        *((1.0, "1"), (0.99999, ">.99"), (0.995, ">.99"), (0.994, ".99"), (0.5, ".50")),
        *((0.05, ".05"), (0.001, "0")),
        *((0.0, "0"), (-0.001, "0"), (-0.04, "−.04"), (-0.3, "−.3"), (-0.96, "−1.0")),
        *((-3.94, "−3.9"), (-9.96, "−10"), (-12.3, "−12"), (-1e30, "≪ 0"), (-np.inf, "−∞")),
        (np.nan, "–"),
    ],
)
def test_a_cell_has_a_few_signs(score, text):
    assert heat.short(score) == text


def test_the_chart_holds_each_cell_with_its_interval(look):
    made = look(("lstm", "lstm-mixed"), partners={"lstm-mixed": "lstm"})
    chart = transfer.chart(tables(BOTH), made)
    assert [option["value"] for option in chart.controls[0]["options"]] == ["lstm"]
    marks = chart.specification["data"]["values"]
    cells = [mark for mark in marks if mark["kind"] == "cell"]
    assert len(cells) == 13
    (mixed,) = [c for c in cells if (c["trained"], c["tested_at"]) == ("all", 200)]
    assert (mixed["label"], mixed["held"]) == ("LSTM-MIXED", "0.900 [0.890, 0.910]")
    assert mixed["fill"] == to_hex(heat.SCORES(0.9))
    assert len(marks) - len(cells) == 4


def tooltips(chart):
    """The titles of a chart's tooltips, and its cells."""
    squares = chart.specification["layer"][0]
    titles = {tip["field"]: tip["title"] for tip in squares["encoding"]["tooltip"]}
    return titles, [m for m in chart.specification["data"]["values"] if m["kind"] == "cell"]


def test_the_chart_tells_the_correlation_beside_the_score(look):
    scores = {("lstm", "5"): {5: 1.0, 10: None}}
    titles, (own, unread) = tooltips(transfer.chart(tables(scores), look(("lstm",))))
    assert titles["correlation"] == "correlation with the target [interval]"
    assert own["correlation"] == "0.600 [0.600, 0.700]"
    assert unread["correlation"] == unread["held"] == transfer.UNREAD


@pytest.mark.parametrize("older", [True, False])
def test_the_chart_tells_no_correlation_of_classes_or_of_an_older_table(look, older):
    made, names = tables(alone()), ["correlation", "correlation_low", "correlation_high"]
    summary = made["transfer_summary"]
    made["transfer_summary"] = (
        summary.drop(columns=names) if older else summary.assign(**dict.fromkeys(names, np.nan))
    )
    titles, cells = tooltips(transfer.chart(made, look(("lstm",))))
    assert "correlation" not in titles
    assert not any("correlation" in cell for cell in cells)


def labelled(chart, panel):
    """The names on both axes of the chart when it shows a panel, by rendering it."""
    specification = json.loads(json.dumps(chart.specification))
    for parameter in specification["params"]:
        if parameter["name"] == "panel":
            parameter["value"] = panel
    specification |= {"width": 400}
    svg = vl_convert.vegalite_to_svg(specification)
    groups = re.findall(r'role-axis-label".*?</g>', svg)
    return [re.findall(r">([^<]+)</text>", group) for group in groups]


def test_the_chart_labels_what_the_chosen_model_has(look):
    scores = alone() | alone("gru") | {("lstm-mixed", "mixed"): MIXED}
    made = look(("lstm", "gru", "lstm-mixed"), partners={"lstm-mixed": "lstm"})
    chart = transfer.chart(tables(scores), made)
    assert labelled(chart, "lstm") == [["5", "10", "20", "200"], ["5", "10", "20", "all"]]
    assert labelled(chart, "gru") == [["5", "10", "20"], ["5", "10", "20"]]


def test_the_chart_shows_the_headline_first(look):
    made = look(("gru", "lstm"), headline="lstm")
    chart = transfer.chart(tables(alone("gru") | alone()), made)
    assert chart.controls[0]["start"] == [1]
