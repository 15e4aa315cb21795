"""What all recurrent architectures share: read a sequence, predict from the last hidden state."""

import torch
from torch import nn

from recall_horizon.contract import Shape


class Recurrent(nn.Module):
    """One recurrent layer from a zero state, and a linear layer on its last hidden states.

    Args:
        shape: what it is built for.
        layer: `nn.RNN`, `nn.GRU` or `nn.LSTM`, with batch_first.
        orthogonal: whether the recurrent weights start orthogonal, gate by gate (Saxe,
            McClelland & Ganguli, 2014), instead of uniform.
    """

    recurrent = True

    def __init__(self, shape: Shape, layer: nn.RNNBase, orthogonal: bool) -> None:
        super().__init__()
        self.layer = layer
        self.answers = shape.answers
        self.readout = nn.Linear(layer.hidden_size, shape.outputs)
        if orthogonal:
            for gate in layer.weight_hh_l0.detach().split(layer.hidden_size):
                nn.init.orthogonal_(gate)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions for sequences: `Shape` has their shapes."""
        if self.answers > 1:
            return self.readout(self.layer(x)[0][:, -self.answers :])
        # The final state is the last step's output; with it the gradient need not be passed back
        # through all other outputs.
        _, state = self.layer(x)
        hidden = state[0] if isinstance(state, tuple) else state
        return self.readout(hidden[-1])
