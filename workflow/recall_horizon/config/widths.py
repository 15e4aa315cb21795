"""A model of several widths: an entry of the model zoo that stands for several."""

from collections.abc import Mapping
from typing import Any

from recall_horizon.code import catalogue
from recall_horizon.errors import RecallHorizonError

# Between the label of an entry and a width, in the label of the model of that width.
OF_WIDTH = " of width "


def spread(raw: Mapping[str, Any]) -> dict[str, Any]:
    """`raw`, a merged configuration, with an entry for each width of a model that has `widths`.

    The model `lstm` with the widths 8 and 32 becomes `lstm-8` and `lstm-32`, of the family `lstm`,
    also where `models` names it. What cannot be spread stays, and the checks refuse it.
    """
    made = dict(raw)
    zoo, models = made.get("model_zoo"), made.get("models")
    if not isinstance(zoo, Mapping):
        return made
    entries = {name: _of_each_width(name, entry) for name, entry in zoo.items()}
    made["model_zoo"] = {name: one for several in entries.values() for name, one in several.items()}
    if isinstance(models, list):
        named = [
            entries.get(model, [model]) if isinstance(model, str) else [model] for model in models
        ]
        made["models"] = [model for several in named for model in several]
    return made


def _of_each_width(name: str, entry: Any) -> dict[str, Any]:
    """The entries that one stands for, by their names; itself if it has no widths."""
    widths = entry.get("widths") if isinstance(entry, Mapping) else None
    options = entry.get("options", {}) if widths else None
    if isinstance(widths, list):  # on a command line numbers are text
        widths = [int(width) if str(width).isdecimal() else 0 for width in widths]
    if not isinstance(widths, list) or 0 in widths or widths != sorted(set(widths)):
        return {name: entry}
    if not isinstance(options, Mapping) or refused(entry):
        return {name: entry}
    option, label = catalogue.width(entry["architecture"]), entry.get("label") or name
    shared = {key: value for key, value in entry.items() if key != "widths"}
    return {
        f"{name}-{width}": {
            "family": name,
            **shared,
            "options": {**options, option: width},
            "label": f"{label}{OF_WIDTH}{width}",
        }
        for width in widths
    }


def refused(entry: Mapping[str, Any]) -> str | None:
    """Why the model of an entry cannot have several widths; None if it can."""
    try:
        option = catalogue.width(str(entry.get("architecture")))
    except RecallHorizonError as error:
        return str(error)
    if option is None:
        return "the architecture has no option that is its width"
    if option in (entry.get("options") or {}):
        return f"beside options.{option}, which is the width: give one of them"
    return (
        "beside match, which is solved for a width: give one of them"
        if entry.get("match")
        else None
    )
