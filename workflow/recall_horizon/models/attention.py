"""Attention alone: one query over the keys and values of the whole sequence."""

from typing import Literal

import torch
from pydantic import PositiveInt
from torch import nn

from recall_horizon.contract import Shape
from recall_horizon.models._answers import at_each
from recall_horizon.models._positions import PositionalEncoding, view
from recall_horizon.models._single_query import SingleQueryAttention


class Attention(nn.Module):
    """Scaled dot-product attention (Vaswani et al., 2017, §3.2.1) with one query an answer.

    Each element is embedded, with its position. The embedding of the element that is answered gives
    the query, and every element's a key and a value. There is no state: the first element is as
    near as the last. Without positions all elements but that one look alike.

    Its state is the embeddings that are read at the end: T·hidden_size numbers.

    Args:
        shape: what it is built for; of learned positions there are as many as it has steps.
        hidden_size: features of embeddings, queries, keys and values.
        positions: how positions are encoded: learned, sinusoidal or none.
    """

    def __init__(
        self,
        shape: Shape,
        hidden_size: PositiveInt = 32,
        positions: Literal["learned", "sinusoidal", "none"] = "learned",
    ) -> None:
        super().__init__()
        self.answers = shape.answers
        self.state_size = shape.steps * hidden_size
        self.view = view(positions)
        self.embedding = nn.Linear(shape.features, hidden_size)
        self.positions = PositionalEncoding(positions, shape.steps, hidden_size)
        self.attention = SingleQueryAttention(hidden_size)
        self.readout = nn.Linear(hidden_size, shape.outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions for sequences: `Shape` has their shapes."""
        elements = self.positions(self.embedding(x))
        return at_each(elements, self.answers, lambda q: self.readout(self.attention(q, elements)))
