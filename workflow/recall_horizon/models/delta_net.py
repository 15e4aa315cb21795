"""The delta network: a matrix as memory, in which a value replaces the old one of its key."""

from pydantic import NonNegativeInt, PositiveInt

from recall_horizon.contract import Shape
from recall_horizon.models._delta import DeltaRule, DeltaRuleNetwork


class DeltaNet(DeltaRuleNetwork):
    """Linear attention with the delta rule (Schlag, Irie & Schmidhuber, 2021; Yang et al., 2024,
    "Parallelizing Linear Transformers with the Delta Rule over Sequence Length").

    A linear layer to `hidden_size` features, then blocks, x + mixer(norm(x)), a norm and a linear
    read-out. Each head of a mixer has a matrix as its memory, from zero:

        S_t = S_{t−1} (I − β_t k_t k_tᵀ) + β_t v_t k_tᵀ,    o_t = S_t q_t.

    S_{t−1} k_t is what the memory holds under the key k_t, and the share β_t = σ(w x_t) of it is
    replaced by the value v_t. Queries, keys and values are SiLU(convolution(W x)), with queries and
    keys normalised to length 1. Each head's o_t passes through an RMS norm and a linear layer. The
    authors' networks also have a feed-forward network in each block, which is left out here.

    Its state is the matrix of each head, hidden_size²/heads numbers for each block, and the inputs
    that its convolution still reads: 3·hidden_size for each of `convolution` − 1 steps.

    Args:
        shape: what it is built for; the network is the same for any number of steps.
        hidden_size: features between the blocks; a multiple of `heads`.
        heads: memories of a block.
        layers: blocks.
        convolution: steps that the convolution of queries, keys and values reads; 0 for none.
        negative_eigenvalues: whether β_t is 2 σ(w x_t), so that the eigenvalues of I − β k kᵀ are
            between −1 and 1 instead of 0 and 1 (Grazzi et al., 2024).
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
        super().__init__(shape, hidden_size, [DeltaRule(*options) for _ in range(layers)])
