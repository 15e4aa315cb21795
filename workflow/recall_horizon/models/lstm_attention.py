"""Attention over the hidden states of an LSTM."""

import torch
from pydantic import PositiveInt
from torch import nn
from torch.nn.functional import scaled_dot_product_attention


class LSTMAttention(nn.Module):
    """An LSTM whose last hidden state asks all its hidden states (after Bahdanau, Cho & Bengio,
    2015, with scaled dot products).

    The hidden state after the first element still knows it, however long the sequence: the
    answer no longer has to survive the recurrence.

    Args:
        length: T; unused, the network is the same for every length.
        hidden_size: units of the hidden state; features of queries, keys and values.
    """

    def __init__(self, length: int, hidden_size: PositiveInt = 32) -> None:
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size, batch_first=True)
        self.query = nn.Linear(hidden_size, hidden_size)
        self.key = nn.Linear(hidden_size, hidden_size)
        self.value = nn.Linear(hidden_size, hidden_size)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions of shape (batch, 1) for sequences of shape (batch, T, 1)."""
        states, _ = self.lstm(x)
        attended = scaled_dot_product_attention(
            self.query(states[:, -1:]), self.key(states), self.value(states)
        )
        return self.readout(attended[:, 0])
