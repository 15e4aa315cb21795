"""A model's width, solved so that the model has a given number of parameters."""

import logging
import pkgutil
from functools import cache
from typing import Any, NamedTuple

import torch
from torch import nn

from recall_horizon.config.training import Matched, TrainingSpec
from recall_horizon.errors import RecallHorizonError

log = logging.getLogger(__name__)

# Widths that are tried one after the other for one that the architecture accepts, such as a
# multiple of its attention heads.
TRIED = 256


class Built(NamedTuple):
    """A width that the architecture accepts, and the parameters that it then has."""

    width: int
    parameters: int


def parameters(model: nn.Module) -> int:
    """The numbers that training can change."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def resolved(spec: TrainingSpec) -> TrainingSpec:
    """`spec` with the model's width among its options.

    Raises:
        RecallHorizonError: no width fits.
    """
    return spec.model_copy(
        update={"options": with_width(spec.architecture, spec.options, spec.matched)}
    )


def with_width(
    architecture: str, options: dict[str, Any], matched: Matched | None
) -> dict[str, Any]:
    """`options` with the width that `matched` asks for; unchanged if they name it already.

    Args:
        architecture: the model's class, as `module:ClassName`.
        options: its constructor's.
        matched: what the width is solved from; None if the options decide it.

    Raises:
        RecallHorizonError: no width comes near enough to the parameters asked for; the message has
            the nearest two.
    """
    if matched is None or matched.option in options:
        return options
    found = _solve(architecture, options, matched)
    log.info("%s = %d gives %d parameters", matched.option, found.width, found.parameters)
    return {**options, matched.option: found.width}


def _solve(architecture: str, options: dict[str, Any], matched: Matched) -> Built:
    """The width whose model comes nearest, by bisection: a wider model has more parameters.

    Models are built on torch's meta device, where they have shapes and no numbers.
    """
    network = pkgutil.resolve_name(architecture)
    name, wanted = architecture.rpartition(":")[2], matched.parameters

    @cache
    def at_least(width: int) -> Built:
        """The narrowest model that is built with `width` or more."""
        refused: Exception | None = None
        for candidate in range(width, width + TRIED):
            try:
                with torch.device("meta"):
                    model = network(matched.shape, **{**options, matched.option: candidate})
            except Exception as error:  # however a constructor says that it takes another width
                refused = error
            else:
                return Built(candidate, parameters(model))
        raise RecallHorizonError(
            f"{name} cannot be built on torch's meta device with any {matched.option} from "
            f"{width} to {width + TRIED - 1}: {refused}."
        ) from refused

    below, above = 0, 1
    while at_least(above).parameters < wanted:
        if above > wanted:  # a wider model would have had another parameter for each unit
            raise RecallHorizonError(
                f"{matched.option} does not decide how many parameters {name} has: "
                f"{at_least(above).parameters:,} at {above:,}."
            )
        below, above = above, 2 * above
    while above - below > 1:
        middle = (below + above) // 2
        if at_least(middle).parameters < wanted:
            below = middle
        else:
            above = middle
    nearest = [at_least(width) for width in (below, above) if width]
    best = min(nearest, key=lambda built: abs(built.parameters - wanted))
    if abs(best.parameters - wanted) > matched.tolerance * wanted:
        offered = " and ".join(f"{built.width} ({built.parameters:,})" for built in nearest)
        raise RecallHorizonError(
            f"no {matched.option} gives {name} {wanted:,} parameters to within "
            f"{matched.tolerance:.0%} of sequences of {matched.shape.steps} steps; the nearest: "
            f"{offered}. "
            "Match the parameters of one of these, or give the width."
        )
    return best
