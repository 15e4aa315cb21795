"""What the figure of outcomes stacks."""

import re

import pytest

from recall_horizon import contract
from recall_horizon.analysis.outcomes import NONE, OUTCOMES
from recall_horizon.presentation.explanations import ENDED
from recall_horizon.presentation.figures import outcomes, style

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
def bars(small_tables):
    """The bars, (left, bottom, height, colour), of replicates that end as given."""

    def drawn(ends):
        figure = style.drawn(outcomes, small_tables(ends), LOOK)
        (axes,) = figure.axes
        legend = [text.get_text() for text in figure.legends[0].get_texts()]
        patches = [p for p in axes.patches if p.get_height()]
        return [(p.get_y(), p.get_height(), p.get_facecolor()) for p in patches], legend

    return drawn


def test_shares_are_stacked_to_one(bars):
    ends = {5: [(0.01, 0.02), (0.5, 0.5), (0.1, 1.2), (1.0, 1.0)]}
    stacked, legend = bars(ends)
    assert [(y, height) for y, height, _ in stacked] == [(n / 4, 0.25) for n in range(4)]
    assert len({colour for *_, colour in stacked}) == 4
    assert legend == ["recalled", "partly recalled", "memorised", "not started"]


def test_what_diverged_is_shown_where_something_did(bars):
    stacked, legend = bars({5: [None, (0.01, 0.02)], 20: [(0.01, 0.02)] * 2})
    assert len(stacked) == 3
    assert legend[-1] == "diverged"


def test_figure_and_sentences_know_every_outcome():
    assert tuple(outcomes.SHOWN) == OUTCOMES == tuple(ENDED)


def test_the_caption_tells_the_threshold_of_the_rules():
    told = re.findall(r"\d+\.\d+", outcomes.CAPTION)
    assert set(told) == {f"{NONE:g}"}
