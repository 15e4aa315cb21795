"""Where the figure of growth places horizons."""

import numpy as np
import pandas as pd
import pytest

from recall_horizon import contract
from recall_horizon.presentation.figures import growth, style

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


@pytest.fixture
def axes():
    """Draws {steps: (horizon, low, high)} of lengths 5 to 50; −∞ and ∞ are censored, at the
    model's `own` lengths."""

    def drawn(ends, lengths=(5, 50), factor=None, own=None):
        rows = []
        for steps, interval in ends.items():
            row = {"model": "lstm", "threshold": 0.9, "epoch": steps, "steps": steps}
            for name, x in zip(("horizon", "low", "high"), interval, strict=True):
                kind = {-np.inf: "below", np.inf: "above"}.get(x, "none")
                row[name] = np.clip(x, *(own or lengths))
                row["censoring" if name == "horizon" else f"{name}_censoring"] = kind
            rows.append(row)
        first, last = min(ends), max(ends)
        grown = {"model": "lstm", "threshold": 0.9, "from_epoch": first, "epoch": last}
        grown |= {"from_censoring": "none", "censoring": "none"}
        grown |= dict(zip(("growth_low", "growth", "growth_high"), factor or [1] * 3, strict=True))
        tables = {
            "budgets": pd.DataFrame(rows),
            "growth": pd.DataFrame([grown])[: 1 if factor else 0],
            "datasets": pd.DataFrame({"length": lengths}),
        }
        return style.drawn(growth, tables, LOOK).axes[0]

    return drawn


def points(axes, marker):
    return [
        (x, y)
        for line in axes.lines
        if line.get_marker() == marker
        for x, y in zip(*line.get_data(), strict=True)
    ]


def test_a_horizon_stands_at_its_length_and_steps(axes):
    ((x, y),) = points(axes({0: (-np.inf,) * 3, 40: (20, 10, 30)}), "o")
    assert x == pytest.approx(40, rel=0.05)
    assert y == pytest.approx(np.log(20))


def test_the_untrained_are_left_off(axes):
    drawn = axes({0: (20, 10, 30), 40: (20, 10, 30)})
    assert len(points(drawn, "o")) == 1
    assert drawn.get_xlim()[0] > 0


def test_what_is_censored_stands_beyond_the_lengths_tested_as_open_triangles(axes):
    drawn = axes({10: (-np.inf,) * 3, 20: (20, -np.inf, np.inf), 40: (np.inf, 30, np.inf)})
    ((_, below),), ((_, above),) = points(drawn, "v"), points(drawn, "^")
    low, high = drawn.get_ylim()
    assert low < below < np.log(5)
    assert np.log(50) < above < high
    assert len(points(drawn, "o")) == 1
    hollow = [line for line in drawn.lines if line.get_marker() in "v^" and len(line.get_xdata())]
    assert all(line.get_markerfacecolor() == "white" for line in hollow)


def test_the_highest_threshold_alone_is_drawn_and_named(axes):
    drawn = axes({40: (20, 10, 30)})
    assert "R² ≥ 0.9" in drawn.get_ylabel()


def test_a_study_that_never_took_a_step_is_drawn(axes):
    assert not points(axes({0: (-np.inf,) * 3}), "o")


def test_ticks_of_steps_leave_room(axes):
    drawn = axes(dict.fromkeys((1, 8, 9, 10, 100), (20, 10, 30)))
    assert drawn.get_xticks().tolist() == [100, 10, 1]


def test_a_horizon_that_still_grows_has_an_arrow(axes):
    ends = {20: (10, 9, 11), 40: (20, 10, 30)}
    names = [
        [text.get_text() for text in axes(ends, factor=factor).texts]
        for factor in ((1.2, 2.0, 2.5), (0.9, 2.0, 2.5), None)
    ]
    assert names == [["An LSTM ↗"], ["An LSTM"], ["An LSTM"]]


def test_what_a_model_of_fewer_lengths_leaves_open_stands_at_its_own_lengths(axes):
    drawn = axes({10: (-np.inf,) * 3, 40: (np.inf, 10, np.inf)}, own=(8, 20))
    ((_, below),), ((_, above),) = points(drawn, "v"), points(drawn, "^")
    assert (below, above) == (np.log(8), np.log(20))
