"""What figures and text show of a study: its models, and what its task asks in words."""

from collections.abc import Mapping
from dataclasses import asdict
from itertools import cycle
from typing import Any

from recall_horizon import contract
from recall_horizon.code import catalogue
from recall_horizon.config.look import Look
from recall_horizon.config.partners import partners
from recall_horizon.config.study import Study

# Okabe & Ito's colours (2008), which colour-blind readers can distinguish, except yellow, which
# is too pale for lines; then darker shades of them. Models without a colour take the next.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#1A1A1A")
PALETTE += ("#00466E", "#8A3D00", "#00614A", "#8C4A70", "#8F6300")

Levels = dict[str, float | dict[int, float]]


def look_of(
    study: Study, words: dict[str, str] | None = None, levels: Levels | None = None
) -> Look:
    """What figures and text show of the configuration: its models, and its task's `words` and
    `levels`, which come from the task's code if they are not given."""
    shown = {name: study.model_zoo[name] for name in study.models}
    free = cycle([c for c in PALETTE if c not in {e.colour for e in shown.values()}] or PALETTE)
    return Look(
        headline=study.headline_model,
        models=study.models,
        labels={name: entry.label or name for name, entry in shown.items()},
        colours={name: entry.colour or next(free) for name, entry in shown.items()},
        controls=[name for name, entry in shown.items() if entry.control],
        confidence=study.analysis.confidence,
        words=words_of(study) if words is None else words,
        levels=levels_of(study) if levels is None else _by_number(levels),
        partners=partners(shown, {name: study.training_of(name) for name in shown}),
    )


def question_of(study: Study) -> str:
    """What the task asks, for someone who has not heard of it."""
    about, question = catalogue.about("task", study.task.name)
    reads = "A network reads a sequence, one element after the other."
    return question or (f"{reads} Its task: {about}" if about else reads)


def asked(study: Study) -> dict[str, Any]:
    """What the task asks, in words and shapes: what reading a finished study needs of it."""
    shapes = {str(length): asdict(study.task_at(length).shape) for length in study.lengths}
    return {
        "question": question_of(study),
        "words": words_of(study),
        "levels": levels_of(study),
        "shapes": shapes,
    }


def _by_number(levels: Mapping[str, Any]) -> Levels:
    """Levels as JSON has them, where lengths are text."""
    return {
        name: {int(length): score for length, score in at.items()} if isinstance(at, dict) else at
        for name, at in levels.items()
    }


def levels_of(study: Study) -> Levels:
    """The scores of the task that mean something, by what they mean: one, or one a length."""
    at = {length: getattr(study.task_at(length), "levels", {}) for length in study.lengths}
    named = {
        name: {length: found[name] for length, found in at.items()} for name in at[study.lengths[0]]
    }
    return {
        name: by_length if len(set(by_length.values())) > 1 else min(by_length.values())
        for name, by_length in named.items()
    }


def words_of(study: Study) -> dict[str, str]:
    """What figures and text call the loss, the score, and what the task is about."""
    task = study.task_at(study.lengths[0])
    named = {"target": getattr(task, "target", None), "length": getattr(task, "counts", None)}
    return contract.words(task.loss, **{key: word for key, word in named.items() if word})
