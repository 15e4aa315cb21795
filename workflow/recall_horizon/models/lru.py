"""The linear recurrent unit."""

import math
from typing import Annotated

import torch
from pydantic import Field, PositiveInt
from torch import nn

from recall_horizon.contract import Shape, View
from recall_horizon.models._linear_recurrence import linear_recurrence


class LRU(nn.Module):
    """Diagonal linear recurrences of complex numbers (Orvieto et al., 2023).

    A linear layer to `hidden_size` features, then blocks, x + GLU(LRU(norm(x))), then a linear
    read-out. In a block, u ↦ Re(C h) + D u with h_t = Λ h_{t−1} + γ B u_t, from a zero state. Every
    eigenvalue is Λ = exp(−exp(ν) + i exp(θ)), so that |Λ| < 1 whatever is learned (§3.3), and
    γ = √(1 − |Λ|²) at first, so that states keep the variance of their inputs (§3.4).

    Without its nonlinearities a block is u ↦ Re(C h) + D u alone. The whole network is then affine
    and time-invariant: the biases of its first and last layer add a constant, which depends on the
    number of steps, and the weight of an element depends on its distance to the end alone. So its
    view says that it is `time_invariant`, and the exact limits of such a view hold for it. They are
    not claimed for the whole LRU: its norm, its gates and the biases in them are not linear, and
    what a bias adds to the state from step to step can serve them as a clock.

    Its state is `states` complex numbers, two numbers each, for each block.

    Args:
        shape: what it is built for; the network is the same for any number of steps.
        hidden_size: features between the blocks.
        states: complex numbers that a block carries.
        layers: blocks.
        r_min: the least radius of an eigenvalue at first.
        r_max: the greatest.
        max_phase: the greatest phase at first; small phases suit long ranges (§3.4).
        nonlinear: whether blocks have their norm, GELU, GLU and skip connection.
    """

    recurrent = True

    def __init__(
        self,
        shape: Shape,
        hidden_size: PositiveInt = 16,
        states: PositiveInt = 32,
        layers: PositiveInt = 1,
        r_min: Annotated[float, Field(ge=0, lt=1)] = 0.9,
        r_max: Annotated[float, Field(gt=0, le=1)] = 0.999,
        max_phase: Annotated[float, Field(gt=0)] = math.pi / 10,
        nonlinear: bool = True,
    ) -> None:
        super().__init__()
        if r_min >= r_max:
            raise ValueError(f"r_min ({r_min}) should be less than r_max ({r_max})")
        self.answers = shape.answers
        self.view = View(time_invariant=not nonlinear)
        block = Block if nonlinear else Recurrence
        self.encoder = nn.Linear(shape.features, hidden_size)
        self.blocks = nn.Sequential(
            *(block(hidden_size, states, r_min, r_max, max_phase) for _ in range(layers))
        )
        self.readout = nn.Linear(hidden_size, shape.outputs)
        self.state_size = 2 * states * layers

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions for sequences: `Shape` has their shapes."""
        features = self.blocks(self.encoder(x))
        return self.readout(features[:, -self.answers :] if self.answers > 1 else features[:, -1])


class Recurrence(nn.Module):
    """u ↦ Re(C h) + D u: (batch, steps, hidden_size) to the same shape."""

    def __init__(
        self, hidden_size: int, states: int, r_min: float, r_max: float, max_phase: float
    ) -> None:
        super().__init__()
        radius, phase = on_a_ring(states, r_min, r_max, max_phase)
        # Real parts and imaginary ones are separate parameters.
        self.nu = nn.Parameter(torch.log(-torch.log(radius)))
        self.theta = nn.Parameter(torch.log(phase))
        self.gamma = nn.Parameter(normalisation(radius).log())
        self.b = nn.Parameter(of_inputs(states, hidden_size))
        self.c = nn.Parameter(of_states(hidden_size, states))
        self.d = nn.Parameter(torch.randn(hidden_size))

    def eigenvalues(self) -> torch.Tensor:
        """Λ, shape (states,), complex."""
        return torch.polar(torch.exp(-torch.exp(self.nu)), torch.exp(self.theta))

    def forward(self, u: torch.Tensor) -> torch.Tensor:
        """Features for features."""
        b, c = torch.view_as_complex(self.b), torch.view_as_complex(self.c)
        driven = torch.exp(self.gamma) * (u.to(b.dtype) @ b.T)
        return (linear_recurrence(self.eigenvalues(), driven) @ c.T).real + self.d * u


class Block(Recurrence):
    """x + GLU(LRU(norm(x))): (batch, steps, hidden_size) to the same shape."""

    def __init__(
        self, hidden_size: int, states: int, r_min: float, r_max: float, max_phase: float
    ) -> None:
        super().__init__(hidden_size, states, r_min, r_max, max_phase)
        self.norm = nn.LayerNorm(hidden_size)
        self.gates = nn.Linear(hidden_size, 2 * hidden_size)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Features for features."""
        y = super().forward(self.norm(x))
        return x + nn.functional.glu(self.gates(nn.functional.gelu(y)), dim=-1)


def on_a_ring(
    number: int, r_min: float, r_max: float, max_phase: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Radii and phases of eigenvalues, uniform on the ring between `r_min` and `r_max` and phases
    up to `max_phase` (lemma 3.2): |Λ|² is uniform between r_min² and r_max².

    Each has shape (number,); radii are clear of 0 and 1, whose logarithms have none.
    """
    squares = r_min**2 + torch.rand(number) * (r_max**2 - r_min**2)
    radius = squares.sqrt().clamp(1e-4, 1 - 1e-6)
    return radius, (torch.rand(number) * max_phase).clamp_min(1e-6)


def normalisation(radius: torch.Tensor) -> torch.Tensor:
    """γ = √(1 − |Λ|²) (§3.4): white noise of variance 1 makes states of variance 1."""
    return torch.sqrt(1 - radius**2)


def of_inputs(states: int, size: int) -> torch.Tensor:
    """B at first, as in the paper's code (appendix A): parts from N(0, 1 / (2 · size)), so that of
    real inputs with variance 1 it makes complex numbers u with E|u|² = 1.

    Shape (states, size, 2): real and imaginary parts, as `torch.view_as_complex` reads them.
    """
    return torch.randn(states, size, 2) / math.sqrt(2 * size)


def of_states(size: int, states: int) -> torch.Tensor:
    """C at first, as in the paper's code (appendix A): parts from N(0, 1 / states), so that of
    states with E|h|² = 1 the real part of C h, which alone is kept, has variance 1.

    Shape (size, states, 2): real and imaginary parts, as `torch.view_as_complex` reads them.
    """
    return torch.randn(size, states, 2) / math.sqrt(states)
