"""What makes a dataset: the task, the length and the sizes of its splits."""

from typing import Annotated, Any

from pydantic import (
    Field,
    NonNegativeInt,
    PositiveInt,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from recall_horizon.config.section import Section


class Task(Section):
    """How sequences and targets are made."""

    name: str
    """A file's name in workflow/recall_horizon/data/tasks/, or `package.module:ClassName`."""
    options: dict[str, Any] = {}
    """Keyword arguments of the task's constructor, other than the length."""


class Splits(Section):
    """The sizes of a dataset's three splits, in sequences."""

    pool: PositiveInt
    """Sequences that replicates draw their training sets from."""
    validation: Annotated[int, Field(ge=2)] = 1000
    """Sequences that training settings are selected on, and nothing else."""
    test: Annotated[int, Field(ge=2)]
    """Held-out sequences, the same for every replicate."""


class DatasetSpec(Section):
    """All that decides the content of one dataset file."""

    seed: NonNegativeInt
    task: str
    """The task's class, as `module:ClassName`."""
    options: dict[str, Any]
    length: PositiveInt
    splits: Splits
    shuffled: bool = False
    """Whether the targets of each split are permuted among its sequences: nothing is left to
    recall."""
    test_alone: bool = False
    """Whether the test split is the only one: nothing is trained at this length."""

    @model_serializer(mode="wrap")
    def _whole(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Of all splits, as before there could be one alone."""
        return {key: v for key, v in handler(self).items() if key != "test_alone" or v}
