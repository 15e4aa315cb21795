"""What every section of the configuration has in common."""

import types
import typing
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

PLAIN_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
HEX_COLOUR = r"^#[0-9A-Fa-f]{6}$"

# How YAML writes null.
NULLS = ("null", "Null", "NULL", "~")

# A name that becomes a file's or a folder's: the same on every file system, nothing to quote.
PlainName = Annotated[str, Field(pattern=PLAIN_NAME, max_length=64)]


class Section(BaseModel):
    """A part of the configuration: no unknown keys, no silent conversions, no later changes."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        protected_namespaces=(),
    )

    @model_validator(mode="before")
    @classmethod
    def _what_text_stands_for(cls, data: Any) -> Any:
        """Read a number, a boolean or null given as text, where no text is valid.

        Snakemake hands on the values inside `--config 'lengths=[5, 10]'` as text, and YAML takes
        1e-2 for a word. Where text is valid, null of the command line is null if it may be.
        """
        if not isinstance(data, dict):
            return data
        fields = cls.model_fields
        return {
            key: _meant(value, fields[key].annotation) if key in fields else value
            for key, value in data.items()
        }


class Argument(str):
    """Text of the command line, which has no other way to write null."""


def from_command_line(config: Any, given: Any) -> Any:
    """`config`, where what it has of `given`, the part of the command line, is marked as such."""
    if isinstance(config, Mapping) and isinstance(given, Mapping):
        return {
            key: from_command_line(value, given[key]) if key in given else value
            for key, value in config.items()
        }
    if config != given:  # another workflow may change what it hands on to this one
        return config
    if isinstance(config, list):
        return [from_command_line(item, item) for item in config]
    return Argument(config) if isinstance(config, str) else config


def distinct(values: list[Any]) -> list[Any]:
    """`values`, in which each may occur once; the check of a key's value.

    Raises:
        ValueError: one occurs twice.
    """
    twice = sorted({v for v in values if values.count(v) > 1})
    if twice:
        raise ValueError(f"should name each once; named twice: {', '.join(map(str, twice))}")
    return values


def printable(text: str) -> str:
    """`text` without control characters, which a terminal would obey; the check of a key's value.

    Raises:
        ValueError: it has some, or a character that ends a line.
    """
    wrong = [c for c in text if unicodedata.category(c) in ("Cc", "Zl", "Zp")]
    if wrong:
        raise ValueError(f"should have no control characters; has {', '.join(map(repr, wrong))}")
    return text


def parts(annotation: Any) -> Iterator[Any]:
    """An annotation and everything it is made of: of `list[int] | None`, list[int], int, None."""
    yield annotation
    for argument in typing.get_args(annotation):
        yield from parts(argument)


def _meant(value: Any, annotation: Any) -> Any:
    """What `value` stands for in a field of that type."""
    if not any(part is str or part is Any for part in parts(annotation)):
        return _read(value)
    return _with_null(value, annotation) if _may_be_null(annotation) else value


def _may_be_null(annotation: Any) -> bool:
    """Whether null itself is valid, and not only inside of a list or a section."""
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        return any(map(_may_be_null, typing.get_args(annotation)))
    return annotation is Any or annotation is types.NoneType


def _with_null(value: Any, annotation: Any) -> Any:
    """`value` with null for it in arguments of the command line; of anything, also inside."""
    if annotation is Any and isinstance(value, list):
        return [_with_null(item, Any) for item in value]
    if annotation is Any and isinstance(value, Mapping):
        return {key: _with_null(item, Any) for key, item in value.items()}
    return None if isinstance(value, Argument) and value in NULLS else value


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [_read(item) for item in value]
    if not isinstance(value, str):
        return value
    if value in (*NULLS, "None"):
        return None
    if value.casefold() in ("true", "false"):
        return value.casefold() == "true"
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
