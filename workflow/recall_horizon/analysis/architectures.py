"""Facts about a model, found by building it: its size, and what is known in advance."""

import inspect
import pkgutil
from typing import Any

from torch import nn

from recall_horizon.training.width import parameters


def facts(
    architecture: str, options: dict[str, Any], length: int, task: str, width: str | None = None
) -> dict[str, Any]:
    """Columns of the models table.

    `width`, its hidden units or features; `parameters`, the numbers that training can change;
    `state`, how many numbers it keeps of what it has read: those carried from one step to the next
    and those read at the end, None if its class does not say; `recurrent`, whether the model sees
    the sequence only through a recurrent state (with attention it would reach every element
    directly); `r2_ceiling`, the largest R² that it can reach on the task, None if no exact limit is
    known; `reaches_ceiling`, whether little training is enough to reach it.

    Args:
        architecture: the model's class, as `module:ClassName`.
        options: the options of its constructor.
        length: T.
        task: the task's name.
        width: which of the options is its width; None if none is.
    """
    network = pkgutil.resolve_name(architecture)
    model: nn.Module = network(length, **options)
    return {
        "architecture": architecture.rpartition(":")[2],
        "width": options.get(width, _default(network, width)),
        "parameters": parameters(model),
        "state": getattr(model, "state_size", None),
        "recurrent": getattr(model, "recurrent", False),
        "r2_ceiling": getattr(model, "r2_ceiling", {}).get(task),
        "reaches_ceiling": getattr(model, "reaches_ceiling", False),
    }


def _default(network: type[nn.Module], option: str | None) -> int | None:
    """The value that an option has where it is not given; None where the class does not say."""
    parameter = inspect.signature(network).parameters.get(option or "")
    return parameter.default if parameter and isinstance(parameter.default, int) else None
