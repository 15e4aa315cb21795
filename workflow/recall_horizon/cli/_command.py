"""The command line of a step, made from the signature of its function."""

import argparse
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

# The constraints of a type that its help states.
BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}


def run(name: str, step: Callable[..., None], words: list[str]) -> None:
    """Call `step` with what `words` say, by the types of its parameters.

    A parameter without a name on the command line is positional, one that is keyword-only is
    `--name`. A list takes several words, a flag none; a model or a dict is JSON. The docstring's
    first part is the help, and its `Args:` that of each parameter.
    """
    about, meanings = _documented(step)
    parser = argparse.ArgumentParser(
        prog=f"python -m recall_horizon {name}", description=about, allow_abbrev=False
    )
    for parameter in inspect.signature(step).parameters.values():
        _add(parser, parameter, meanings.get(parameter.name, ""))
    step(**vars(parser.parse_args(words)))


def _documented(step: Callable[..., None]) -> tuple[str, dict[str, str]]:
    """What a function's docstring says of it, and of each parameter."""
    about, _, rest = (inspect.getdoc(step) or "").partition("\nArgs:\n")
    lines = re.findall(r"^    (\w+): (.*(?:\n      .*)*)", rest.partition("\n\n")[0], re.MULTILINE)
    return " ".join(about.split()), {name: " ".join(text.split()) for name, text in lines}


def _add(parser: argparse.ArgumentParser, parameter: inspect.Parameter, meaning: str) -> None:
    """Add the argument of a parameter."""
    kind, name = parameter.annotation, parameter.name
    named = parameter.kind is parameter.KEYWORD_ONLY
    needed = parameter.default is parameter.empty
    settings: dict[str, Any] = {} if needed else {"default": parameter.default}
    said = "" if needed or not parameter.default else f" (default: {parameter.default})"
    if kind is bool:
        settings["action"] = "store_true"
    else:
        several = get_origin(kind) is list
        each = get_args(kind)[0] if several else kind
        if several:
            settings["nargs"] = "+" if needed else "*"
        elif not named and not needed:
            settings["nargs"] = "?"
        settings["type"] = _reader(each)
        settings["metavar"] = _shown(each)
    flag = f"--{name.replace('_', '-')}" if named else name
    if named and needed:
        settings["required"] = True
    parser.add_argument(flag, help=f"{meaning}{said}".replace("%", "%%"), **settings)


def _is_json(kind: Any) -> bool:
    (kind, *_) = [part for part in _parts(kind) if part is not type(None)]
    plain = get_origin(kind) or kind
    return isinstance(plain, type) and issubclass(plain, BaseModel | dict)


def _reader(kind: Any) -> Callable[[str], Any]:
    """What reads a word as a value of a type, and says in one line what is wrong with it."""
    adapter = TypeAdapter(kind)
    read = adapter.validate_json if _is_json(kind) else adapter.validate_strings

    def reader(word: str) -> Any:
        try:
            return read(word)
        except ValidationError as error:
            first, *others = error.errors()
            where = ".".join(map(str, first["loc"]))
            more = f", and {len(others)} more" if others else ""
            text = f"{where}: {first['msg']}" if where else first["msg"]
            raise argparse.ArgumentTypeError(f"{text}{more}") from None

    return reader


def _shown(kind: Any) -> str:
    """A type as a reader of the help would call it, with its range."""
    if _is_json(kind):
        return "JSON"
    (kind, *_) = [part for part in _parts(kind) if part is not type(None)]
    if kind is Path:
        return "PATH"
    schema = TypeAdapter(kind).json_schema()
    if "enum" in schema:
        return "|".join(schema["enum"])
    bounds = "".join(f" {sign} {schema[key]:g}" for key, sign in BOUNDS.items() if key in schema)
    return f"{schema.get('type', 'string').upper()}{bounds}"


def _parts(kind: Any) -> tuple[Any, ...]:
    """The types that a type is a union of: itself alone, if it is none."""
    return get_args(kind) if isinstance(kind, UnionType) else (kind,)
