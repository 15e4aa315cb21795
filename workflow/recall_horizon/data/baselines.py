"""What a predictor that ignores the sequences scores on targets."""

import numpy as np

from recall_horizon.contract import NOT_ASKED, LossName


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

    It is their mean, or of classes how often each occurred, for each number or answer on its own:
    counted half a time more, so that one which `seen` lacks is rare, and not impossible
    (Krichevsky & Trofimov, 1981).
    """
    if loss == "cross_entropy":
        losses, shares = [], []
        for answers, known in zip(_numbers(y), _numbers(seen), strict=True):
            counts = np.bincount(known[known != NOT_ASKED], minlength=outputs) + 0.5
            asked = answers[answers != NOT_ASKED]
            if len(asked):
                losses.append(-np.log(counts[asked] / counts.sum()).mean())
                shares.append(len(asked) / len(answers))
        return float(np.average(losses, weights=shares))
    pairs = zip(_numbers(y), _numbers(seen), strict=True)
    return float(np.mean([((numbers - known.mean()) ** 2).mean() for numbers, known in pairs]))


def chance_losses(y: np.ndarray, loss: LossName, stated: float) -> np.ndarray:
    """What each sequence adds to `chance_loss`, which is their mean: shape (n,), float64."""
    if loss == "cross_entropy":
        return np.full(len(y), stated)
    apart = [(numbers - numbers.mean()) ** 2 for numbers in _numbers(y)]
    return np.mean(apart, axis=0)


def score_error(losses: np.ndarray, chance: np.ndarray) -> float:
    """The standard error of a score, 1 − loss / chance, over sequences like these.

    The score is one minus a ratio of two means over the same sequences, whose error is that of the
    mean of loss − ratio · chance, relative to the mean of chance (the delta method).

    Args:
        losses: the loss of each sequence, shape (n,).
        chance: what each adds to the chance level, by `chance_losses`, shape (n,).

    Returns:
        NaN of one sequence, or where a loss is not finite.
    """
    if len(losses) < 2 or not np.isfinite(losses).all():
        return float("nan")
    apart = losses - losses.mean() / chance.mean() * chance
    return float(apart.std(ddof=1) / chance.mean() / np.sqrt(len(losses)))


def standard_error(y: np.ndarray, loss: LossName) -> float:
    """The standard error of `chance_loss` over targets like these: 0 of classes, NaN of two
    targets, which are as far from their mean as each other."""
    if loss == "cross_entropy":
        return 0.0
    if len(y) <= 2:
        return float("nan")
    apart = [(numbers - numbers.mean()) ** 2 for numbers in _numbers(y)]
    return float(np.mean(apart, axis=0).std() / len(y) ** 0.5)


def _numbers(y: np.ndarray) -> list[np.ndarray]:
    """Each number of an answer on its own, of shape (n,): in float64, classes as they are."""
    exact = y if y.dtype.kind == "i" else y.astype(np.float64)
    return list(np.ascontiguousarray(exact.reshape(len(y), -1).T))
