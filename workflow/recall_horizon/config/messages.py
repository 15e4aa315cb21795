"""Messages about errors in a configuration, for the person who wrote it."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from recall_horizon.config.meanings import meanings
from recall_horizon.config.section import HEX_COLOUR, PLAIN_NAME, parts
from recall_horizon.errors import nearest

# How pydantic names a member of a union, at the end of a path that leads to the union.
UNION_MEMBER = re.compile(r"float|int|str|bool|constrained-\w+|\w+\[.*\]")
# What the patterns of the configuration mean.
PATTERNS = {
    PLAIN_NAME: "should be a plain file name: letters, digits, - and _, no - or _ in front",
    HEX_COLOUR: "should be a colour as #rrggbb, for example #0072B2",
}


# The errors of what should be text, and what YAML makes of text that is not in quotes.
TEXT = ("string_type", "literal_error")
UNQUOTED = (bool, int, float, date, type(None))


class Problem(NamedTuple):
    """One problem: where (the key's path), the value there, and what would be right."""

    path: tuple[str | int, ...]
    value: Any
    advice: str


def as_text(problems: Iterable[Problem]) -> str:
    """One readable message for all `problems`."""
    lines = [f"  {_dotted(p.path)} = {_short(p.value)}: {p.advice}" for p in problems]
    count = "a problem" if len(lines) == 1 else f"{len(lines)} problems"
    return "\n".join([f"the configuration has {count}", *lines])


def from_validation(
    error: ValidationError, model: type[BaseModel], below: tuple[str | int, ...] = ()
) -> Iterator[Problem]:
    """The problems of `error`, raised by the `model` at the path `below`, one per key."""
    problems: dict[tuple[str | int, ...], Problem] = {}
    for detail in error.errors():
        path = tuple(part for part in detail["loc"] if part != "[key]")
        if len(path) > 1 and UNION_MEMBER.fullmatch(str(path[-1])):
            path = path[:-1]
        value, advice = detail["input"], detail["msg"].removeprefix("Value error, ")
        advice = advice.replace("Input should", "should").replace("String should", "should")
        if detail["type"] == "extra_forbidden":
            advice = f"unknown key; {nearest(path[-1], _at(model, path[:-1]).model_fields)}"
        elif detail["type"] == "path_not_directory":
            advice = "is no folder here; nothing is downloaded while a study runs"
        elif detail["type"] in TEXT and isinstance(value, UNQUOTED):
            advice = advice.replace("should be a valid string", "should be text")
            advice += f'; in quotes, "{_as_yaml(value)}" is text; on the command line, use a file'
        elif detail["type"] == "missing":
            described = meanings(_at(model, path[:-1])).get(str(path[-1]))
            meaning = " ".join((described or "see config/README.md").split())
            value, advice = None, f"this key is missing; {meaning}"
        elif detail["type"] == "string_pattern_mismatch":
            advice = PATTERNS.get(detail["ctx"]["pattern"], advice)
        if path in problems:
            advice = f"{problems[path].advice}, or {advice}"
        problems[path] = Problem((*below, *path), value, advice)
    yield from problems.values()


def _at(model: type[BaseModel], path: tuple[str | int, ...]) -> type[BaseModel]:
    """The section of `model` at `path`."""
    for part in path:
        model = _section(model, part) or model
    return model


def _section(model: type[BaseModel], part: str | int) -> type[BaseModel] | None:
    """The section that the field `part` of `model` holds, directly or as a dict's values."""
    field = model.model_fields.get(str(part))
    for inner in parts(field.annotation) if field else ():
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return inner
    return None


def _dotted(path: tuple[str | int, ...]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "(the whole configuration)"


def _as_yaml(value: Any) -> str:
    return json.dumps(value) if value is None or isinstance(value, bool) else str(value)


def _short(value: Any) -> str:
    text = str(value) if isinstance(value, date) else repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
