"""Sentences on a selection, held against its table."""

import numpy as np
import pandas as pd
import pytest

from recall_horizon.contract import words
from recall_horizon.presentation.settings import selected

LOOK = {
    "models": ["lstm", "rnn"],
    "labels": {"lstm": "LSTM", "rnn": "RNN"},
    "words": words("mse"),
}


def table(edges, rates=(0.001, 0.01, 0.03)):
    """A selection of learning rates whose choice, {(model, length): edge}, is 0.01."""
    rows = [
        {
            "model": model,
            "length": length,
            "candidate": f"learning_rate-{rate}",
            "learning_rate": rate,
            "replicates": 3,
            "diverged": 0,
            "score": rate,
            "score_low": 0.0,
            "score_high": 1.0,
            "chosen": rate == 0.01,
            "edge": edge if rate == 0.01 else "",
        }
        for (model, length), edge in edges.items()
        for rate in rates
    ]
    return pd.DataFrame(rows)


def test_what_was_tried_is_counted():
    first, second = selected(table({("lstm", 5): "", ("rnn", 5): ""}), LOOK)
    assert first.startswith("Learning rate was selected")
    assert "among 3 candidates" in first
    assert "3 search replicates" in first
    assert second == "No chosen learning rate is the lowest or the highest of those tried."


def test_models_and_lengths_at_an_edge_are_named_and_no_others():
    edges = {
        ("lstm", 5): "",
        ("lstm", 10): "highest learning_rate",
        ("lstm", 20): "highest learning_rate",
        ("rnn", 5): "highest learning_rate; lowest batch_size",
        ("rnn", 10): "",
    }
    _, highest, lowest = selected(table(edges), LOOK)
    assert "highest learning rate" in highest
    assert "for LSTM at T = 10 and 20; RNN at T = 5: a better one" in highest
    assert "lowest batch size" in lowest
    assert "for RNN at T = 5: a better one" in lowest


@pytest.mark.parametrize("edge", ["", "lowest learning_rate"])
def test_an_edge_is_a_limit_of_the_study_only_where_there_is_one(edge):
    said = " ".join(selected(table({("lstm", 5): edge}), LOOK))
    assert ("limit of this study" in said) == bool(edge)


def test_beyond_no_bound_there_is_nothing_to_try():
    sizes = {0.001: 10, 0.01: np.nan, 0.03: 100}  # a full batch is the choice
    full = table({("lstm", 5): "highest batch_size"})
    full = full.assign(batch_size=full["learning_rate"].map(sizes)).drop(columns="learning_rate")
    what, highest = selected(full, LOOK)
    assert what.startswith("Batch size was selected")
    assert highest == (
        "The highest batch size that was tried, full batch, is the choice for LSTM at T = 5: "
        "there is no higher one."
    )


def test_of_two_values_every_choice_is_at_an_edge():
    said = list(selected(table({("lstm", 5): ""}, rates=(0.001, 0.01)), LOOK))
    assert "Of learning rate no more than two values were tried" in said[1]
    assert "No chosen" not in " ".join(said)
