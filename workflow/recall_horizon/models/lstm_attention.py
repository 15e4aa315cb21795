"""Attention over the hidden states of an LSTM."""

import torch
from pydantic import PositiveInt
from torch import nn

from recall_horizon.models._single_query import SingleQueryAttention


class LSTMAttention(nn.Module):
    """An LSTM whose last hidden state is the query over all its hidden states (after Bahdanau,
    Cho & Bengio, 2015, with scaled dot products).

    The hidden state after the first element still holds it, regardless of the sequence's length, so
    the answer no longer has to survive the recurrence.

    Its state is the T hidden states that are read at the end, the last of which is also carried,
    and the cell: (T + 1)·hidden_size numbers.

    Args:
        length: T; the network is the same for every length, its state is not.
        hidden_size: units of the hidden state; features of queries, keys and values.
    """

    def __init__(self, length: int, hidden_size: PositiveInt = 32) -> None:
        super().__init__()
        self.state_size = (length + 1) * hidden_size
        self.lstm = nn.LSTM(1, hidden_size, batch_first=True)
        self.attention = SingleQueryAttention(hidden_size)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions of shape (batch, 1) for sequences of shape (batch, T, 1)."""
        states, (last, _) = self.lstm(x)
        return self.readout(self.attention(last[-1], states))
