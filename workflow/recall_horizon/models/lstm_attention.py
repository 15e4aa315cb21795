"""Attention over the hidden states of an LSTM."""

import torch
from pydantic import PositiveInt
from torch import nn

from recall_horizon.contract import Shape
from recall_horizon.models._answers import at_each
from recall_horizon.models._single_query import SingleQueryAttention


class LSTMAttention(nn.Module):
    """An LSTM whose last hidden states are the queries over all its hidden states (after Bahdanau,
    Cho & Bengio, 2015, with scaled dot products).

    The hidden state after the first element still holds it, regardless of the sequence's length, so
    the answer no longer has to survive the recurrence.

    Its state is the T hidden states that are read at the end, the last of which is also carried,
    and the cell: (T + 1)·hidden_size numbers.

    Args:
        shape: what it is built for; only its state depends on the number of steps.
        hidden_size: units of the hidden state; features of queries, keys and values.
    """

    def __init__(self, shape: Shape, hidden_size: PositiveInt = 32) -> None:
        super().__init__()
        self.answers = shape.answers
        self.state_size = (shape.steps + 1) * hidden_size
        self.lstm = nn.LSTM(shape.features, hidden_size, batch_first=True)
        self.attention = SingleQueryAttention(hidden_size)
        self.readout = nn.Linear(hidden_size, shape.outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions for sequences: `Shape` has their shapes."""
        states, (last, _) = self.lstm(x)
        asking = states if self.answers > 1 else last[-1].unsqueeze(1)
        return at_each(asking, self.answers, lambda q: self.readout(self.attention(q, states)))
