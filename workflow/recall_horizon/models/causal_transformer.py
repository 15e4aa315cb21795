"""The causal Transformer: layers of attention in which each element sees those before it."""

from typing import Literal

import torch
from pydantic import PositiveInt
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import scaled_dot_product_attention

from recall_horizon.contract import Shape, View
from recall_horizon.models._positions import PositionalEncoding, view

# The third kind, which is memory-efficient, is not deterministic on a GPU.
DETERMINISTIC = [SDPBackend.FLASH_ATTENTION, SDPBackend.MATH]


class CausalTransformer(nn.Module):
    """A decoder-only Transformer (Vaswani et al., 2017), norms first (Radford et al., 2019).

    A layer is x + attention(norm(x)), then x + feedforward(norm(x)); after the last there is a norm
    and a linear read-out. In each head, of d = hidden_size / heads features, step t attends to
    itself and the steps before it: Σ_{i ≤ t} a_ti v_i with a_ti proportional to exp(q_tᵀ k_i / √d).
    The feed-forward network is W₂ GELU(W₁ x + b₁) + b₂.

    With two layers, the first can write each element's predecessor beside it, and the second can
    look for what followed an earlier occurrence: the induction heads (Olsson et al., 2022) that
    solve associative recall (Arora et al., 2023). The last layer computes no more queries than
    steps are answered.

    Each answer is that for the sequence that ends with its step. A single layer without positions
    tells apart only that step from those before it, which it adds up regardless of their order. A
    second layer without positions receives from the first, at each step, what depends on the steps
    up to it alone, and so can tell places apart (Haviv et al., 2022).

    The weights of the embedding and learned positions start from N(0, 1), as `nn.Embedding` does.
    Where they start as small as in the other architectures, two layers find the predecessors late:
    of associative recall they only learn which values occurred, for thousands of steps.

    Its state is the keys and values of all steps in each layer: 2·T·hidden_size numbers a layer.

    Args:
        shape: what it is built for; of learned positions there are as many as it has steps.
        hidden_size: features between the layers; a multiple of `heads`.
        heads: attention heads of a layer.
        feedforward_size: units of a feed-forward network.
        layers: how many.
        positions: how positions are encoded: learned, sinusoidal or none.
    """

    def __init__(
        self,
        shape: Shape,
        hidden_size: PositiveInt = 32,
        heads: PositiveInt = 4,
        feedforward_size: PositiveInt = 64,
        layers: PositiveInt = 2,
        positions: Literal["learned", "sinusoidal", "none"] = "learned",
    ) -> None:
        if hidden_size % heads:
            raise ValueError(f"hidden_size ({hidden_size}) should be a multiple of heads ({heads})")
        super().__init__()
        self.answers = shape.answers
        self.state_size = 2 * shape.steps * hidden_size * layers
        self.view = view(positions) if layers == 1 else View()
        self.embedding = nn.Linear(shape.features, hidden_size)
        self.positions = PositionalEncoding(positions, shape.steps, hidden_size)
        nn.init.normal_(self.embedding.weight)
        if positions == "learned":
            nn.init.normal_(self.positions.vectors)
        self.layers = nn.ModuleList(
            Layer(hidden_size, heads, feedforward_size) for _ in range(layers)
        )
        self.norm = nn.LayerNorm(hidden_size)
        self.readout = nn.Linear(hidden_size, shape.outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Predictions for sequences: `Shape` has their shapes."""
        elements = self.positions(self.embedding(x))
        *earlier, last = self.layers
        for layer in earlier:
            elements = layer(elements, x.shape[1])
        answers = self.readout(self.norm(last(elements, self.answers)))
        return answers if self.answers > 1 else answers[:, 0]


class Layer(nn.Module):
    """Causal self-attention and a feed-forward network, each with a norm before it."""

    def __init__(self, size: int, heads: int, feedforward_size: int) -> None:
        super().__init__()
        self.of_heads = (heads, -1)
        self.attention_norm = nn.LayerNorm(size)
        self.query = nn.Linear(size, size)
        self.key = nn.Linear(size, size)
        self.value = nn.Linear(size, size)
        self.output = nn.Linear(size, size)
        self.feedforward_norm = nn.LayerNorm(size)
        self.feedforward = nn.Sequential(
            nn.Linear(size, feedforward_size), nn.GELU(), nn.Linear(feedforward_size, size)
        )

    def forward(self, x: torch.Tensor, asked: int) -> torch.Tensor:
        """Features of the last `asked` steps: (batch, T, size) to (batch, asked, size)."""
        normed, steps = self.attention_norm(x), x.shape[1]
        inputs = (self.query, normed[:, -asked:]), (self.key, normed), (self.value, normed)
        query, key, value = (
            project(seen).unflatten(2, self.of_heads).transpose(1, 2) for project, seen in inputs
        )
        mask = torch.ones(asked, steps, dtype=torch.bool, device=x.device).tril(steps - asked)
        with sdpa_kernel(DETERMINISTIC):
            attended = scaled_dot_product_attention(query, key, value, mask)
        x = x[:, -asked:] + self.output(attended.transpose(1, 2).flatten(2))
        return x + self.feedforward(self.feedforward_norm(x))
