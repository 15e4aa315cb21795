"""The look and the tables of small studies that figures are drawn from."""

import numpy as np
import pytest

from recall_horizon import contract
from recall_horizon.config.look import Look

# Okabe and Ito's, as `shown.look_of` hands them out.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")


@pytest.fixture
def look():
    """The look of a study of `models`; the first is the headline."""

    def make(models=("lstm",), **changes):
        labels = {model: "An LSTM" if model == "lstm" else model.upper() for model in models}
        colours = {model: PALETTE[i % len(PALETTE)] for i, model in enumerate(models)}
        words = contract.words("mse", "the first element")
        made = Look(models[0], list(models), labels, colours, [], 0.95, words)
        return made._replace(**changes)

    return make


@pytest.fixture
def tables(losses_table, tables_of):
    """The tables of {(model, length): [(training loss, held-out loss), …]} after 4 epochs.

    All start at a loss of 1. An end of None is a replicate that diverged at epoch 3.
    """

    def make(runs):
        curves = {
            (model, length, replicate): [
                (0, 1.0, 1.0),
                (4, *end) if end else (3, np.inf, np.inf, "diverged"),
            ]
            for (model, length), ends in runs.items()
            for replicate, end in enumerate(ends)
        }
        return tables_of(losses_table(curves))

    return make
