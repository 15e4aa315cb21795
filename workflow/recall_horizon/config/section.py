"""What every section of the configuration has in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


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


PLAIN_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
HEX_COLOUR = r"^#[0-9A-Fa-f]{6}$"

# A name that becomes a file's or a folder's: the same on every file system, nothing to quote.
PlainName = Annotated[str, Field(pattern=PLAIN_NAME, max_length=64)]
