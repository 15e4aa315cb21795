"""Where nested settings differ: their leaves, by the keys that lead to each."""

import json
from collections.abc import Mapping
from typing import Any


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """The values in nested settings that are no settings themselves, by their paths:
    `{"training.learning_rate": 0.01}`. An empty section has none.

    Args:
        value: the settings, or a value.
        path: where they are.
    """
    if not isinstance(value, Mapping):
        return {path: value}
    inside = ((f"{path}.{key}" if path else key, inner) for key, inner in value.items())
    return {at: leaf for key, inner in inside for at, leaf in leaves(inner, key).items()}


def texts(settings: Mapping[str, Any]) -> dict[str, str]:
    """`settings` with each value as a configuration writes it."""
    return {key: text(value) for key, value in settings.items()}


def text(value: Any) -> str:
    """`value` as a configuration writes it; `...` means that it is not set."""
    if value is ...:
        return "unset"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def differing(*sides: Mapping[str, Any], unset: Any = ...) -> dict[str, list[Any]]:
    """The keys in which sides differ, with the value of each side; `unset` where it has none."""
    keys = dict.fromkeys(key for side in sides for key in side)
    values = {key: [side.get(key, unset) for side in sides] for key in keys}
    return {key: each for key, each in values.items() if any(v != each[0] for v in each)}
