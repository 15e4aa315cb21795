"""Which models are the same network, trained on one length each or on all at once."""

from collections.abc import Mapping

from recall_horizon.config.study import ModelEntry
from recall_horizon.config.training import Training

# What may differ between partners and decides nothing that they are compared by.
BESIDES = {"curriculum", "grow_below", "evaluate_at", "device"}


def partners(entries: Mapping[str, ModelEntry], training: Mapping[str, Training]) -> dict[str, str]:
    """For each model that is trained on all lengths, the same network trained on one length each.

    That is a model with the same architecture, options and size. Of several, it is the one whose
    training differs in the fewest keys, then the first; a model has one partner for each
    curriculum. A model is left out if there is no other, or another's training is nearer to it.

    Args:
        entries: the study's models, in their order.
        training: how each is trained.
    """
    alone = [name for name in entries if training[name].curriculum == "none"]
    pairs = [
        (_apart(training[name], training[other]), name, other)
        for name in entries
        for other in alone
        if name not in alone and _network(entries[name]) == _network(entries[other])
    ]
    found: dict[str, str] = {}
    taken = set()
    for _, name, other in sorted(pairs, key=lambda pair: pair[0]):  # keeps the order of equals
        place = (training[name].curriculum, other)
        if name not in found and place not in taken:
            found[name] = other
            taken.add(place)
    return found


def _network(entry: ModelEntry) -> dict:
    return entry.model_dump(include={"architecture", "options", "match"})


def _apart(one: Training, other: Training) -> int:
    """In how many keys two models are trained differently, beside their curricula."""
    here, there = one.model_dump(exclude=BESIDES), other.model_dump(exclude=BESIDES)
    return sum(here[key] != there[key] for key in here)
