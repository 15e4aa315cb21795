"""The minimal gated recurrent unit."""

import torch
from pydantic import PositiveInt
from torch import nn

from recall_horizon.contract import Shape
from recall_horizon.models._linear_recurrence import linear_recurrence


class MinGRU(nn.Module):
    """A GRU whose gates see only the input, so that it is linear in its state (Feng et al., 2024).

    z_t = σ(W_z x_t + b_z), h̃_t = g(W_h x_t + b_h), h_t = (1 − z_t) h_{t−1} + z_t h̃_t, from a zero
    state, with g(x) = x + ½ for x ≥ 0 and σ(x) below (§3.1 and appendix A). The states of a
    layer are the inputs of the next; the last layer's are read out.

    Its state is the hidden state of each layer.

    Args:
        shape: what it is built for; the network is the same for any number of steps.
        hidden_size: units of each layer.
        layers: how many.
    """

    recurrent = True

    def __init__(
        self, shape: Shape, hidden_size: PositiveInt = 32, layers: PositiveInt = 1
    ) -> None:
        super().__init__()
        self.answers = shape.answers
        sizes = [shape.features, *[hidden_size] * (layers - 1)]
        self.layers = nn.ModuleList(nn.Linear(size, 2 * hidden_size) for size in sizes)
        self.readout = nn.Linear(hidden_size, shape.outputs)
        self.state_size = layers * hidden_size

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions for sequences: `Shape` has their shapes."""
        for layer in self.layers:
            gate, candidate = layer(x).chunk(2, dim=-1)
            x = linear_recurrence(torch.sigmoid(-gate), torch.sigmoid(gate) * g(candidate))
        return self.readout(x[:, -self.answers :] if self.answers > 1 else x[:, -1])


def g(x: torch.Tensor) -> torch.Tensor:
    """x + ½ for x ≥ 0, σ(x) below: positive and continuous."""
    return torch.where(x >= 0, x + 0.5, torch.sigmoid(x))
