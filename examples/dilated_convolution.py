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

from recall_horizon.contract import Shape, View


class DilatedConvolution(nn.Module):
    """Causal convolutions whose reach doubles with every layer, until it covers the sequence.

    The temporal convolutional network (Bai, Kolter & Koltun, 2018) at its smallest; the project's
    `tcn` is the whole.

    Its state is what the layers still need of the steps before: each as many of its inputs as it
    reaches back.

    Args:
        shape: what it is built for; the steps of the longest sequence decide how many layers.
        channels: features of each layer.
    """

    width_option = "channels"  # what `match` solves

    def __init__(self, shape: Shape, channels: PositiveInt = 16) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        reach, inputs = 1, shape.features
        self.answers = shape.answers
        self.state_size = 0
        while reach < shape.steps:
            layers += [
                nn.ZeroPad1d((reach, 0)),
                nn.Conv1d(inputs, channels, kernel_size=2, dilation=reach),
                nn.ReLU(),
            ]
            self.state_size += reach * inputs
            reach, inputs = 2 * reach, channels
        self.view = View(last=reach)
        self.layers = nn.Sequential(*layers)
        self.readout = nn.Linear(inputs, shape.outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions for sequences, of the shapes that `Shape` describes."""
        features = self.layers(x.transpose(1, 2)).transpose(1, 2)
        return self.readout(features[:, -self.answers :] if self.answers > 1 else features[:, -1])
