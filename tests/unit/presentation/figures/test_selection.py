"""What the figure of the selection shows of any grid."""

import numpy as np
import pandas as pd
import pytest

from recall_horizon import contract
from recall_horizon.analysis.selection import selection_table
from recall_horizon.config.selection import Selection
from recall_horizon.presentation.figures import selection, style
from recall_horizon.storage import tables

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
def drawn(tmp_path):
    """Draws a model at one length whose candidates of `grid` end at `scores`.

    Returns the vertical axis's name and rows, their scores, and which row is marked.
    """

    def draw(grid, scores):
        candidates = Selection(grid=grid, replicates=1).candidates()
        candidates = {name: each.model_dump() for name, each in candidates.items()}
        columns = ["replicate", "epoch", "score", "status"]
        losses = {
            name: pd.DataFrame([(0, 4, score, "ok")], columns=columns)
            for name, score in zip(candidates, scores, strict=True)
        }
        rng = np.random.default_rng(0)
        table = selection_table(candidates, {("lstm", 5): losses}, 0.95, 10, rng)
        tables.write(tmp_path / "selection.csv", table)
        table = tables.read(tmp_path / "selection.csv")
        figure = style.drawn(selection, {"selection": table}, LOOK)
        panel = figure.axes[0]
        cells, ring = panel.collections[:2]
        return (
            figure.get_supylabel(),
            [tick.get_text() for tick in panel.get_yticklabels()],
            cells.get_array().ravel().tolist(),
            int(ring.get_offsets()[0][1]),
        )

    return draw


@pytest.mark.parametrize(
    ("grid", "scores", "shown"),
    [
        (
            {"learning_rate": [0.01, 0.001]},
            [0.2, 0.5],
            ("learning rate", ["0.001", "0.01"], [0.5, 0.2], 0),
        ),
        (
            {"batch_size": [100, None, 20]},
            [0.2, 0.7, 0.5],
            ("batch size", ["20", "100", "full batch"], [0.5, 0.2, 0.7], 2),
        ),
        (
            {"gradient_clip": [None, 0.5]},
            [0.2, 0.5],
            ("gradient clip", ["0.5", "no clipping"], [0.5, 0.2], 0),
        ),
        # Of several settings, that with the most values; the best of the others counts.
        (
            {"batch_size": [20, 100, None], "learning_rate": [0.01]},
            [0.2, 0.5, 0.4],
            ("batch size", ["20", "100", "full batch"], [0.2, 0.5, 0.4], 1),
        ),
        (
            {"batch_size": [20, 100], "learning_rate": [0.001, 0.01]},
            [0.1, 0.2, 0.3, 0.0],
            ("learning rate", ["0.001", "0.01"], [0.3, 0.2], 0),
        ),
    ],
)
def test_rows_are_the_values_of_the_setting_with_the_most(drawn, grid, scores, shown):
    assert drawn(grid, scores) == shown


def test_the_texts_hold_for_a_grid_without_learning_rates():
    assert "learning rate" not in f"{selection.TITLE} {selection.CAPTION} {selection.ALT}"
