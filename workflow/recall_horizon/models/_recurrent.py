"""What all recurrent architectures share: read a sequence, predict from the last hidden state."""

import torch
from torch import nn


class Recurrent(nn.Module):
    """One recurrent layer from a zero state, and a linear layer on its last hidden state.

    Args:
        layer: `nn.RNN`, `nn.GRU` or `nn.LSTM`, with one input feature and batch_first.
        orthogonal: whether the recurrent weights start orthogonal, gate by gate (Saxe,
            McClelland & Ganguli, 2014), instead of uniform.
    """

    recurrent = True

    def __init__(self, layer: nn.RNNBase, orthogonal: bool) -> None:
        super().__init__()
        self.layer = layer
        self.readout = nn.Linear(layer.hidden_size, 1)
        if orthogonal:
            for gate in layer.weight_hh_l0.detach().split(layer.hidden_size):
                nn.init.orthogonal_(gate)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions of shape (batch, 1) for sequences of shape (batch, T, 1)."""
        # The final state is the last step's output; with it the gradient need not be passed back
        # through all other outputs.
        _, state = self.layer(x)
        hidden = state[0] if isinstance(state, tuple) else state
        return self.readout(hidden[-1])
