"""The temporal convolutional network."""

from itertools import pairwise
from typing import Annotated

import torch
from pydantic import Field, PositiveInt
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

from recall_horizon.contract import Shape, View


class TCN(nn.Module):
    """Dilated causal convolutions with residual connections (Bai, Kolter & Koltun, 2018, §3).

    Each level is a residual block of two causal convolutions with weight normalisation (Salimans &
    Kingma, 2016), ReLU and dropout; its input is added to its output, through a 1 × 1 convolution
    where their numbers of channels differ. The dilation doubles from level to level, so that L
    levels see the last 1 + 2 (kernel − 1) (2^L − 1) steps. Nothing earlier is seen.

    Weights start as PyTorch's convolutions do. The authors' code draws them from N(0, 0.01) before
    it applies the weight normalisation, which discards that: the scale that trains is set from
    PyTorch's own.

    Its state is the inputs of each convolution that a later step still reads.

    Args:
        shape: what it is built for.
        channels: features of each level.
        kernel_size: steps that a convolution reads; at least 2.
        levels: residual blocks; None takes the fewest that see the whole of the longest sequence.
        dropout: the share of features set to 0 in training, after each convolution.
    """

    width_option = "channels"  # what `match` solves

    def __init__(
        self,
        shape: Shape,
        channels: PositiveInt = 24,
        kernel_size: Annotated[int, Field(ge=2)] = 7,
        levels: PositiveInt | None = None,
        dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0,
    ) -> None:
        super().__init__()
        self.answers = shape.answers
        levels = levels or next(n for n in range(1, 64) if reach(kernel_size, n) >= shape.steps)
        self.view = View(last=reach(kernel_size, levels))
        widths = [shape.features, *[channels] * levels]
        self.levels = nn.Sequential(
            *(
                Level(inputs, outputs, kernel_size, 2**i, dropout)
                for i, (inputs, outputs) in enumerate(pairwise(widths))
            )
        )
        self.state_size = sum(
            (kernel_size - 1) * 2**i * (inputs + channels) for i, inputs in enumerate(widths[:-1])
        )
        self.readout = nn.Linear(channels, shape.outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions for sequences: `Shape` has their shapes."""
        features = self.levels(x.transpose(1, 2)).transpose(1, 2)
        return self.readout(features[:, -self.answers :] if self.answers > 1 else features[:, -1])


class Level(nn.Module):
    """A residual block: two causal convolutions, (batch, inputs, T) to (batch, outputs, T)."""

    def __init__(
        self, inputs: int, outputs: int, kernel_size: int, dilation: int, dropout: float
    ) -> None:
        super().__init__()

        def causal(features: int) -> list[nn.Module]:
            convolution = nn.Conv1d(features, outputs, kernel_size, dilation=dilation)
            before = nn.ZeroPad1d(((kernel_size - 1) * dilation, 0))
            return [before, weight_norm(convolution), nn.ReLU(), nn.Dropout(dropout)]

        self.convolutions = nn.Sequential(*causal(inputs), *causal(outputs))
        self.past = nn.Conv1d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Features of shape (batch, outputs, T) for (batch, inputs, T)."""
        return torch.relu(self.convolutions(x) + self.past(x))


def reach(kernel_size: int, levels: int) -> int:
    """How many of the last steps the output of so many levels depends on."""
    return 1 + 2 * (kernel_size - 1) * (2**levels - 1)
