"""The gated recurrent unit."""

from pydantic import PositiveInt
from torch import nn

from recall_horizon.contract import Shape
from recall_horizon.models._recurrent import Recurrent


class GRU(Recurrent):
    """A gated recurrent unit (Cho et al., 2014), as implemented in PyTorch.

    Its state is the hidden state: hidden_size numbers.

    Args:
        shape: what it is built for; the network is the same for any number of steps.
        hidden_size: units of the hidden state.
        orthogonal: whether the recurrent weights start orthogonal, gate by gate.
    """

    def __init__(
        self, shape: Shape, hidden_size: PositiveInt = 32, orthogonal: bool = False
    ) -> None:
        layer = nn.GRU(shape.features, hidden_size, batch_first=True)
        super().__init__(shape, layer, orthogonal)
        self.state_size = hidden_size
