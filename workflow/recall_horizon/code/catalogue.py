"""What the project finds by name: tasks, architectures and figures, one file each.

A name such as `first_element` is found by its file (a hyphen in the name is an underscore in the
file's); adding one is adding a file. Outside the package, `package.module:Name` names anything
importable. Either way the result is its location, `module:attribute`, which
`pkgutil.resolve_name` turns into the object itself.
"""

import pkgutil
from functools import cache
from typing import NamedTuple

import pydantic

import recall_horizon
from recall_horizon.code import options as signature
from recall_horizon.code import syntax
from recall_horizon.errors import RecallHorizonError, nearest


class Kind(NamedTuple):
    """Where things of a kind are, and how many parameters they take before their options."""

    folder: str
    positional: int


KINDS = {
    "architecture": Kind("models", 1),  # (length)
    "task": Kind("data.tasks", 3),  # (generator, number of sequences, length)
}

# What an architecture calls its width, unless its class says otherwise.
WIDTH = "hidden_size"


def names(kind: str) -> list[str]:
    """The names that the package itself offers, sorted."""
    folder = KINDS[kind].folder
    modules = _modules(folder)
    return [m for m in modules if _attribute(f"recall_horizon.{folder}.{m}", m)]


def figures() -> list[str]:
    """The figures' names, sorted: the modules of presentation/figures/ that define `draw`."""
    return [
        module
        for module in _modules("presentation.figures")
        if any(d.name == "draw" for d in syntax.definitions(figure(module)))
    ]


def figure(name: str) -> str:
    """The module of a figure."""
    return f"recall_horizon.presentation.figures.{name}"


def _modules(folder: str) -> list[str]:
    path = [f"{home}/{folder.replace('.', '/')}" for home in recall_horizon.__path__]
    modules = (module.name for module in pkgutil.iter_modules(path))
    return sorted(name for name in modules if not name.startswith("_"))


@cache
def locate(kind: str, name: str) -> str:
    """The `module:attribute` behind `name`.

    Raises:
        RecallHorizonError: nothing of that name can be found.
    """
    if ":" in name:
        module, _, attribute = name.partition(":")
        if syntax.module_file(module) is None:
            raise RecallHorizonError(f"there is no module {module} on the Python path")
        if attribute not in [d.name for d in syntax.definitions(module)]:
            raise RecallHorizonError(f"{module} defines no {attribute}")
        return name
    folder = KINDS[kind].folder
    stem = name.replace("-", "_")
    module = f"recall_horizon.{folder}.{stem}"
    attribute = _attribute(module, stem) if syntax.module_file(module) else None
    if attribute is None:
        raise RecallHorizonError(f"no {kind} of that name; {nearest(name, names(kind))}")
    return f"{module}:{attribute}"


def about(kind: str, name: str) -> str:
    """What `name` is, in a sentence: from its file's docstring or, outside the package, its own."""
    module, _, attribute = locate(kind, name).partition(":")
    return syntax.first_line(module, attribute if ":" in name else None)


@cache
def options(kind: str, name: str, base: type[pydantic.BaseModel]) -> type[pydantic.BaseModel]:
    """A subclass of `base` with the options that `name` takes."""
    module, _, attribute = locate(kind, name).partition(":")
    return signature.options_model(module, attribute, KINDS[kind].positional, base)


@cache
def width(name: str) -> str | None:
    """The option that is the width of an architecture; None if it has no such option.

    It is `hidden_size`, unless the class assigns another name to `width_option`.
    """
    module, _, attribute = locate("architecture", name).partition(":")
    option = syntax.attribute(module, attribute, "width_option") or WIDTH
    taken = options("architecture", name, pydantic.BaseModel)
    anything = taken.model_config.get("extra") == "allow"
    return option if anything or option in taken.model_fields else None


def _attribute(module: str, stem: str) -> str | None:
    """The definition in `module` that matches the file name: LSTMAttention in lstm_attention."""
    folded = stem.replace("_", "")
    for definition in syntax.definitions(module):
        if definition.name.casefold().replace("_", "") == folded:
            return definition.name
    return None
