"""Adam (Kingma & Ba, 2015) through torch's own functional form.

`torch.optim.Adam` computes the same bits, but constructing one imports torch's compiler, which adds
one second to a job of a few seconds.
"""

from collections.abc import Iterable

import torch
from torch.optim.adam import adam


class Adam:
    """Adam with torch's default decay rates (0.9, 0.999) and epsilon (1e-8)."""

    def __init__(self, parameters: Iterable[torch.nn.Parameter], learning_rate: float) -> None:
        self.parameters = [p for p in parameters if p.requires_grad]
        self.learning_rate = learning_rate
        self.means = [torch.zeros_like(p) for p in self.parameters]
        self.squares = [torch.zeros_like(p) for p in self.parameters]
        self.steps = [torch.zeros(()) for _ in self.parameters]

    def state(self) -> dict[str, torch.Tensor]:
        """What it keeps from earlier steps, by name."""
        kinds = {"mean": self.means, "square": self.squares, "step": self.steps}
        return {f"{kind}-{i}": t for kind, all_ in kinds.items() for i, t in enumerate(all_)}

    @torch.no_grad()
    def load(self, state: dict[str, torch.Tensor]) -> None:
        """Replace the present state by `state`."""
        for name, tensor in self.state().items():
            tensor.copy_(state[name])

    def zero_grad(self) -> None:
        """Clear the gradients of the last step."""
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Update every parameter that has a gradient."""
        used = [i for i, p in enumerate(self.parameters) if p.grad is not None]
        adam(
            [self.parameters[i] for i in used],
            [self.parameters[i].grad for i in used],
            [self.means[i] for i in used],
            [self.squares[i] for i in used],
            [],
            [self.steps[i] for i in used],
            foreach=False,
            amsgrad=False,
            beta1=0.9,
            beta2=0.999,
            lr=self.learning_rate,
            weight_decay=0.0,
            eps=1e-8,
            maximize=False,
        )
