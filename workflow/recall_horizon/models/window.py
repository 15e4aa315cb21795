"""A network that sees only a fixed number of last elements, like an n-gram model."""

import torch
from pydantic import PositiveInt
from torch import nn


class Window(nn.Module):
    """A multilayer perceptron on the last k elements; it never sees the rest of the sequence.

    The neural n-gram model of Bengio et al. (2003). It can recall the first element if T ≤ k;
    otherwise it can do no better than predict the mean, regardless of training.

    Its state is the elements that it sees: min(k, T) numbers.

    Args:
        length: T; of a sequence shorter than the window, all elements are seen.
        k: elements in the window.
        hidden_size: units of the hidden layer.
    """

    reaches_ceiling = True

    def __init__(self, length: int, k: PositiveInt = 10, hidden_size: PositiveInt = 32) -> None:
        super().__init__()
        self.seen = min(k, length)
        self.state_size = self.seen
        self.r2_ceiling = {"first_element": 1.0 if length <= k else 0.0}
        self.network = nn.Sequential(
            nn.Linear(self.seen, hidden_size), nn.ReLU(), nn.Linear(hidden_size, 1)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions of shape (batch, 1) for sequences of shape (batch, T, 1)."""
        return self.network(x[:, -self.seen :, 0])
