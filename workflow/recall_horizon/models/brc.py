"""The bistable recurrent cell."""

import torch
from pydantic import PositiveInt
from torch import nn

from recall_horizon.contract import Shape


class BRC(nn.Module):
    """A recurrent layer whose units can each latch one of two values (Vecoven, Ernst & Drion, 2021,
    "A bio-inspired bistable recurrent cell allows for long-lasting memory").

    a_t = 1 + tanh(U_a x_t + w_a ⊙ h_{t−1} + b_a), c_t = σ(U_c x_t + w_c ⊙ h_{t−1} + b_c),
    h_t = c_t ⊙ h_{t−1} + (1 − c_t) ⊙ tanh(U x_t + a_t ⊙ h_{t−1}), from a zero state: no unit sees
    another's state. Without an input, a unit has two stable values while a_t > 1, and only 0 while
    a_t ≤ 1. In the neuromodulated cell (nBRC) the gates see all units: W_a h_{t−1} and W_c h_{t−1}.

    Weights start as in the authors' code: matrices from Glorot's uniform distribution, w_a and w_c
    at 1, biases at 0. The paper's equations have no biases.

    Its state is the hidden state.

    Args:
        shape: what it is built for; the network is the same for any number of steps.
        hidden_size: units of the hidden state.
        neuromodulated: whether it is the nBRC.
    """

    recurrent = True

    def __init__(
        self, shape: Shape, hidden_size: PositiveInt = 32, neuromodulated: bool = False
    ) -> None:
        super().__init__()
        self.answers = shape.answers
        self.neuromodulated = neuromodulated
        self.inputs = nn.Linear(shape.features, 3 * hidden_size, bias=False)
        own = torch.ones(2, hidden_size)
        if neuromodulated:
            own = torch.empty(2, hidden_size, hidden_size)
        for matrix in (*self.inputs.weight.detach().chunk(3), *(own if neuromodulated else ())):
            nn.init.xavier_uniform_(matrix)
        self.own = nn.Parameter(own)
        self.bias = nn.Parameter(torch.zeros(2, hidden_size))
        self.readout = nn.Linear(hidden_size, shape.outputs)
        self.state_size = hidden_size

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions for sequences: `Shape` has their shapes."""
        inputs = self.inputs(x).unflatten(2, (3, -1))  # of all steps: for a, c and the candidate
        gates, candidates = inputs[:, :, :2] + self.bias, inputs[:, :, 2]
        hidden, states = x.new_zeros(len(x), self.state_size), []
        for gate, candidate in zip(gates.unbind(1), candidates.unbind(1), strict=True):
            a, c = (gate + self.of_own(hidden)).unbind(1)
            new = torch.tanh(candidate + (1 + torch.tanh(a)) * hidden)
            hidden = torch.lerp(new, hidden, torch.sigmoid(c))
            states.append(hidden)
        if self.answers == 1:
            return self.readout(hidden)
        return self.readout(torch.stack(states[-self.answers :], dim=1))

    def of_own(self, hidden: torch.Tensor) -> torch.Tensor:
        """What the gates a and c receive from the last state: (batch, 2, hidden_size)."""
        if self.neuromodulated:
            return (hidden @ self.own.flatten(0, 1).T).unflatten(1, (2, -1))
        return hidden.unsqueeze(1) * self.own
