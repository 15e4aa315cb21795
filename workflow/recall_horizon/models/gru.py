"""The gated recurrent unit."""

from pydantic import PositiveInt
from torch import nn

from recall_horizon.models._recurrent import Recurrent


class GRU(Recurrent):
    """A gated recurrent unit (Cho et al., 2014), as implemented in PyTorch.

    Its state is the hidden state: hidden_size numbers.

    Args:
        length: T; unused, the network is the same for every length.
        hidden_size: units of the hidden state.
        orthogonal: whether the recurrent weights start orthogonal, gate by gate.
    """

    def __init__(
        self, length: int, hidden_size: PositiveInt = 32, orthogonal: bool = False
    ) -> None:
        super().__init__(nn.GRU(1, hidden_size, batch_first=True), orthogonal)
        self.state_size = hidden_size
