"""The minimal gated recurrent unit."""

import torch
from pydantic import PositiveInt
from torch import nn

from recall_horizon.contract import Shape


class MinGRU(nn.Module):
    """A GRU whose gates see only the input, so that it trains in parallel (Feng et al., 2024).

    z_t = σ(W_z x_t + b_z), h̃_t = g(W_h x_t + b_h), h_t = (1 − z_t) h_{t−1} + z_t h̃_t, from a zero
    state, with g(x) = x + ½ for x ≥ 0 and σ(x) below (§3.1, and appendix A for the form in log
    space). The states of a layer are the inputs of the next; the last layer's are read out.

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
            x = scan(gate, candidate)
        return self.readout(x[:, -self.answers :] if self.answers > 1 else x[:, -1])


def scan(gate: torch.Tensor, candidate: torch.Tensor) -> torch.Tensor:
    """The hidden states of all steps at once, in log space, in log₂(steps) passes.

    h_t = Σ_{k ≤ t} z_k h̃_k Π_{k < j ≤ t} (1 − z_j). After pass k each step holds what the last 2^k
    steps add to its state, and the product of their 1 − z (Hillis & Steele, 1986): without the
    differences of large sums that one cumulative sum in log space (Heinsen, 2023) takes.

    Args:
        gate: W_z x + b_z, shape (batch, steps, hidden).
        candidate: W_h x + b_h, of the same shape.

    Returns:
        h, of the same shape; positive.
    """
    kept = nn.functional.logsigmoid(-gate)
    states = nn.functional.logsigmoid(gate) + log_g(candidate)
    back = 1
    while back < gate.shape[1]:
        longer = torch.logaddexp(states[:, back:], kept[:, back:] + states[:, :-back])
        states = torch.cat([states[:, :back], longer], dim=1)
        kept = torch.cat([kept[:, :back], kept[:, back:] + kept[:, :-back]], dim=1)
        back *= 2
    return torch.exp(states)


def log_g(x: torch.Tensor) -> torch.Tensor:
    """The logarithm of g(x) = x + ½ for x ≥ 0, σ(x) below."""
    positive = torch.log(nn.functional.relu(x) + 0.5)
    return torch.where(x >= 0, positive, nn.functional.logsigmoid(x))
