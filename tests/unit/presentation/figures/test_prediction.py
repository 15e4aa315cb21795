"""Where the figure of predictions places brackets of tested lengths."""

import numpy as np
import pytest

from recall_horizon.presentation.figures import marks, prediction, style


@pytest.fixture
def figure(tables, look):
    """Draws models tested at 5, 10 and 50, places 1 to 3, after a change of their predictions."""

    def drawn(change, models=("lstm", "gru")):
        made = tables({(m, t): [(0.1, 0.2)] * 3 for m in models for t in (5, 10, 50)})
        made["predictions"] = change(made["predictions"])
        return style.drawn(prediction, made, look(models))

    return drawn


def bars(axes):
    return [(line.get_color(), list(line.get_xdata())) for line in axes.lines]


def test_predicted_and_measured_brackets_are_bars_over_tested_lengths(figure):
    ends = {"predicted_passes": 0, "predicted_fails": 5, "passes": 10, "fails": 50}
    drawn = figure(lambda rows: rows.assign(**ends, low=5, high=np.inf), ("lstm",)).axes[1]
    own = "#0072B2"
    assert bars(drawn) == [(marks.FAINT, [0, 1]), (own, [2, 3]), (own, [1, 4])]
    assert [tick.get_text() for tick in drawn.get_xticklabels()] == ["none", "5", "10", "50", "all"]
    assert [tick.get_text() for tick in drawn.get_yticklabels()] == ["An LSTM"]


def test_only_recurrent_models_have_bars_where_there_are_any(figure):
    basis = {"lstm": "decay rate", "gru": "s0"}
    axes = figure(lambda rows: rows.assign(basis=rows["model"].map(basis))).axes[1]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["An LSTM"]


def test_the_rule_is_a_dotted_line_at_its_critical_value(figure):
    axes = figure(lambda rows: rows).axes[0]
    (line,) = [line for line in axes.lines if line.get_xdata()[0] == 1.4e-3]
    assert line.get_linestyle() == ":"
    assert "(median)" in axes.get_ylabel()


def test_a_study_in_which_nothing_is_predicted_has_a_figure(figure):
    left, right = figure(lambda rows: rows[:0]).axes
    assert not right.lines
    assert len(left.collections) == 2  # the models' points


def test_the_caption_defines_s0():
    assert "s0, the share of {first} in an untrained model's answer" in prediction.CAPTION
