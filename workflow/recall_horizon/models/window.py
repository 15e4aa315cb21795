"""A network that sees only a fixed number of last elements, like an n-gram model."""

import torch
from pydantic import PositiveInt
from torch import nn

from recall_horizon.contract import Shape, View


class Window(nn.Module):
    """A multilayer perceptron on the last k elements; it never sees the rest of the sequence.

    The neural n-gram model of Bengio et al. (2003). It can recall what is in the window; of
    anything earlier it knows nothing, regardless of training. Each answer has a window that ends
    with it. Where a window begins before the sequence, zeros stand for what is missing.

    Its state is the elements that it sees.

    Args:
        shape: what it is built for; a window is no longer than the longest sequence.
        k: elements in the window.
        hidden_size: units of the hidden layer.
    """

    reaches_ceiling = True

    def __init__(self, shape: Shape, k: PositiveInt = 10, hidden_size: PositiveInt = 32) -> None:
        super().__init__()
        self.shape = shape
        self.seen = min(k, shape.steps - shape.answers + 1)  # by each answer
        self.state_size = self.seen * shape.features
        self.view = View(last=self.seen)
        self.network = nn.Sequential(
            nn.Linear(self.state_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, shape.outputs),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions for sequences: `Shape` has their shapes."""
        missing = self.seen + self.shape.answers - 1 - x.shape[1]
        if missing > 0:
            x = nn.functional.pad(x, (0, 0, missing, 0))
        ends = range(x.shape[1] - self.shape.answers + 1, x.shape[1] + 1)
        answers = [self.network(x[:, end - self.seen : end].flatten(1)) for end in ends]
        return answers[0] if len(answers) == 1 else torch.stack(answers, dim=1)
