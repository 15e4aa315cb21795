"""Facts about a model, found by building it: its size, and what is known in advance."""

import inspect
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
from torch import nn

from recall_horizon.code import catalogue
from recall_horizon.config.study import Study
from recall_horizon.contract import Task, View
from recall_horizon.training.width import parameters, with_width


def described(study: Study) -> pd.DataFrame:
    """The models table: a row for each model of a study and length, with its `facts`."""
    rows = []
    for name in sorted(study.models):
        entry, lengths = study.model_zoo[name], study.lengths_of(name)
        architecture = catalogue.locate("architecture", entry.architecture)
        # A width is solved once for all lengths.
        options = with_width(architecture, entry.options, study.matched(name))
        tasks = {length: study.task_at(length) for length in lengths}
        curriculum = study.training_of(name).curriculum
        together = tasks if curriculum != "none" else None
        width = catalogue.width(entry.architecture)
        for length in lengths:
            about = {"model": name, "label": entry.label or name, "curriculum": curriculum}
            known = facts(architecture, options, tasks[length], width, together)
            rows.append({**about, "length": length, **known})
    # Whole numbers, also where some of a column are missing.
    return pd.DataFrame(rows).astype({"width": "Int64", "state": "Int64", "mean_ceiling": float})


def facts(
    architecture: str,
    options: dict[str, Any],
    task: Task,
    width: str | None = None,
    together: Mapping[int, Task] | None = None,
) -> dict[str, Any]:
    """Columns of the models table.

    `steps`, how many elements a sequence has; `width`, the model's hidden units or features;
    `parameters`, the numbers that training can change; `state`, how many numbers it keeps of what
    it has read: those carried from one step to the next and those read at the end, None if its
    class does not say; `recurrent`, whether the model sees the sequence only through a recurrent
    state (with attention it would reach every element directly); `score_ceiling`, the best score
    that it can reach on the task, None if no exact limit is known; `reaches_ceiling`, whether
    little training is enough to reach it, at one length; `mean_ceiling`, the best mean score over
    all lengths of one network that is trained on all of them, None if no exact limit is known.

    Args:
        architecture: the model's class, as `module:ClassName`.
        options: the options of its constructor.
        task: what it is to do, at one length.
        width: which of the options is its width; None if none is.
        together: if one network is trained on several lengths: the task at each of them.
    """
    network = pkgutil.resolve_name(architecture)
    longest = together[max(together)] if together else task
    model: nn.Module = network(longest.shape, **options)
    own = network(task.shape, **options) if together else model
    view = _limited(model, task)
    return {
        "steps": task.shape.steps,
        "architecture": architecture.rpartition(":")[2],
        "width": options.get(width, _default(network, width)),
        "parameters": parameters(model),
        # Of attention it grows with what is read, also where one network reads several lengths.
        "state": getattr(own, "state_size", None),
        "recurrent": getattr(model, "recurrent", False),
        "score_ceiling": task.ceiling(view) if view else None,
        "reaches_ceiling": together is None and getattr(model, "reaches_ceiling", False),
        "mean_ceiling": _mean_ceiling(model, task, together) if together else None,
    }


def _limited(model: nn.Module, task: Task) -> View | None:
    """What `model` sees of a sequence of `task`, where that is not everything, where its last layer
    reads fewer numbers than are asked, or where it says what it sees and that it reaches the best
    score.
    """
    view: View = getattr(model, "view", View())
    reaches = view != View() and getattr(model, "reaches_ceiling", False)
    rank = _rank(model, view)
    if task.loss == "mse" and rank is not None and rank < task.shape.outputs:
        return replace(view, rank=rank)
    return view if view.limits(task.shape.steps) or reaches else None


def _rank(model: nn.Module, view: View) -> int | None:
    """How many numbers the last layer of `model` reads, if that is linear. Of a linear recurrence
    that is read at the end no more than its states count: the rank of what reaches them."""
    layer = getattr(model, "readout", None)
    if not isinstance(layer, nn.Linear):
        return None
    states = getattr(model, "state_size", None) if view.time_invariant else None
    return layer.in_features if states is None else min(layer.in_features, states)


def _mean_ceiling(model: nn.Module, task: Task, lengths: Iterable[int]) -> float | None:
    """The best mean score of `model` over `lengths`; None where it sees everything, or the task
    does not know."""
    view, limit = getattr(model, "view", None), getattr(task, "mean_ceiling", None)
    return limit(view, lengths) if limit and view not in (None, View()) else None


def _default(network: type[nn.Module], option: str | None) -> int | None:
    """The value that an option has where it is not given; None where the class does not say."""
    parameter = inspect.signature(network).parameters.get(option or "")
    return parameter.default if parameter and isinstance(parameter.default, int) else None
