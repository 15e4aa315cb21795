"""What the architectures with the delta rule share: the rule, a block around it, a network."""

import math

import torch
from torch import nn
from torch.nn.functional import conv1d, pad, silu

from recall_horizon.contract import Shape

# Steps that are computed at once, at most: about the fastest on a CPU for heads of 16 features.
CHUNK = 32
EPSILON = 1e-5  # of the norms


class DeltaRule(nn.Module):
    """x + mixer(norm(x)), where the mixer is a memory with the delta rule.

    Queries, keys and values are SiLU(convolution(W x)), the convolution causal and one for each
    feature; queries and keys are normalised. What is read from each head's memory passes through a
    norm and a linear layer.

    Args:
        size: features of inputs and outputs, and of queries, keys and values, all heads together.
        heads: memories; a divisor of `size`.
        convolution: steps that the convolution reads; 0 for none.
        negative_eigenvalues: whether β is up to 2 instead of 1.
    """

    def __init__(self, size: int, heads: int, convolution: int, negative_eigenvalues: bool) -> None:
        if size % heads:
            raise ValueError(f"hidden_size ({size}) should be a multiple of heads ({heads})")
        super().__init__()
        self.heads, self.greatest = heads, 2 if negative_eigenvalues else 1
        self.norm = nn.RMSNorm(size, eps=EPSILON)
        self.inputs = nn.Linear(size, 3 * size, bias=False)
        self.convolution = (
            CausalConvolution(3 * size, convolution) if convolution else nn.Identity()
        )
        self.beta = nn.Linear(size, heads, bias=False)
        self.read_norm = nn.RMSNorm(size // heads, eps=EPSILON)
        self.output = nn.Linear(size, size, bias=False)
        self.state_size = size * (size // heads) + 3 * size * max(convolution - 1, 0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Features of shape (batch, steps, size) for features."""
        normed = self.norm(x)
        features = silu(self.convolution(self.inputs(normed))).unflatten(2, (3, self.heads, -1))
        query, key, value = features.permute(2, 0, 3, 1, 4)  # (batch, heads, steps, size / heads)
        beta = self.greatest * self.beta(normed).sigmoid().mT
        read = delta_rule(unit(query), unit(key), value, beta, self.log_decay(normed))
        return x + self.output(self.gated(normed, self.read_norm(read.transpose(1, 2)).flatten(2)))

    def log_decay(self, x: torch.Tensor) -> torch.Tensor:
        """The logarithm of α, which is 1: nothing decays."""
        return x.new_zeros(1, 1, x.shape[1])

    def gated(self, x: torch.Tensor, read: torch.Tensor) -> torch.Tensor:
        """What is passed on of what was read: all of it."""
        return read


class DeltaRuleNetwork(nn.Module):
    """A linear layer, blocks with the delta rule, a norm and a linear read-out.

    Args:
        shape: what it is built for; the network is the same for any number of steps.
        hidden_size: features between the blocks.
        blocks: at least one.
    """

    recurrent = True

    def __init__(self, shape: Shape, hidden_size: int, blocks: list[DeltaRule]) -> None:
        super().__init__()
        self.answers = shape.answers
        self.encoder = nn.Linear(shape.features, hidden_size)
        self.blocks = nn.Sequential(*blocks)
        self.norm = nn.RMSNorm(hidden_size, eps=EPSILON)
        self.readout = nn.Linear(hidden_size, shape.outputs)
        self.state_size = sum(block.state_size for block in blocks)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions for sequences: `Shape` has their shapes."""
        features = self.blocks(self.encoder(x))
        asked = features[:, -self.answers :] if self.answers > 1 else features[:, -1]
        return self.readout(self.norm(asked))


class CausalConvolution(nn.Conv1d):
    """Each feature's weighted sum of its last `steps` steps: (batch, T, size) to the same shape."""

    def __init__(self, size: int, steps: int) -> None:
        super().__init__(size, size, steps, groups=size, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Zeros stand for the steps before the first."""
        before = self.kernel_size[0] - 1
        return conv1d(pad(x.mT, (before, 0)), self.weight, groups=self.groups).mT


def unit(x: torch.Tensor) -> torch.Tensor:
    """Vectors of length 1; near zero, where the gradient of that would be unbounded, shorter."""
    return x * torch.rsqrt(x.square().sum(dim=-1, keepdim=True) + 1e-6)


def delta_rule(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    beta: torch.Tensor,
    log_decay: torch.Tensor,
) -> torch.Tensor:
    """o_t = S_t q_t with S_t = α_t S_{t−1} (I − β_t k_t k_tᵀ) + β_t v_t k_tᵀ, from S_0 = 0.

    Computed in chunks (Yang et al., 2024; with the decay, Yang, Kautz & Hatamizadeh, 2024). In a
    chunk that starts with the state S, the decay up to its step t is γ_t = α_1 ⋯ α_t, and the state
    after step t is γ_t S + Σ_{i ≤ t} γ_t / γ_i u_i k_iᵀ. What step t writes is therefore

        u_t = β_t (v_t − γ_t S k_t − Σ_{i < t} γ_t / γ_i (k_iᵀ k_t) u_i),

    a triangular system of equations for all u_t of the chunk. It is linear in S, so that all chunks
    are solved at once (the UT transform), and only S is handed on from chunk to chunk. States are
    transposed here: keys by values.

    Args:
        query: q, shape (batch, heads, steps, keys).
        key: k, of the same shape.
        value: v, shape (batch, heads, steps, values).
        beta: β, shape (batch, heads, steps).
        log_decay: the logarithm of α, at most 0, of a shape that broadcasts to that of β.

    Returns:
        o, of the shape of `value`.
    """
    steps = query.shape[2]
    number = math.ceil(steps / CHUNK)
    size = math.ceil(steps / number)  # as even as possible: what is missing is filled with zeros

    def chunks(x: torch.Tensor) -> torch.Tensor:
        return pad(x, (0, 0, 0, number * size - steps)).unflatten(2, (number, size))

    q, k, v = chunks(query), chunks(key), chunks(value)
    strength, decay = chunks(beta.unsqueeze(-1)), chunks(log_decay.unsqueeze(-1)).cumsum(dim=-2)
    since_start, to_end = decay.exp(), (decay[..., -1:, :] - decay).exp()
    later = torch.ones(size, size, dtype=torch.bool, device=query.device).triu(1)
    between = (decay - decay.mT).masked_fill(later, -math.inf).exp()  # γ_t / γ_i, 0 for i > t
    written = torch.linalg.solve_triangular(
        strength * (k @ k.mT) * between,  # of it only what is below the diagonal is read
        strength * torch.cat([v, since_start * k], dim=-1),
        upper=False,
        unitriangular=True,
    )
    from_values, from_state = written.split([v.shape[-1], k.shape[-1]], dim=-1)
    whole, within = since_start[..., -1:, :], (q @ k.mT) * between
    of_chunks = (since_start * q, to_end * k, from_values, from_state, whole, within)
    state, read = q.new_zeros(*q.shape[:2], k.shape[-1], v.shape[-1]), []
    for q, k, new, old, kept, own in zip(*(x.unbind(2) for x in of_chunks), strict=True):
        wrote = new - old @ state
        read.append(q @ state + own @ wrote)
        state = kept * state + k.mT @ wrote
    return torch.cat(read, dim=2)[:, :, :steps]
