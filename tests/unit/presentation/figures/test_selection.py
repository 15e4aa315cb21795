"""What the figure of the selection shows of any grid."""

import itertools

import numpy as np
import pandas as pd
import pytest

from recall_horizon.presentation.figures import marks, selection, style


@pytest.fixture
def figure(look):
    """Draws candidates of `grid`, whose scores are `scores` in the order of their combinations; the
    last is chosen. Each spends 1,000 / batch size steps, 10 where that is not searched."""

    def draw(grid, scores, lengths=(5,), models=("lstm",), without=()):
        combinations = [
            dict(zip(grid, each, strict=True)) for each in itertools.product(*grid.values())
        ]
        rows = [
            {"model": model, "length": length, "candidate": str(settings), **settings}
            | {"replicates": 3, "diverged": 0, "coverage": 0.75, "edge": ""}
            | {"score": score, "score_low": score - 0.1, "score_high": score + 0.1}
            | {"chosen": settings == combinations[-1]}
            | {"steps": 1000 // (settings.get("batch_size", 100) or 1000)}
            for model in models
            for length in lengths
            for settings, score in zip(combinations, scores, strict=True)
        ]
        table = pd.DataFrame(rows).drop(columns=list(without))
        return style.drawn(selection, {"selection": table}, look(models))

    return draw


def points(axes):
    """Of each group of candidates: the nearest values on the horizontal axis, and the scores."""
    ticks = [tick.get_text() for tick in axes.get_xticklabels()]
    lines = [
        line
        for line in axes.lines
        if line.get_marker() in marks.MARKERS and line.get_markerfacecolor() != "none"
    ]
    return [{ticks[round(x)]: y for x, y in zip(*line.get_data(), strict=True)} for line in lines]


def ring(axes):
    (line,) = [
        line
        for line in axes.lines
        if line.get_markerfacecolor() == "none" and len(line.get_xdata())
    ]
    return line.get_xdata()[0], line.get_ydata()[0]


def names(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_a_candidate_stands_at_its_value_and_its_median(figure):
    drawn = figure({"learning_rate": [0.01, 0.001]}, [0.2, 0.5])
    axes = drawn.axes[0]
    assert points(axes) == [{"0.001": 0.5, "0.01": 0.2}]
    (bars,) = [c for c in axes.collections if c.get_paths()]
    assert sorted(bars.get_paths()[0].vertices[:, 1]) == pytest.approx([0.1, 0.3])
    assert ring(axes) == (0, 0.5)
    assert names(drawn) == ["10 steps of Adam"]
    assert drawn.get_supxlabel().startswith("learning rate")
    assert "(median)" in drawn.get_supylabel()


def test_every_searched_setting_of_a_candidate_is_shown_with_its_steps(figure):
    grid = {"batch_size": [40, 200], "learning_rate": [0.001, 0.003, 0.01]}
    drawn = figure(grid, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    assert names(drawn) == [
        "batch size: 40 · 25 steps of Adam",
        "batch size: 200 · 5 steps of Adam",
    ]
    small, large = points(drawn.axes[0])
    assert small == {"0.001": 0.1, "0.003": 0.2, "0.01": 0.3}
    assert large == {"0.001": 0.4, "0.003": 0.5, "0.01": 0.6}
    assert ring(drawn.axes[0])[1] == 0.6


@pytest.mark.parametrize("grid", [{"learning_rate": [0.01]}, {"batch_size": [40]}])
def test_a_table_from_before_steps_were_counted_is_drawn(figure, grid):
    drawn = figure(grid, [0.5], without=["steps"])
    assert names(drawn) == ["candidates"]


def test_candidates_that_share_a_value_stand_side_by_side(figure):
    drawn = figure({"batch_size": [40, 200], "learning_rate": [0.001, 0.01]}, [0.5] * 4)
    lines = [line for line in drawn.axes[0].lines if line.get_markersize() == 3]
    places = sorted(np.concatenate([line.get_xdata() for line in lines]))
    assert np.diff(places).min() > 0.3


@pytest.mark.parametrize(
    ("grid", "shown"),
    [
        ({"batch_size": [100, None, 20]}, ["20", "100", "full batch"]),
        ({"gradient_clip": [None, 0.5, 1.0]}, ["0.5", "1", "no clipping"]),
        ({"batch_size": [20, 100, None], "learning_rate": [0.01]}, ["20", "100", "full batch"]),
    ],
)
def test_the_horizontal_axis_has_the_setting_with_the_most_values(figure, grid, shown):
    axes = figure(grid, [0.1, 0.2, 0.3]).axes[0]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == shown


def test_a_row_is_a_model_and_a_column_a_length(figure):
    drawn = figure({"learning_rate": [0.01]}, [0.5], lengths=(5, 50), models=("lstm", "gru"))
    first, _, second, _ = drawn.axes
    assert (first.get_ylabel(), second.get_ylabel()) == ("An LSTM", "GRU")
    assert [axes.get_xlabel() for axes in drawn.axes[2:]] == ["T = 5", "T = 50"]


def test_many_models_fit_on_a_page(figure):
    models = tuple(f"m{i}" for i in range(14))
    drawn = figure({"learning_rate": [0.01]}, [0.5], models=models)
    assert drawn.get_size_inches()[1] <= 8.5


def test_the_texts_hold_for_a_grid_without_learning_rates():
    assert "learning rate" not in f"{selection.TITLE} {selection.CAPTION} {selection.ALT}"
