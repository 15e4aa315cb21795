"""A feed-forward network that processes each element on its own."""

import torch
from pydantic import PositiveInt
from torch import nn


class Feedforward(nn.Module):
    """The same multilayer perceptron for every element, its outputs averaged over the sequence.

    It has no memory and ignores the order: the first element looks like any other. Its best
    prediction is the mean of the sequence, which shares 1/T of its variance with the first element,
    so its R² is at most 1/T.

    Its state is the running sum of its outputs: 1 number.

    Args:
        length: T; the network is the same for every length, its ceiling is not.
        hidden_size: units of the hidden layer.
    """

    reaches_ceiling = True

    def __init__(self, length: int, hidden_size: PositiveInt = 32) -> None:
        super().__init__()
        self.state_size = 1
        self.r2_ceiling = {"first_element": 1 / length}
        self.network = nn.Sequential(
            nn.Linear(1, hidden_size), nn.ReLU(), nn.Linear(hidden_size, 1)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions of shape (batch, 1) for sequences of shape (batch, T, 1)."""
        return self.network(x).mean(dim=1)
