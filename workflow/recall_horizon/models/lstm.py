"""The long short-term memory network of the lesson."""

import torch
from pydantic import PositiveInt
from torch import nn


class LSTM(nn.Module):
    """One LSTM layer, zero initial states, and a linear layer on the last hidden state.

    Hochreiter & Schmidhuber (1997), with a forget gate (Gers, Schmidhuber & Cummins, 2000).

    Args:
        length: T; unused, an LSTM is the same for every length.
        hidden_size: units of the hidden state.
        forget_bias: initial bias of the forget gate (Jozefowicz, Zaremba & Sutskever, 2015, use
            1); None leaves PyTorch's own initialisation, which is around 0.
    """

    def __init__(
        self, length: int, hidden_size: PositiveInt = 32, forget_bias: float | None = None
    ) -> None:
        super().__init__()
        self.lstm = nn.LSTM(1, hidden_size, batch_first=True)
        self.readout = nn.Linear(hidden_size, 1)
        if forget_bias is not None:
            set_forget_bias(self.lstm, forget_bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions of shape (batch, 1) for sequences of shape (batch, T, 1)."""
        # The final state is the last step's output; taking it from there spares the gradient the
        # way back through all other outputs.
        _, (hidden, _) = self.lstm(x)
        return self.readout(hidden[-1])


@torch.no_grad()
def set_forget_bias(lstm: nn.LSTM, bias: float) -> None:
    """Make `bias` the effective forget gate bias of a one-layer LSTM.

    PyTorch adds two bias vectors, each with the gates in the order input, forget, cell, output:
    one is set and the other zeroed.
    """
    forget = slice(lstm.hidden_size, 2 * lstm.hidden_size)
    lstm.bias_ih_l0[forget] = bias
    lstm.bias_hh_l0[forget] = 0.0
