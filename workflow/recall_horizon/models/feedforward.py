"""A feed-forward network that processes each element on its own."""

import torch
from pydantic import PositiveInt
from torch import nn

from recall_horizon.contract import Shape, View


class Feedforward(nn.Module):
    """The same multilayer perceptron for every element, its outputs averaged over the sequence.

    It has no memory and ignores the order: the first element looks like any other.

    Its state is the running sum of its outputs.

    Args:
        shape: what it is built for; the network is the same for any number of steps.
        hidden_size: units of the hidden layer.
    """

    reaches_ceiling = True

    def __init__(self, shape: Shape, hidden_size: PositiveInt = 32) -> None:
        super().__init__()
        self.shape = shape
        self.state_size = shape.outputs * shape.answers
        self.view = View(order="none")
        self.network = nn.Sequential(
            nn.Linear(shape.features, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, self.state_size),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions for sequences: `Shape` has their shapes."""
        outputs = self.network(x).mean(dim=1)
        several = (self.shape.answers, self.shape.outputs)
        return outputs if self.shape.answers == 1 else outputs.unflatten(1, several)
