"""What tasks and models agree on: the shape of a question, and what a model can see of it.

Tasks and models know neither each other nor the rest of the package, only this.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

import numpy as np

# How answers are scored: numbers by their mean squared error, classes by their cross-entropy.
LossName = Literal["mse", "cross_entropy"]

# The class of an answer that a task does not ask for, among those that it does. It is the number
# that PyTorch's cross-entropy leaves out.
NOT_ASKED = -100


class Words(NamedTuple):
    """What people call a loss, in full and in short, the score 1 − loss / chance, and answering
    without knowledge of the sequence.
    """

    loss: str
    short: str
    score: str
    chance: str


WORDS: dict[LossName, Words] = {
    "mse": Words("mean squared error", "MSE", "R²", "predicting the mean"),
    "cross_entropy": Words("cross-entropy", "cross-entropy", "skill", "guessing"),
}


def words(
    loss: LossName, target: str = "its target", length: str = "sequence length"
) -> dict[str, str]:
    """The words of a task for figures and text: those of its loss, by their names in `Words`;
    `target`, what is to be recalled; `first`, the first step of a sequence; `length`, what a length
    is one of.
    """
    first = "the first element" if target == "the first element" else "the first step"
    return {**WORDS[loss]._asdict(), "target": target, "first": first, "length": length}


@dataclass(frozen=True)
class Shape:
    """The shape of a task: what a model is built for.

    Sequences have shape (batch, steps, features). The last `answers` steps are answered, each with
    `outputs` numbers: a prediction has shape (batch, outputs) where one answer is asked, otherwise
    (batch, answers, outputs). Of classes, `outputs` is how many there are.

    `steps` is that of the longest sequences that the model is trained on: learned positions, the
    levels of a TCN and T_max of chrono initialisation follow from it. A model is also given
    sequences of fewer or more steps, never fewer than `answers`, and answers at the last steps of
    what it is given. One that cannot read so many steps raises a ValueError.
    """

    steps: int
    features: int = 1
    outputs: int = 1
    answers: int = 1

    def of_predictions(self, number: int) -> tuple[int, ...]:
        """The shape of a prediction for `number` sequences."""
        return (number, self.outputs) if self.answers == 1 else (number, self.answers, self.outputs)


@dataclass(frozen=True)
class View:
    """What a model can see of a sequence of any length, regardless of its weights.

    `last`: for each answer only so many steps, ending with the one that is answered; None is all.
    The number does not depend on the length: of a sequence of at most so many steps it sees all.
    `order`: which elements it can tell apart by their places: `all` of them, the `last` from the
    others, or `none`, if it adds up what it computes of each element on its own.
    `time_invariant`: its answer is an affine function of the elements, in which the weight of an
    element depends on its distance to the end alone; only the constant may depend on the length.
    `rank`: all numbers of an answer are affine functions of so many numbers; None is any.
    """

    last: int | None = None
    order: Literal["all", "last", "none"] = "all"
    time_invariant: bool = False
    rank: int | None = None

    def limits(self, steps: int) -> bool:
        """Whether it limits what a model can make of a sequence of so many steps."""
        short = self.last is not None and self.last < steps
        return short or self.order != "all" or self.time_invariant


class Task(Protocol):
    """A task at one length; its class is built with the length and the task's options.

    `target` is what is to be recalled, in words; a task may also say what its lengths count, if
    they are not those of the sequences: `counts`, and which scores mean something at its length:
    `levels`, {in words: score}. `shape` is what is asked of a model; `loss` how answers are scored,
    and `chance` the loss of the best predictor that ignores the sequence, exactly.

    It may also have a method `mean_ceiling(view, lengths) -> float | None`: the best mean score
    over all of the lengths of any one model with this view; None where it is not known exactly.
    """

    target: str
    shape: Shape
    loss: LossName
    chance: float

    def draw(self, rng: np.random.Generator, number: int) -> tuple[np.ndarray, np.ndarray]:
        """`number` sequences and their targets.

        Returns:
            x of shape (number, steps, features), float32, and y: numbers, float32, of the shape of
            a prediction; or classes from 0 on, int64, of shape (number, answers), where some may be
            `NOT_ASKED`, as many of every sequence.
        """

    def ceiling(self, view: View) -> float | None:
        """The best score of any model with this view at this length alone; None where it is not
        known exactly.
        """
