"""Attention alone: one query over the keys and values of the whole sequence."""

from typing import Literal

import torch
from pydantic import PositiveInt
from torch import nn

from recall_horizon.models._positions import PositionalEncoding, r2_ceiling
from recall_horizon.models._single_query import SingleQueryAttention


class Attention(nn.Module):
    """Scaled dot-product attention (Vaswani et al., 2017, §3.2.1) with one query.

    Each element is embedded, with its position. The last element's embedding gives the query, and
    every element's a key and a value. There is no state: the first element is as near as the last.
    Without positions all elements but the last look alike, and R² is at most 1/(T − 1).

    Its state is the embeddings that are read at the end: T·hidden_size numbers.

    Args:
        length: T.
        hidden_size: features of embeddings, queries, keys and values.
        positions: how positions are encoded: learned, sinusoidal or none.
    """

    def __init__(
        self,
        length: int,
        hidden_size: PositiveInt = 32,
        positions: Literal["learned", "sinusoidal", "none"] = "learned",
    ) -> None:
        super().__init__()
        self.state_size = length * hidden_size
        self.r2_ceiling = r2_ceiling(positions, length)
        self.embedding = nn.Linear(1, hidden_size)
        self.positions = PositionalEncoding(positions, length, hidden_size)
        self.attention = SingleQueryAttention(hidden_size)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions of shape (batch, 1) for sequences of shape (batch, T, 1)."""
        elements = self.positions(self.embedding(x))
        return self.readout(self.attention(elements[:, -1], elements))
