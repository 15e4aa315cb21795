"""Attention with one query, at the cost of one query."""

from typing import Self

import torch
from torch import nn
from torch.nn.functional import linear


class SingleQueryAttention(nn.Module):
    """Multi-head attention (Vaswani et al., 2017, §3.2) of one query over a sequence.

    One vector a gives the query, and each element E_t a key and a value, separately in each head:
    softmax(q Kᵀ / √d) V with q = W_q a + b_q, K = E W_kᵀ, V = E W_vᵀ + b_v, where a head has
    d = size / heads rows of each weight. With a single query the products can be taken in another
    order: W_kᵀ q against the elements, and W_v after the weighted sum. The result is the same, but
    no key and no value is computed for each element. A bias of the keys would add the same number
    to all scores of a head and change nothing, so there is none.

    The heads' outputs are concatenated. Only `from_torch` adds the output projection of §3.2.2.

    Args:
        size: features of the vector a and of the elements; of queries, keys and values, all heads
            together.
        heads: attention heads; a divisor of `size`.
    """

    def __init__(self, size: int, heads: int = 1) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(size, size)
        self.key = nn.Linear(size, size, bias=False)
        self.value = nn.Linear(size, size)
        self.output = nn.Identity()

    @classmethod
    def from_torch(cls, layer: nn.MultiheadAttention) -> Self:
        """The same function as `layer`, for one query and without dropout; its weights are copied.

        Draws nothing from torch's generator.
        """
        with torch.random.fork_rng(devices=[]):
            attention = cls(layer.embed_dim, layer.num_heads)
            attention.output = nn.Linear(layer.embed_dim, layer.embed_dim)
        query, key, value = layer.in_proj_weight.chunk(3)
        query_bias, _, value_bias = layer.in_proj_bias.chunk(3)
        attention.load_state_dict(
            {
                "query.weight": query,
                "query.bias": query_bias,
                "key.weight": key,
                "value.weight": value,
                "value.bias": value_bias,
                "output.weight": layer.out_proj.weight,
                "output.bias": layer.out_proj.bias,
            }
        )
        return attention

    def forward(self, asking: torch.Tensor, elements: torch.Tensor) -> torch.Tensor:
        """Attend from `asking`, (batch, size), to `elements`, (batch, T, size): (batch, size)."""
        of_heads = (self.heads, -1)
        query = self.query(asking).unflatten(1, of_heads)  # (batch, heads, d)
        key = self.key.weight.unflatten(0, of_heads)  # (heads, d, size)
        # Head by head, not as one einsum, which rounds differently and is no faster.
        folded = [q @ k / len(k) ** 0.5 for q, k in zip(query.unbind(1), key, strict=True)]
        scores = elements @ torch.stack(folded, dim=2)  # (batch, T, heads)
        mixtures = scores.softmax(dim=1).transpose(1, 2) @ elements  # (batch, heads, size)
        weight, bias = (p.unflatten(0, of_heads) for p in (self.value.weight, self.value.bias))
        answers = list(map(linear, mixtures.unbind(1), weight, bias))
        return self.output(torch.cat(answers, dim=1))
