"""The vanilla recurrent network of the lesson."""

from pydantic import PositiveInt
from torch import nn

from recall_horizon.models._recurrent import Recurrent


class RNN(Recurrent):
    """h_t = tanh(W_x x_t + W_h h_{t−1} + b) (Elman, 1990).

    Its state is the hidden state: hidden_size numbers.

    Args:
        length: T; unused, the network is the same for every length.
        hidden_size: units of the hidden state.
        orthogonal: whether the recurrent weights start orthogonal.
    """

    def __init__(
        self, length: int, hidden_size: PositiveInt = 32, orthogonal: bool = False
    ) -> None:
        super().__init__(nn.RNN(1, hidden_size, batch_first=True), orthogonal)
        self.state_size = hidden_size
