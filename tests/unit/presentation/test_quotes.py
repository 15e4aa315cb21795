"""What documents quote of a study."""

import jinja2
import pytest

from recall_horizon.contract import words
from recall_horizon.presentation.quotes import Quotes, filled, horizons_table

LOOK = {
    "headline": "lstm",
    "models": ["lstm", "window"],
    "labels": {"lstm": "The LSTM", "window": "Window"},
    "controls": ["window"],
    "confidence": 0.95,
    "words": words("mse", "the first element"),
}
PROVENANCE = {
    "study": {"analysis": {"solved_score": 0.9}},
    "training": {"replicates": 2000, "seconds": 7200.0},
}


@pytest.fixture
def quotes(small_tables):
    """A study that recalls at T = 5, and memorises at T = 50."""
    good, bad = [(0.01, 0.02), (0.01, 0.03), (0.01, 0.02)], [(0.2, 1.4), (0.3, 1.3), (0.2, 1.4)]
    return Quotes(small_tables({5: good, 50: bad}), LOOK, PROVENANCE)


def test_a_study_is_quoted_as_its_page_states_it(quotes):
    page = "{{ a.horizon('lstm') }}|{{ a.solved('lstm', 50) }}|{{ a.outcomes('lstm', 50) }}"
    horizon, solved, outcomes = filled(page, {"a": quotes}).split("|")
    assert horizon == "6 [6, 6]"
    assert (solved, outcomes) == ("0 of 3", "3 memorised")
    assert quotes.score("lstm", 5).startswith("0.980 [")
    assert quotes.spent("lstm") == "4 epochs of one batch of 10 sequences"
    assert quotes.trained() == "2,000 replicates, 2.0 h of one core"
    assert "recalls the first element up to T = 5" in quotes.says("degradation")


def test_a_quote_of_a_study_that_is_not_kept_is_an_error(quotes):
    with pytest.raises(jinja2.UndefinedError, match="other"):
        filled("{{ other.horizon('lstm') }}", {"a": quotes})


def test_horizons_stand_side_by_side_without_the_controls(quotes, small_tables):
    better = Quotes(small_tables({5: [(0.01, 0.02)] * 3, 50: [(0.01, 0.02)] * 3}), LOOK, PROVENANCE)
    *head, row = horizons_table([quotes, better], ["before", "after"]).splitlines()
    assert head == ["| model | before | after |", "| --- | --- | --- |"]
    assert row == f"| The LSTM | {quotes.horizon('lstm')} | ≥ 50 |"
