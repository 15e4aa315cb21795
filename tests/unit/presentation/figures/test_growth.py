"""Where the figure of growth places horizons."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PathCollection

from recall_horizon.presentation.figures import growth, marks, style

LENGTHS = (5, 10, 50)  # whose places are 1, 2 and 3; 0 is none of them, 4 is all


@pytest.fixture
def figure(look):
    """Draws {model: {steps: (passes, fails, low, high)}} of models tested at LENGTHS, or `own`."""

    def drawn(ends, verdicts=None, own=None, **columns):
        rows = [
            {"model": model, "threshold": 0.9, "steps": steps}
            | dict(zip(("passes", "fails", "low", "high"), interval, strict=True))
            for model, horizons in ends.items()
            for steps, interval in horizons.items()
        ]
        lower = [{**row, "threshold": 0.5, "passes": 50, "fails": np.inf} for row in rows]
        tested = [(m, t) for m in ends for t in (own or {}).get(m, LENGTHS)]
        verdicts = [(m, 0.9, v) for m, v in (verdicts or {}).items()]
        tables = {
            "budgets": pd.DataFrame(rows + lower).assign(**columns),
            "growth": pd.DataFrame(verdicts, columns=["model", "threshold", "verdict"]),
            "outcomes": pd.DataFrame(tested, columns=["model", "length"]),
        }
        return style.drawn(growth, tables, look(tuple(ends)))

    return drawn


@pytest.fixture
def axes(figure):
    return lambda ends, **options: figure({"lstm": ends}, **options).axes[0]


def points(axes):
    """Each marker: its steps, its place, and whether it is filled."""
    (scattered,) = [c for c in axes.collections if isinstance(c, PathCollection)]
    faces = scattered.get_facecolors()
    return [
        (x, y, tuple(face[:3]) != (1, 1, 1))
        for (x, y), face in zip(scattered.get_offsets(), faces, strict=True)
    ]


def bars(axes):
    (intervals,) = [c for c in axes.collections if isinstance(c, LineCollection)]
    return [tuple(path.vertices[:, 1]) for path in intervals.get_paths()]


def test_a_horizon_stands_at_the_length_up_to_which_it_passes(axes):
    drawn = axes({0: (0, 5, 0, 5), 20: (5, 10, 5, 10), 40: (10, 50, 5, np.inf)})
    assert points(drawn) == [(20, 1, True), (40, 2, True)]  # the untrained are left off
    assert [t.get_text() for t in drawn.get_yticklabels()] == ["none", "5", "10", "50", "all"]
    assert bars(drawn) == [(1, 2), (1, 4)]


def test_the_strips_hold_what_passes_no_length_or_all(axes):
    drawn = axes({20: (0, 5, 0, 5), 40: (50, np.inf, 10, np.inf)})
    assert points(drawn) == [(20, 0, False), (40, 4, False)]
    strips = [(patch.get_y(), patch.get_y() + patch.get_height()) for patch in drawn.patches]
    assert strips == [(-0.5, 0.5), (3.5, 4.5)]


def test_the_strip_of_a_model_with_fewer_lengths_begins_above_its_own(axes):
    drawn = axes({40: (5, np.inf, 5, np.inf)}, own={"lstm": (5,)})
    assert [patch.get_y() for patch in drawn.patches] == [-0.5, 1.5]


def test_the_line_has_steps_and_no_slopes(axes):
    (line,) = axes({20: (5, 10, 5, 10), 40: (10, 50, 10, 50)}).lines
    assert line.get_drawstyle() == "steps-mid"


def test_every_model_has_a_panel_with_the_headline_in_grey(figure):
    ends = {"lstm": {40: (5, 10, 5, 10)}, "gru": {40: (10, 50, 10, 50)}}
    drawn = figure(ends)
    assert [a.get_title(loc="left") for a in drawn.axes] == ["An LSTM", "GRU"]
    grey, own = drawn.axes[1].lines
    assert (grey.get_color(), list(grey.get_ydata())) == (marks.FAINT, [1])
    assert list(own.get_ydata()) == [2]


def test_an_arrow_stands_where_the_table_says_that_the_horizon_grows(figure):
    ends = {model: {40: (5, 10, 5, 10)} for model in ("lstm", "gru", "rnn", "lru", "tcn")}
    verdicts = dict(zip(ends, ("grows", "stopped", "unclear", "beyond"), strict=False))
    titles = [axes.get_title(loc="left") for axes in figure(ends, verdicts).axes if axes.axison]
    assert titles == ["An LSTM ↗", "GRU", "RNN", "LRU", "TCN"]


def test_the_highest_threshold_alone_is_drawn_and_named(figure):
    drawn = figure({"lstm": {40: (5, 10, 5, 10)}})
    assert points(drawn.axes[0]) == [(40, 1, True)]
    assert "R² ≥ 0.9" in drawn.get_supylabel()


def test_unequal_steps_of_lengths_are_named_on_the_axis(figure):
    ends = {"lstm": {40: (5, 10, 5, 10)}}
    assert figure(ends).get_supxlabel() == "steps of Adam (log scale)"
    unequal = figure(ends, fewest_steps=8).get_supxlabel()
    assert unequal == "steps of Adam at the length that takes the most (log scale)"


def test_one_replicate_has_no_interval_and_is_drawn(axes):
    assert points(axes({40: (5, 10, np.nan, np.nan)})) == [(40, 1, True)]


def test_a_study_that_never_took_a_step_is_drawn(axes):
    assert not points(axes({0: (0, 5, 0, 5)}))


def test_ticks_of_steps_leave_room(axes):
    drawn = axes(dict.fromkeys((1, 8, 9, 10, 100), (5, 10, 5, 10)))
    assert drawn.get_xticks().tolist() == [100, 10, 1]
