"""The long short-term memory network of the lesson, and how its memory can be initialised."""

from typing import Literal

import torch
from pydantic import PositiveFloat, PositiveInt
from torch import nn

from recall_horizon.contract import Shape
from recall_horizon.models._recurrent import Recurrent


class LSTM(Recurrent):
    """A long short-term memory network (Hochreiter & Schmidhuber, 1997), with a forget gate (Gers,
    Schmidhuber & Cummins, 2000).

    Its state is the hidden state and the cell: 2·hidden_size numbers.

    Args:
        shape: what it is built for; only `chrono` depends on the number of steps.
        hidden_size: units of the hidden state.
        forget_bias: initial bias of the forget gate: a number (Jozefowicz, Zaremba & Sutskever,
            2015, recommend 1); `chrono` for memories of all durations up to T_max (Tallec &
            Ollivier, 2018); None for PyTorch's default, which is around 0.
        t_max: T_max of `chrono` in steps; None means all steps of the longest sequence.
        t_max_factor: a factor that T_max is multiplied by.
        orthogonal: whether the recurrent weights start orthogonal, gate by gate.
    """

    def __init__(
        self,
        shape: Shape,
        hidden_size: PositiveInt = 32,
        forget_bias: float | Literal["chrono"] | None = None,
        t_max: PositiveInt | None = None,
        t_max_factor: PositiveFloat = 1.0,
        orthogonal: bool = False,
    ) -> None:
        layer = nn.LSTM(shape.features, hidden_size, batch_first=True)
        super().__init__(shape, layer, orthogonal)
        self.state_size = 2 * hidden_size
        if forget_bias == "chrono":
            set_chrono_bias(self.layer, (t_max or shape.steps) * t_max_factor)
        elif forget_bias is not None:
            set_gate_bias(self.layer, "forget", torch.full((hidden_size,), float(forget_bias)))


def set_chrono_bias(lstm: nn.LSTM, t_max: float) -> None:
    """Chrono initialisation (Tallec & Ollivier, 2018): b_f = log U(1, T_max − 1), b_i = −b_f.

    A unit with forget gate σ(b_f) forgets over about 1 + exp(b_f) steps, so the units' durations
    are spread over 2 to T_max. Below T_max = 2 there is nothing to spread, and the biases are 0.
    """
    durations = torch.empty(lstm.hidden_size).uniform_(1.0, max(t_max - 1.0, 1.0))
    set_gate_bias(lstm, "forget", durations.log())
    set_gate_bias(lstm, "input", -durations.log())


@torch.no_grad()
def set_gate_bias(lstm: nn.LSTM, gate: str, bias: torch.Tensor) -> None:
    """Make `bias`, of shape (hidden_size,), the effective bias of a gate of a one-layer LSTM.

    PyTorch adds two bias vectors, each with the gates in the order input, forget, cell, output:
    one is set and the other zeroed.
    """
    first = ("input", "forget", "cell", "output").index(gate) * lstm.hidden_size
    rows = slice(first, first + lstm.hidden_size)
    lstm.bias_ih_l0[rows] = bias
    lstm.bias_hh_l0[rows] = 0.0
