"""How a network that sees all elements at once knows the position of each."""

from typing import Literal

import torch
from torch import nn

from recall_horizon.contract import View

Positions = Literal["learned", "sinusoidal", "none"]


class PositionalEncoding(nn.Module):
    """Adds to each element's embedding a vector that encodes the element's position.

    Args:
        kind: `learned` vectors (Gehring et al., 2017), which start near zero (standard deviation
            0.02, after Devlin et al., 2019), so that at first all positions have about the same
            weight; fixed `sinusoidal` ones (Vaswani et al., 2017, §3.5); `none` adds nothing.
        steps: of the longest sequence that is trained on: how many vectors are learned.
        size: features of an embedding.
    """

    def __init__(self, kind: Positions, steps: int, size: int) -> None:
        super().__init__()
        self.kind = kind
        if kind == "learned":
            self.vectors = nn.Parameter(0.02 * torch.randn(steps, size))
        elif kind == "sinusoidal":
            self.register_buffer("vectors", sinusoids(steps, size), persistent=False)

    def forward(self, embedded: torch.Tensor) -> torch.Tensor:
        """Embeddings of shape (batch, T, size), with their positions, counted from the start.

        Raises:
            ValueError: there are more elements than learned positions.
        """
        if self.kind == "none":
            return embedded
        steps = embedded.shape[1]
        if steps <= len(self.vectors):
            return embedded + self.vectors[:steps]
        if self.kind == "learned":
            raise too_long(steps, len(self.vectors))
        return embedded + sinusoids(*embedded.shape[1:]).to(embedded)


def too_long(steps: int, positions: int) -> ValueError:
    """What a model says that has fewer positions than a sequence has steps."""
    return ValueError(f"it has {positions} positions, sequences have {steps} steps")


def view(kind: Positions) -> View:
    """What a network sees whose queries are the last elements: without positions all others look
    alike to it.
    """
    return View(order="last" if kind == "none" else "all")


def sinusoids(length: int, size: int) -> torch.Tensor:
    """Sines and cosines of the position at wavelengths from 2π to 10000·2π: (length, size)."""
    position = torch.arange(length).unsqueeze(1)
    pair = torch.arange(size).unsqueeze(0) // 2
    angle = position / 10000 ** (2 * pair / size)
    return torch.where(torch.arange(size) % 2 == 0, angle.sin(), angle.cos())
