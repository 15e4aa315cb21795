"""Independent random streams, keyed by their purpose.

Every random number of the project comes from a `numpy.random.SeedSequence` whose spawn key names
its stream and its place, so streams never overlap and no seed is computed from another one
(https://numpy.org/doc/stable/reference/random/parallel.html).
"""

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What a stream is for. The values are part of every result: never reuse one."""

    POOL = 0
    TEST = 1
    SUBSET = 2
    WEIGHTS = 3
    BATCHES = 4
    BOOTSTRAP = 5
    HORIZON = 6
    CONTROLS = 7
    VERIFICATION = 8
    VALIDATION = 9
    SEARCH = 10  # followed by the stream that a search has of its own
    SELECTION = 11
    CURRICULUM = 12


def generator(seed: int, stream: Stream, *place: int) -> np.random.Generator:
    """A generator for `stream` at `place`, for example (length, replicate)."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(stream, *place)))


def torch_seed(seed: int, stream: Stream, *place: int) -> int:
    """A 64-bit seed for `torch.manual_seed`, for `stream` at `place`."""
    sequence = np.random.SeedSequence(seed, spawn_key=(stream, *place))
    return int(sequence.generate_state(1, np.uint64)[0])
