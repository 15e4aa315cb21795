"""What a study trained, and on what: whether two studies are the same experiment."""

import json
from collections.abc import Iterator
from typing import Any

# Keys of `training` that do not affect any loss.
NO_MATTER = ("evaluate_at", "device")
# Keys of `dataset` that affect none, unless training settings are selected.
NOT_READ = ("validation",)


def settings(experiment: dict[str, Any], model: str) -> dict[str, Any]:
    """What `model` was trained on, and how: {key: value}, with the keys of the config.

    `experiment` may also be a whole configuration, even from an older version of this project.
    """
    entry = experiment["model_zoo"][model]
    training = {**experiment["training"], **entry.get("training", {})}
    selection = experiment.get("selection") or {}
    return dict(
        [
            *_flat("task", experiment["task"]),
            *_flat(
                "dataset",
                _without(experiment["dataset"], () if selection else NOT_READ),
            ),
            *_flat("training", _without(training, (*NO_MATTER, *selection.get("grid", ())))),
            ("architecture", entry["architecture"].replace("_", "-")),
            *_flat("options", entry.get("options", {})),
            *_flat("selection", selection),
            *_flat("match", entry.get("match") or {}),
        ]
    )


def device(experiment: dict[str, Any], model: str) -> str:
    """The kind of device that `model` was trained on: cpu or cuda."""
    training = {**experiment["training"], **experiment["model_zoo"][model].get("training", {})}
    return training.get("device", "cpu")


def _without(section: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in section.items() if key not in keys}


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key in sorted(value):
            yield from _flat(f"{name}.{key}", value[key])
    else:
        yield name, value


def differing_keys(here: dict[str, Any], there: dict[str, Any]) -> str:
    """The keys that differ, with both values as the config writes them."""

    def shown(side: dict[str, Any], key: str) -> str:
        value = side.get(key, "unset")
        return value if isinstance(value, str) else json.dumps(value)

    pairs = {key: (shown(here, key), shown(there, key)) for key in sorted({*here, *there})}
    return "; ".join(
        f"{key}: {one} here, {other} in the reference"
        for key, (one, other) in pairs.items()
        if one != other
    )
