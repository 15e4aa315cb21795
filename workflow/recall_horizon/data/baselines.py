"""What a predictor that ignores the sequences scores on targets."""

import numpy as np

from recall_horizon.contract import LossName


def chance_loss(y: np.ndarray, loss: LossName, stated: float) -> float:
    """The loss that a score of 0 stands for.

    Of numbers the variance of the targets, which makes the score R²; of classes the chance level
    that the task states.

    Args:
        y: the targets that are scored, as `contract.Task.draw` gives them.
        loss: how they are scored.
        stated: the chance level of the task.
    """
    if loss == "cross_entropy":
        return stated
    return float(np.mean([numbers.var() for numbers in _numbers(y)]))


def constant_loss(y: np.ndarray, seen: np.ndarray, loss: LossName, outputs: int) -> float:
    """The loss on targets `y` of the constant that was best on the targets `seen`.

    It is their mean, or of classes how often each occurred, for each number or answer on its own.
    """
    if loss == "cross_entropy":
        losses = []
        for answers, known in zip(_numbers(y), _numbers(seen), strict=True):
            counts = np.bincount(known, minlength=outputs)
            with np.errstate(divide="ignore"):
                losses.append(-np.log(counts[answers] / len(known)).mean())
        return float(np.mean(losses))
    pairs = zip(_numbers(y), _numbers(seen), strict=True)
    return float(np.mean([((numbers - known.mean()) ** 2).mean() for numbers, known in pairs]))


def standard_error(y: np.ndarray, loss: LossName) -> float:
    """The standard error of `chance_loss` over targets like these; 0 of classes."""
    if loss == "cross_entropy":
        return 0.0
    apart = [(numbers - numbers.mean()) ** 2 for numbers in _numbers(y)]
    return float(np.mean(apart, axis=0).std() / len(y) ** 0.5)


def _numbers(y: np.ndarray) -> list[np.ndarray]:
    """Each number of an answer on its own, of shape (n,): in float64, classes as they are."""
    exact = y if y.dtype.kind == "i" else y.astype(np.float64)
    return list(np.ascontiguousarray(exact.reshape(len(y), -1).T))
