"""Attention with one query, at the cost of one query."""

import torch
from torch import nn


class SingleQueryAttention(nn.Module):
    """Scaled dot-product attention (Vaswani et al., 2017, §3.2.1) of one query over a sequence.

    One vector asks and every element answers with a key and a value:
    softmax(q Kᵀ / √size) V with q = W_q a, K = W_k E, V = W_v E + b_v. With a single query the
    products can be taken in another order, (W_kᵀ q) against the elements and W_v after the
    mixture, which gives the same without a key and a value for each element. A bias of the keys
    would add the same to every score, and so change nothing: there is none.

    Args:
        size: features of the asking vector and of the elements, of queries, keys and values.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.query = nn.Linear(size, size)
        self.key = nn.Linear(size, size, bias=False)
        self.value = nn.Linear(size, size)

    def forward(self, asking: torch.Tensor, elements: torch.Tensor) -> torch.Tensor:
        """What (batch, size) is told by (batch, T, size): shape (batch, size)."""
        query = self.query(asking) @ self.key.weight / self.key.out_features**0.5
        scores = elements @ query.unsqueeze(-1)
        mixture = scores.softmax(dim=1).transpose(1, 2) @ elements
        return self.value(mixture.squeeze(1))
