"""The gated delta network: the delta network, with a memory that decays as the input says."""

import math

import torch
from pydantic import NonNegativeInt, PositiveInt
from torch import nn
from torch.nn.functional import silu, softplus

from recall_horizon.contract import Shape
from recall_horizon.models._delta import DeltaRule, DeltaRuleNetwork


class GatedDeltaNet(DeltaRuleNetwork):
    """The delta rule with a decay (Yang, Kautz & Hatamizadeh, 2024, "Gated Delta Networks").

    The network is that of `DeltaNet`. Its memories also decay, by a factor that depends on the
    input as in Mamba-2 (Dao & Gu, 2024):

        S_t = α_t S_{t−1} (I − β_t k_t k_tᵀ) + β_t v_t k_tᵀ,    o_t = S_t q_t,
        α_t = exp(−A softplus(w x_t + b)),

    with one A > 0 for each head. At first A is uniform between 0 and 16, and softplus(b) between
    0.001 and 0.1, uniform in its logarithm. What is read passes through an RMS norm, is multiplied
    by SiLU(W x_t), feature by feature, and passes through a linear layer.

    Its state is the matrix of each head, hidden_size²/heads numbers for each block, and the inputs
    that its convolution still reads: 3·hidden_size for each of `convolution` − 1 steps.

    Args:
        shape: what it is built for; the network is the same for any number of steps.
        hidden_size: features between the blocks; a multiple of `heads`.
        heads: memories of a block.
        layers: blocks.
        convolution: steps that the convolution of queries, keys and values reads; 0 for none.
        negative_eigenvalues: whether β_t is up to 2 instead of 1, so that eigenvalues of
            I − β k kᵀ may be negative (Grazzi et al., 2024).
    """

    def __init__(
        self,
        shape: Shape,
        hidden_size: PositiveInt = 32,
        heads: PositiveInt = 2,
        layers: PositiveInt = 1,
        convolution: NonNegativeInt = 4,
        negative_eigenvalues: bool = False,
    ) -> None:
        options = (hidden_size, heads, convolution, negative_eigenvalues)
        super().__init__(shape, hidden_size, [GatedDeltaRule(*options) for _ in range(layers)])


class GatedDeltaRule(DeltaRule):
    """A block with the delta rule, a decay of its memories and a gate of what is read."""

    def __init__(self, size: int, heads: int, convolution: int, negative_eigenvalues: bool) -> None:
        super().__init__(size, heads, convolution, negative_eigenvalues)
        self.log_a = nn.Parameter(torch.empty(heads).uniform_(0, 16).clamp_min(1e-4).log())
        self.step = nn.Linear(size, heads)
        steps = torch.empty(heads).uniform_(math.log(0.001), math.log(0.1)).exp()
        with torch.no_grad():
            self.step.bias.copy_(steps.expm1().log())  # softplus of it is `steps`
        self.gate = nn.Linear(size, size, bias=False)

    def log_decay(self, x: torch.Tensor) -> torch.Tensor:
        """The logarithm of α, shape (batch, heads, steps)."""
        return -(self.log_a.exp() * softplus(self.step(x))).mT

    def gated(self, x: torch.Tensor, read: torch.Tensor) -> torch.Tensor:
        """What is passed on of what was read."""
        return read * silu(self.gate(x))
