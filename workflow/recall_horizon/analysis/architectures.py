"""Facts about a model, found by building it: its parameters, and what is known in advance."""

import pkgutil
from typing import Any

from torch import nn


def facts(architecture: str, options: dict[str, Any], length: int, task: str) -> dict[str, Any]:
    """Columns of the models table.

    `parameters`, the numbers that training can change; `recurrent`, whether the model sees the
    sequence only through a recurrent state (with attention it would reach every element directly);
    `r2_ceiling`, the largest R² that it can reach on the task, None if no exact limit is known;
    `reaches_ceiling`, whether little training is enough to reach it.

    Args:
        architecture: the model's class, as `module:ClassName`.
        options: the options of its constructor.
        length: T.
        task: the task's name.
    """
    model: nn.Module = pkgutil.resolve_name(architecture)(length, **options)
    return {
        "architecture": architecture.rpartition(":")[2],
        "parameters": sum(p.numel() for p in model.parameters() if p.requires_grad),
        "recurrent": getattr(model, "recurrent", False),
        "r2_ceiling": getattr(model, "r2_ceiling", {}).get(task),
        "reaches_ceiling": getattr(model, "reaches_ceiling", False),
    }
