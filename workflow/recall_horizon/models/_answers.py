"""The last steps of a sequence, each of which is answered."""

from collections.abc import Callable

import torch


def at_each(
    states: torch.Tensor, answers: int, predict: Callable[[torch.Tensor], torch.Tensor]
) -> torch.Tensor:
    """`predict` of each of the last `answers` states, one at a time.

    Args:
        states: shape (batch, steps, size).
        answers: how many of the last steps are answered.
        predict: maps a state of shape (batch, size) to (batch, outputs).

    Returns:
        Shape (batch, answers, outputs); of one answer (batch, outputs).
    """
    predictions = [predict(states[:, step]) for step in range(-answers, 0)]
    return predictions[0] if answers == 1 else torch.stack(predictions, dim=1)
