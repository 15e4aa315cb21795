"""The Transformer: one encoder layer."""

from typing import Literal

import torch
from pydantic import PositiveInt
from torch import nn

from recall_horizon.contract import Shape
from recall_horizon.models._answers import at_each
from recall_horizon.models._positions import PositionalEncoding, view
from recall_horizon.models._single_query import SingleQueryAttention


class Transformer(nn.Module):
    """One encoder layer of the Transformer (Vaswani et al., 2017), read out at the last elements.

    Multi-head attention and a feed-forward network, each with a residual connection followed by
    layer normalisation. Only the outputs of the elements that are answered are needed, so only
    their queries are computed, and keys and values are not computed at all: the cost grows as T,
    not T². The initial weights are those of `nn.MultiheadAttention`, `nn.LayerNorm` and
    `nn.Linear`.

    Its state is the embeddings that are read at the end: T·hidden_size numbers.

    Args:
        shape: what it is built for; of learned positions there are as many as it has steps.
        hidden_size: features of embeddings; a multiple of `heads`.
        heads: attention heads.
        feedforward_size: units of the feed-forward network.
        positions: how positions are encoded: learned, sinusoidal or none.
    """

    def __init__(
        self,
        shape: Shape,
        hidden_size: PositiveInt = 32,
        heads: PositiveInt = 4,
        feedforward_size: PositiveInt = 64,
        positions: Literal["learned", "sinusoidal", "none"] = "learned",
    ) -> None:
        super().__init__()
        self.answers = shape.answers
        self.state_size = shape.steps * hidden_size
        self.view = view(positions)
        self.embedding = nn.Linear(shape.features, hidden_size)
        self.positions = PositionalEncoding(positions, shape.steps, hidden_size)
        self.attention = SingleQueryAttention.from_torch(nn.MultiheadAttention(hidden_size, heads))
        self.attention_norm = nn.LayerNorm(hidden_size)
        self.feedforward = nn.Sequential(
            nn.Linear(hidden_size, feedforward_size),
            nn.ReLU(),
            nn.Linear(feedforward_size, hidden_size),
        )
        self.feedforward_norm = nn.LayerNorm(hidden_size)
        self.readout = nn.Linear(hidden_size, shape.outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions for sequences: `Shape` has their shapes."""
        elements = self.positions(self.embedding(x))

        def answer(last: torch.Tensor) -> torch.Tensor:
            last = self.attention_norm(last + self.attention(last, elements))
            last = self.feedforward_norm(last + self.feedforward(last))
            return self.readout(last)

        return at_each(elements, self.answers, answer)
