"""A model of your own, outside the package: dilated causal convolutions.

Name it in a config and it is trained, probed and drawn like any other:

    models: [lstm, convolution]
    model_zoo:
      convolution:
        architecture: examples.dilated_convolution:DilatedConvolution
        options: {channels: 16}
        label: Dilated convolution
        colour: "#009E73"
"""

import torch
from pydantic import PositiveInt
from torch import nn


class DilatedConvolution(nn.Module):
    """Causal convolutions whose reach doubles with every layer, until it covers the sequence.

    A temporal convolutional network (Bai, Kolter & Koltun, 2018) at its smallest.

    Its state is what the layers still need of the steps before: each as many of its inputs as it
    reaches back.

    Args:
        length: T, which decides the number of layers.
        channels: features of each layer.
    """

    width_option = "channels"  # what `match` solves

    def __init__(self, length: int, channels: PositiveInt = 16) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        reach, inputs = 1, 1
        self.state_size = 0
        while reach < length:
            layers += [
                nn.ZeroPad1d((reach, 0)),
                nn.Conv1d(inputs, channels, kernel_size=2, dilation=reach),
                nn.ReLU(),
            ]
            self.state_size += reach * inputs
            reach, inputs = 2 * reach, channels
        self.layers = nn.Sequential(*layers)
        self.readout = nn.Linear(inputs, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions of shape (batch, 1) for sequences of shape (batch, T, 1)."""
        return self.readout(self.layers(x.transpose(1, 2))[..., -1])
