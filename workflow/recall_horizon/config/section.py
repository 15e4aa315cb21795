"""What every section of the configuration has in common."""

import typing
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

PLAIN_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
HEX_COLOUR = r"^#[0-9A-Fa-f]{6}$"

# A name that becomes a file's or a folder's: the same on every file system, nothing to quote.
PlainName = Annotated[str, Field(pattern=PLAIN_NAME, max_length=64)]


class Section(BaseModel):
    """A part of the configuration: no unknown keys, no silent conversions, no later changes."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        use_attribute_docstrings=True,
        allow_inf_nan=False,
        protected_namespaces=(),
    )

    @model_validator(mode="before")
    @classmethod
    def _numbers_written_as_text(cls, data: Any) -> Any:
        """Read a number or a boolean given as text where no text is valid.

        Snakemake hands on the values inside `--config 'lengths=[5, 10]'` as text, and YAML takes
        1e-2 for a word.
        """
        if not isinstance(data, dict):
            return data
        fields = cls.model_fields
        return {
            key: value if key not in fields or _takes_text(fields[key].annotation) else _read(value)
            for key, value in data.items()
        }


def distinct(values: list[Any]) -> list[Any]:
    """`values`, in which each may occur once; the check of a key's value.

    Raises:
        ValueError: one occurs twice.
    """
    twice = sorted({v for v in values if values.count(v) > 1})
    if twice:
        raise ValueError(f"should name each once; named twice: {', '.join(map(str, twice))}")
    return values


def parts(annotation: Any) -> Iterator[Any]:
    """An annotation and everything it is made of: of `list[int] | None`, list[int], int, None."""
    yield annotation
    for argument in typing.get_args(annotation):
        yield from parts(argument)


def _takes_text(annotation: Any) -> bool:
    return any(part is str or part is Any for part in parts(annotation))


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [_read(item) for item in value]
    if not isinstance(value, str):
        return value
    if value in ("null", "None", "~"):
        return None
    if value.casefold() in ("true", "false"):
        return value.casefold() == "true"
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
