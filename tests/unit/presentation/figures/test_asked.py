"""What the figure of a sequence and its answer shows."""

import numpy as np
import pandas as pd
import pytest

from recall_horizon.presentation.figures import asked, style


@pytest.fixture
def axes_of(look):
    """The axes of the figure of a sequence, of shape (steps, features), and its answer."""

    def drawn(sequence, answer):
        parts = {"sequence": np.asarray(sequence), "answer": np.asarray(answer)}
        rows = [
            {"length": 4, "part": part, "position": step + 1, "feature": feature, "value": value}
            for part, values in parts.items()
            for (step, feature), value in np.ndenumerate(values)
        ]
        return style.drawn(asked, {"examples": pd.DataFrame(rows)}, look()).axes[0]

    return drawn


def test_of_many_symbols_those_that_occur_are_shown_and_classes_are_whole_numbers(axes_of):
    axes = axes_of(np.eye(96)[[3, 70, 3, 8]], [[2.0], [31.0]])
    assert axes.images[0].get_array().shape == (3, 4)
    assert axes.get_ylabel() == "3 of 96 numbers;\nthe others are 0"
    assert axes.get_xlabel() == "the right answer: 2, 31"


def test_many_answers_are_broken_into_lines_and_not_written_at_their_bars(axes_of):
    values = np.linspace(-1, 1, 60)
    axes = axes_of(values[:, None], values[None, :50])
    lines = axes.get_xlabel().splitlines()
    assert len(lines) > 1
    assert lines[-1].endswith("…")
    assert not axes.texts
