"""Where the comparison of models draws their scores, and what its chart holds."""

import pandas as pd
import pytest

from recall_horizon.presentation.figures import marks, models, style

NINE = tuple(f"m{i}" for i in range(9))


@pytest.fixture
def figure(tables, look):
    def drawn(names, **changes):
        runs = {
            (model, length): [(0.0, place / 10), (0.0, place / 10 + 0.05), (0.0, 0.9)]
            for place, model in enumerate(names)
            for length in (5, 50)
        }
        return style.drawn(models, tables(runs), look(names, **changes))

    return drawn


def lines(axes):
    """The lines of more than two points or with a marker: their colours and heights."""
    shown = [line for line in axes.lines if len(line.get_xdata()) == 2 and line.get_ydata()[0]]
    return [(line.get_color(), list(line.get_ydata())) for line in shown]


def bars(axes):
    return [sorted(path.vertices[:, 1]) for c in axes.collections for path in c.get_paths()]


def test_a_few_models_share_one_chart_named_at_the_ends_of_their_lines(figure):
    (axes,) = figure(("lstm", "gru")).axes
    assert {text.get_text() for text in axes.texts} == {"An LSTM", "GRU"}
    medians = [height for _, height in lines(axes)]
    assert medians == [pytest.approx([0.95] * 2), pytest.approx([0.85] * 2)]
    assert "(median)" in axes.get_ylabel()


def test_bars_are_the_intervals(figure):
    (axes,) = figure(("lstm",)).axes
    assert bars(axes) == [pytest.approx([0.1, 1.0])] * 2


def test_many_models_have_a_panel_each_with_the_headline_in_grey_behind(figure):
    drawn = figure(NINE)
    panels = [axes for axes in drawn.axes if axes.axison]
    assert [axes.get_title(loc="left") for axes in panels] == [name.upper() for name in NINE]
    assert "(median)" in drawn.get_supylabel()
    for place, axes in enumerate(panels):
        (grey, behind), (_, own) = lines(axes)
        assert grey == marks.FAINT
        assert behind == pytest.approx([0.95] * 2)
        assert own == pytest.approx([1 - place / 10 - 0.05] * 2)


def test_a_control_is_grey_and_dotted(figure):
    (axes,) = figure(("lstm", "gru"), controls=["gru"]).axes
    (grey,) = [line for line in axes.lines if line.get_marker() == marks.MARKERS[1]]
    assert (grey.get_color(), grey.get_linestyle()) == (style.GREY, ":")


def test_what_is_below_the_frame_is_drawn_at_its_edge(tables, look):
    made = tables({("lstm", 5): [(0.0, 9.0)] * 3, ("lstm", 50): [(0.0, 9.0)] * 3})
    (axes,) = style.drawn(models, made, look()).axes
    assert lines(axes)[-1][1] == [marks.FLOOR] * 2
    assert axes.get_ylim()[0] < marks.FLOOR


def cells_of(tables, look):
    return models.chart(tables, look).specification["data"]["values"]


def test_a_cell_of_the_chart_holds_the_medians_of_the_table(tables, look):
    made = tables({("lstm", 5): [(0.1, 0.2), (0.2, 0.3), (0.3, 0.4)]})
    (end,) = [cell for cell in cells_of(made, look()) if cell["epoch"] == 4]
    assert (end["score"], end["score_low"], end["score_high"]) == (0.7, 0.6, 0.8)
    assert end["test_loss_text"] == "0.300 [0.200, 0.400]"
    assert end["test_loss_runs"] == "0.200, 0.300, 0.400"
    assert end["solved"] == "0 of 3 replicates"


def test_what_diverged_is_drawn_at_the_edge_and_not_left_out(tables, look):
    cells = cells_of(tables({("lstm", 5): [None, None, (0.1, 0.2)]}), look())
    (end,) = [cell for cell in cells if cell["epoch"] == 4]
    assert end["test_loss"] > 1e200
    assert end["score"] < -1e200


def test_models_of_other_budgets_are_shown_as_they_last_were(tables, look):
    made = tables({(model, 5): [(0.1, 0.2)] * 2 for model in ("lstm", "short")})
    later = [made[name].query("model == 'lstm' and epoch == 4") for name in ("losses", "summary")]
    for name, rows in zip(("losses", "summary"), later, strict=True):
        made[name] = pd.concat([made[name], rows.assign(epoch=8)], ignore_index=True)
    cells = cells_of(made, look(("lstm", "short")))
    for epoch, expected in {0: (0, 0), 3: (0, 0), 7: (4, 4), 8: (8, 4)}.items():
        shown = {c["model"]: c["epoch"] for c in cells if c["epoch"] <= epoch < c["until"]}
        assert (shown["lstm"], shown["short"]) == expected


def test_the_charts_levels_are_shown_with_the_score_alone(tables, look):
    made = tables({("lstm", 5): [(0.1, 0.2)] * 2})
    layers = models.chart(made, look(levels={"half": 0.5})).specification["layer"]
    named = [
        layer
        for layer in layers
        if layer.get("data", {}).get("values") == [{"level": "half", "value": 0.5}]
    ]
    assert [layer["mark"]["type"] for layer in named] == ["rule", "text"]
    opacities = {layer["encoding"]["opacity"]["value"]["expr"] for layer in named}
    assert opacities == {"measure == 'score' ? 1 : 0"}
    without = models.chart(made, look()).specification["layer"]  # Vega would warn of no data
    assert len(without) == len(layers) - 2


def test_the_charts_level_of_each_length_is_a_line(tables, look):
    made = tables({("lstm", 5): [(0.1, 0.2)] * 2})
    layers = models.chart(made, look(levels={"half": {5: 0.5, 9: 0.3}})).specification["layer"]
    (line,) = (x for x in layers if x.get("encoding", {}).get("detail", {}).get("field") == "level")
    assert [(row["length"], row["value"]) for row in line["data"]["values"]] == [(5, 0.5), (9, 0.3)]
