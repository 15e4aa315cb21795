"""A model of your own to start from: change the layer."""

import torch
from pydantic import PositiveInt
from torch import nn

from recall_horizon.contract import Shape


class MyModel(nn.Module):
    """A GRU of two layers and a linear read-out of its last states.

    Args:
        shape: what the task asks: `steps` of `features` each, `outputs` numbers in each of
            `answers` answers, which are asked at the last steps.
        hidden_size: units of each layer.
    """

    recurrent = True  # all that it knows of the sequence passes through a recurrent state

    def __init__(self, shape: Shape, hidden_size: PositiveInt = 32) -> None:
        super().__init__()
        self.answers = shape.answers
        self.layer = nn.GRU(shape.features, hidden_size, num_layers=2, batch_first=True)
        self.readout = nn.Linear(hidden_size, shape.outputs)
        self.state_size = 2 * hidden_size  # numbers that it keeps of what it has read

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Answers for sequences, shape (batch, steps, features), of any number of steps."""
        states, _ = self.layer(x)
        return self.readout(states[:, -self.answers :] if self.answers > 1 else states[:, -1])
