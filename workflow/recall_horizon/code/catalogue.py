"""What the project finds by name: tasks, architectures and figures, one file each.

A name such as `first_element` is found by its file (a hyphen in the name is an underscore in the
file's); adding one is adding a file. Outside the package, `package.module:Name` names anything
importable. Either way the result is its location, `module:attribute`, which
`pkgutil.resolve_name` turns into the object itself.
"""

import json
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import Any

import pydantic

import recall_horizon
from recall_horizon.code import options as signature
from recall_horizon.code import syntax
from recall_horizon.contract import Task
from recall_horizon.errors import RecallHorizonError, nearest
from recall_horizon.storage.files import canonical_json

# Where things of a kind are. They take one parameter before their options: (shape) or (length).
KINDS = {"architecture": "models", "task": "data.tasks"}

# What an architecture calls its width, unless its class says otherwise.
WIDTH = "hidden_size"


def is_foreign(name: str) -> bool:
    """Whether `name` says where its code is, `package.module:Name`, which may be any code."""
    return ":" in name


def names(kind: str) -> list[str]:
    """The names that the package itself offers, sorted."""
    modules = _modules(KINDS[kind])
    return [m for m in modules if _attribute(f"recall_horizon.{KINDS[kind]}.{m}", m)]


def figures() -> list[str]:
    """The figures' names, sorted: the modules of presentation/figures/ that define `draw`."""
    modules = _modules("presentation.figures")
    return [m for m in modules if syntax.defined(figure(m), "draw")]


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
    if is_foreign(name):
        module, _, attribute = name.partition(":")
        if syntax.module_file(module) is None:
            raise RecallHorizonError(f"there is no module {module} on the Python path")
        if syntax.defined(module, attribute) is None:
            raise RecallHorizonError(f"{module} defines no {attribute}")
        return name
    stem = name.replace("-", "_")
    module = f"recall_horizon.{KINDS[kind]}.{stem}"
    attribute = _attribute(module, stem) if syntax.module_file(module) else None
    if attribute is None:
        raise RecallHorizonError(f"no {kind} of that name; {nearest(name, names(kind))}")
    return f"{module}:{attribute}"


def task(name: str, length: int, options: Mapping[str, Any]) -> Task:
    """The task of that name at one length. Its module is imported.

    Raises:
        RecallHorizonError: it cannot be built, with the reason.
    """
    return _built(locate("task", name), length, canonical_json(options))


@cache
def _built(location: str, length: int, options: str) -> Task:
    try:
        return pkgutil.resolve_name(location)(length, **json.loads(options))
    except Exception as error:  # a task outside the package may raise anything
        raise RecallHorizonError(f"cannot be built for length {length}: {error}") from error


def about(kind: str, name: str) -> tuple[str, str]:
    """What `name` is, in a sentence, and in a paragraph for people who have not heard of it.

    They are the first line and the rest of its file's docstring. Outside the package there is only
    the first line of its own.
    """
    module, _, attribute = locate(kind, name).partition(":")
    if is_foreign(name):
        return syntax.docstring(module, attribute).partition("\n")[0], ""
    first, _, rest = syntax.docstring(module).partition("\n")
    return first, " ".join(rest.split())


@cache
def options(kind: str, name: str, base: type[pydantic.BaseModel]) -> type[pydantic.BaseModel]:
    """A subclass of `base` with the options that `name` takes."""
    module, _, attribute = locate(kind, name).partition(":")
    return signature.options_model(module, attribute, 1, base)


def refusal(kind: str, name: str, options: Mapping[str, Any]) -> str | None:
    """Why the class behind `name` refuses `options` that are each valid; None if it does not.

    A class with a `check` is asked, which takes the options and raises a ValueError. Only then is
    its module imported.
    """
    location = locate(kind, name)
    module, _, attribute = location.partition(":")
    if "check" not in syntax.methods(module, attribute):
        return None
    try:
        pkgutil.resolve_name(location).check(**options)
    except ValueError as error:
        return str(error)
    return None


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
    names = [definition.name for definition in syntax.definitions(module)]
    return next((n for n in names if n.casefold().replace("_", "") == folded), None)
