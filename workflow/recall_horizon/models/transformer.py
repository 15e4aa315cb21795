"""The Transformer: one encoder layer."""

from typing import Literal

import torch
from pydantic import PositiveInt
from torch import nn

from recall_horizon.models._positions import PositionalEncoding, r2_ceiling
from recall_horizon.models._single_query import SingleQueryAttention


class Transformer(nn.Module):
    """One encoder layer of the Transformer (Vaswani et al., 2017), read out at the last element.

    Multi-head attention and a feed-forward network, each with a residual connection followed by
    layer normalisation. Only the last element's output is needed, so only its query is computed,
    and keys and values are not computed at all: the cost grows as T, not T². The initial weights
    are those of `nn.MultiheadAttention`, `nn.LayerNorm` and `nn.Linear`.

    Its state is the embeddings that are read at the end: T·hidden_size numbers.

    Args:
        length: T.
        hidden_size: features of embeddings; a multiple of `heads`.
        heads: attention heads.
        feedforward_size: units of the feed-forward network.
        positions: how positions are encoded: learned, sinusoidal or none.
    """

    def __init__(
        self,
        length: int,
        hidden_size: PositiveInt = 32,
        heads: PositiveInt = 4,
        feedforward_size: PositiveInt = 64,
        positions: Literal["learned", "sinusoidal", "none"] = "learned",
    ) -> None:
        super().__init__()
        self.state_size = length * hidden_size
        self.r2_ceiling = r2_ceiling(positions, length)
        self.embedding = nn.Linear(1, hidden_size)
        self.positions = PositionalEncoding(positions, length, hidden_size)
        self.attention = SingleQueryAttention.from_torch(nn.MultiheadAttention(hidden_size, heads))
        self.attention_norm = nn.LayerNorm(hidden_size)
        self.feedforward = nn.Sequential(
            nn.Linear(hidden_size, feedforward_size),
            nn.ReLU(),
            nn.Linear(feedforward_size, hidden_size),
        )
        self.feedforward_norm = nn.LayerNorm(hidden_size)
        self.readout = nn.Linear(hidden_size, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions of shape (batch, 1) for sequences of shape (batch, T, 1)."""
        elements = self.positions(self.embedding(x))
        last = elements[:, -1]
        last = self.attention_norm(last + self.attention(last, elements))
        last = self.feedforward_norm(last + self.feedforward(last))
        return self.readout(last)
