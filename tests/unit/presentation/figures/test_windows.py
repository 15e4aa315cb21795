"""What the figure of the windows of learning rates shows."""

import pandas as pd
import pytest

from recall_horizon.analysis.windows import windows as measured
from recall_horizon.presentation.figures import marks, style, windows

RATES = (0.001, 0.003, 0.01, 0.03)


@pytest.fixture
def figure(look):
    """Draws {(model, length): the rates that solve}; the second rate is chosen. Models whose names
    end in -mixed are trained on all lengths, by the side of those without."""

    def draw(solves, width=style.FIGURE_WIDTH, **changes):
        rows = [
            {"model": model, "length": length, "learning_rate": rate, "chosen": rate == RATES[1]}
            | {"score": 0.95 if rate in solving else 0.1}
            for (model, length), solving in solves.items()
            for rate in RATES
        ]
        selection, names = pd.DataFrame(rows), sorted({model for model, _ in solves})
        curricula = ["mixed" if name.endswith("-mixed") else "none" for name in names]
        models = pd.DataFrame({"model": names, "curriculum": curricula})
        tables = {"selection": selection, "windows": measured(selection, models, 0.9, 0.95)}
        partners = {n: n.removesuffix("-mixed") for n in names if n.endswith("-mixed")}
        shown = look(tuple(names), partners=partners, **changes)
        return style.drawn(windows, tables, shown, width)

    return draw


def bars(axes):
    """From where to where each bar is, by its place."""
    return {
        round(bar.get_x() + bar.get_width() / 2): (bar.get_y(), bar.get_y() + bar.get_height())
        for bar in axes.patches
    }


def points(axes, **drawn):
    """The rates whose points are drawn so, by their place."""
    found = {}
    for line in axes.lines:
        if all(getattr(line, f"get_{key}")() == value for key, value in drawn.items()):
            for x, y in zip(*line.get_data(), strict=True):
                found.setdefault(round(float(x)), []).append(float(y))
    return found


def texts(labels):
    return [label.get_text() for label in labels]


def test_a_bar_ends_just_beyond_the_rates_that_end_a_window(figure):
    axes = figure({("lstm", 5): RATES[1:3]}).axes[0]
    low, high = bars(axes)[0]
    assert 0.001 < low < 0.003
    assert 0.01 < high < 0.03
    assert points(axes, markersize=3.6, markerfacecolor="white") == {0: [0.001, 0.03]}
    assert points(axes, markersize=windows.RING["ms"]) == {0: [0.003]}


def test_where_the_rates_tried_end_a_bar_reaches_the_frame(figure):
    solves = {("lstm", 5): RATES[:2], ("lstm", 10): RATES[2:], ("lstm", 20): RATES}
    axes = figure(solves).axes[0]
    bottom, top = axes.get_ylim()
    found = bars(axes)
    assert found[0][0] == pytest.approx(bottom)
    assert found[0][1] < 0.01
    assert found[1][0] > 0.003
    assert found[1][1] == found[2][1] == pytest.approx(top)


def test_a_gap_is_an_open_point_within_the_bar(figure):
    axes = figure({("lstm", 5): (0.001, 0.01)}).axes[0]
    assert points(axes, markersize=3.6, markerfacecolor="white") == {0: [0.003, 0.03]}
    assert bars(axes)[0][1] > 0.01


def test_where_no_rate_solves_there_are_open_points_alone(figure):
    axes = figure({("lstm", 5): ()}).axes[0]
    assert not axes.patches
    assert points(axes) == {0: list(RATES)}


def test_a_network_for_all_lengths_stands_beside_its_partner(figure):
    solves = {("lstm", 5): RATES, ("lstm", 10): RATES, ("lstm-mixed", 10): RATES[:1]}
    drawn = figure({**solves, ("rnn", 5): RATES})
    assert [axes.get_title("left") for axes in drawn.axes] == ["An LSTM", "RNN"]
    lstm = drawn.axes[0]
    assert texts(lstm.get_xticklabels()) == ["5", "10", "all"]
    assert bars(lstm)[2][1] < 0.003


def test_a_network_for_all_lengths_without_a_partner_has_a_panel(figure):
    drawn = figure(
        {("lstm", 5): RATES, ("rnn-mixed", 5): RATES}, labels={"lstm": "L", "rnn-mixed": "R"}
    )
    assert [axes.get_title("left") for axes in drawn.axes] == ["L", "R"]


def test_the_axis_names_the_rates_tried_and_not_too_many_lengths(figure):
    lengths = (5, 10, 20, 50, 100, 200)
    solves = {("lstm", length): RATES for length in lengths}
    axes = figure(solves).axes[0]
    assert texts(axes.get_xticklabels()) == list(map(str, lengths))
    assert texts(axes.get_yticklabels()) == ["0.001", "0.003", "0.01", "0.03"]
    axes = figure({**solves, ("lstm-mixed", 200): RATES}).axes[0]
    assert texts(axes.get_xticklabels()) == ["5", "", "20", "", "100", "", "all"]


def test_a_control_is_grey(figure):
    axes = figure({("window", 5): RATES}, controls=["window"]).axes[0]
    assert points(axes, color=marks.GREY) == {0: list(RATES)}


def test_a_phone_shows_two_panels_in_a_row(figure):
    drawn = figure({(name, 5): RATES for name in "abcd"}, style.NARROW)
    assert len({round(axes.get_position().x0, 2) for axes in drawn.axes}) == 2
