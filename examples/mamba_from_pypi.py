"""A model from a package on PyPI: the Mamba of mambapy, which `make setup-huggingface` installs.

A config names it like any other:

    models: [lstm, mambapy]
    model_zoo:
      mambapy: {architecture: "examples.mamba_from_pypi:MambaFromPyPI"}
"""

import torch
from mambapy.mamba import Mamba, MambaConfig
from pydantic import PositiveInt
from torch import nn

from recall_horizon.contract import Shape


class MambaFromPyPI(nn.Module):
    """A linear embedding, mambapy's layers (Gu & Dao, 2023), a linear read-out."""

    recurrent = True

    def __init__(self, shape: Shape, hidden_size: PositiveInt = 16) -> None:
        super().__init__()
        self.embedding = nn.Linear(shape.features, hidden_size)
        self.layers = Mamba(MambaConfig(d_model=hidden_size, n_layers=1))
        self.readout = nn.Linear(hidden_size, shape.outputs)
        self.answers = shape.answers

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions for sequences, of the shapes that `Shape` describes."""
        features = self.layers(self.embedding(x))
        return self.readout(features[:, -self.answers :] if self.answers > 1 else features[:, -1])
