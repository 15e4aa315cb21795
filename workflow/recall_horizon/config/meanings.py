"""What is said of each key of the configuration, in the docstrings below its fields."""

from pydantic import BaseModel

from recall_horizon.code import syntax
from recall_horizon.config.section import Section


def meanings(section: type[BaseModel]) -> dict[str, str]:
    """What is said of each key of `section`: its description, or the docstring below it.

    Docstrings are read when they are asked for. pydantic could read them as it makes each class,
    which takes every job a third of the time in which it imports the configuration's types.
    """
    said: dict[str, str] = {}
    for base in reversed(section.__mro__):
        if issubclass(base, Section):
            said |= syntax.attribute_docstrings(base.__module__, base.__name__)
    fields = section.model_fields.items()
    return said | {key: field.description for key, field in fields if field.description}
