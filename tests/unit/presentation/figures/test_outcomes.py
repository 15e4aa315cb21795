"""What the figure of outcomes stacks."""

import re

import pandas as pd
import pytest

from recall_horizon.analysis.outcomes import LEAST_SCORE, OUTCOMES
from recall_horizon.presentation.figures import outcomes, style


@pytest.fixture
def bars(look):
    """The bars, (bottom, height, colour), and the legend, of counts in the order of `SHOWN`."""

    def drawn(*counts):
        rows = [
            {"model": "lstm", "length": 5 * place, "replicates": sum(each)}
            | dict(zip(outcomes.SHOWN, each, strict=True))
            for place, each in enumerate(counts, start=1)
        ]
        figure = style.drawn(outcomes, {"outcomes": pd.DataFrame(rows)}, look())
        (axes,) = figure.axes
        legend = [text.get_text() for text in figure.legends[0].get_texts()]
        patches = [p for p in axes.patches if p.get_height()]
        return [(p.get_y(), p.get_height(), p.get_facecolor()) for p in patches], legend

    return drawn


def test_shares_are_stacked_to_one(bars):
    stacked, legend = bars([1, 1, 1, 1, 0])
    assert [(y, height) for y, height, _ in stacked] == [(n / 4, 0.25) for n in range(4)]
    assert len({colour for *_, colour in stacked}) == 4
    assert legend == ["recalled", "partly recalled", "memorised", "not started"]


def test_what_diverged_is_shown_where_something_did(bars):
    stacked, legend = bars([1, 0, 0, 0, 1], [2, 0, 0, 0, 0])
    assert len(stacked) == 3
    assert legend[-1] == "diverged"


def test_the_figure_shows_every_outcome():
    assert tuple(outcomes.SHOWN) == OUTCOMES


def test_the_caption_names_the_threshold_of_the_rules():
    assert set(re.findall(r"\d+\.\d+", outcomes.CAPTION)) == {f"{LEAST_SCORE:g}"}
