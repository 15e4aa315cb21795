"""The look and the tables of small studies that figures are drawn from."""

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
def tables(ends_table, tables_of):
    """The tables of {(model, length): [(training loss, held-out loss), …]}, as of `ends_table`."""
    return lambda runs: tables_of(ends_table(runs))
