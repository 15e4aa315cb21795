"""What a model is, told by building it: its parameters, and whether it is recurrent."""

import pkgutil
from typing import Any

from torch import nn

from recall_horizon.models._recurrent import Recurrent


def facts(architecture: str, options: dict[str, Any], length: int) -> dict[str, Any]:
    """`parameters`, the numbers that training can change, and `recurrent`.

    A model is recurrent if it is one of `models._recurrent`: all that it knows of the sequence has
    gone through a recurrent state. With attention beside it, it reaches every element directly.

    Args:
        architecture: the model's class, as `module:ClassName`.
        options: its constructor's.
        length: T.
    """
    model: nn.Module = pkgutil.resolve_name(architecture)(length, **options)
    return {
        "architecture": architecture.rpartition(":")[2],
        "parameters": sum(p.numel() for p in model.parameters() if p.requires_grad),
        "recurrent": isinstance(model, Recurrent),
    }
