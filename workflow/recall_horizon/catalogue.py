"""What the project offers by name: one file a task, an architecture, a figure.

A name such as `first_element` is found by its file (a hyphen in the name is an underscore in the
file's); adding one is adding a file. Outside the package, `package.module:Name` names anything
importable. Either way the answer is a reference, `module:attribute`, which `pkgutil.resolve_name`
turns into the thing itself.
"""

import pkgutil
from functools import cache
from typing import NamedTuple

import pydantic

import recall_horizon
from recall_horizon import source
from recall_horizon.config.section import Section
from recall_horizon.errors import RecallHorizonError, nearest


class Kind(NamedTuple):
    """Where things of a kind live, and how many parameters they take before their options."""

    folder: str
    positional: int


KINDS = {
    "architecture": Kind("models", 1),  # (length)
    "task": Kind("tasks", 3),  # (generator, number of sequences, length)
}


def names(kind: str) -> list[str]:
    """The names that the package itself offers, sorted."""
    folder = KINDS[kind].folder
    modules = _modules(folder)
    return [m for m in modules if _attribute(f"recall_horizon.{folder}.{m}", m)]


def figures() -> list[str]:
    """The figures' names, sorted: the modules of recall_horizon.figures that define `draw`."""
    modules = _modules("figures")
    return [
        m
        for m in modules
        if any(d.name == "draw" for d in source.definitions(f"recall_horizon.figures.{m}"))
    ]


def _modules(folder: str) -> list[str]:
    path = [f"{home}/{folder}" for home in recall_horizon.__path__]
    modules = (module.name for module in pkgutil.iter_modules(path))
    return sorted(name for name in modules if not name.startswith("_"))


@cache
def reference(kind: str, name: str) -> str:
    """The `module:attribute` behind `name`.

    Raises:
        RecallHorizonError: nothing of that name can be found.
    """
    if ":" in name:
        module, _, attribute = name.partition(":")
        if source.module_file(module) is None:
            raise RecallHorizonError(f"there is no module {module} on the Python path")
        if attribute not in [d.name for d in source.definitions(module)]:
            raise RecallHorizonError(f"{module} defines no {attribute}")
        return name
    folder = KINDS[kind].folder
    stem = name.replace("-", "_")
    module = f"recall_horizon.{folder}.{stem}"
    attribute = _attribute(module, stem) if source.module_file(module) else None
    if attribute is None:
        raise RecallHorizonError(f"no {kind} of that name; {nearest(name, names(kind))}")
    return f"{module}:{attribute}"


@cache
def options(kind: str, name: str) -> type[pydantic.BaseModel]:
    """A pydantic model of the options that `name` takes."""
    module, _, attribute = reference(kind, name).partition(":")
    return source.options_model(module, attribute, KINDS[kind].positional, Section)


def _attribute(module: str, stem: str) -> str | None:
    """The definition of `module` that its file is named for: LSTMAttention of lstm_attention."""
    folded = stem.replace("_", "")
    for definition in source.definitions(module):
        if definition.name.casefold().replace("_", "") == folded:
            return definition.name
    return None
