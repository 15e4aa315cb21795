"""How a model is trained, and what one training job receives."""

import math
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    SerializerFunctionWrapHandler,
    create_model,
    model_serializer,
)

from recall_horizon.config.section import PlainName, Section
from recall_horizon.config.seeds import Stream
from recall_horizon.contract import LossName, Shape


class Training(Section, use_attribute_docstrings=True):  # other classes are made from its fields
    """Adam on the task's loss, for a fixed number of epochs."""

    samples: PositiveInt
    """Training sequences that each replicate draws from the pool, without replacement."""
    epochs: PositiveInt
    """Passes over the training sequences."""
    batch_size: PositiveInt | None
    """Sequences in a batch; null takes all of them at once (full batch)."""
    learning_rate: PositiveFloat
    """Adam's step size."""
    gradient_clip: PositiveFloat | None
    """The largest 2-norm of the gradient, to which longer ones are scaled; null scales none."""
    evaluate_at: Annotated[list[NonNegativeInt], AfterValidator(lambda epochs: sorted({*epochs}))]
    """Epochs after which both losses are evaluated; 0 and the last are always among them."""
    device: Literal["cpu", "cuda"] = "cpu"
    """Where to train; with cuda each training job asks for one GPU."""
    curriculum: Literal["none", "mixed", "growing"] = "none"
    """What one network is trained on: `none`, on one length, so that each length has networks of
    its own; `mixed`, on all lengths of its model, in batches of one length each, in random order;
    `growing`, on the shortest at first and then on more and more of them."""
    grow_below: Annotated[float, Field(gt=0, lt=1)] = 0.1
    """With `growing`, the next length is added after an epoch in which the mean training loss at
    the longest so far was below this share of chance."""

    def evaluated_epochs(self) -> list[int]:
        """The epochs whose losses are evaluated, ascending."""
        return sorted({0, *self.evaluate_at, self.epochs})

    def batches(self) -> int:
        """The batches of one length in an epoch."""
        return -(-self.samples // (self.batch_size or self.samples))

    @model_serializer(mode="wrap")
    def _as_without(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without a curriculum, as before there were any: what was trained then is still known."""
        unused = {"none": {"curriculum", "grow_below"}, "mixed": {"grow_below"}, "growing": set()}
        return {k: v for k, v in handler(self).items() if k not in unused[self.curriculum]}


class Changes(Section):
    """Keys that need not be there; only those that are set are written."""

    @model_serializer(mode="wrap")
    def _set_ones(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in handler(self).items() if key in self.model_fields_set}


# Any of the keys of `Training`, for one model; what is not set stays as the study has it.
TrainingChanges = create_model(
    "TrainingChanges",
    __base__=Changes,
    __doc__="Keys of `training` that are different for this model.",
    **{
        name: (
            Annotated[field.annotation, *field.metadata, Field(description=field.description)],
            None,
        )
        for name, field in Training.model_fields.items()
    },
)


def _as_shape(given: Any) -> Any:
    """A shape also from the object that JSON has for it."""
    return Shape(**given) if isinstance(given, dict) else given


AnyShape = Annotated[Shape, BeforeValidator(_as_shape)]


class Matched(Section):
    """A width that is solved before the model is built, so that models are of a size."""

    option: str
    """The constructor's keyword that is the width."""
    parameters: PositiveInt
    """How many parameters the model is to have."""
    shape: AnyShape
    """The task's shape at the length at which it is to have them; its width is the same at every
    other."""
    tolerance: float = 0.02
    """How far from `parameters`, as a share of them, the nearest width may be."""


def lstm_width(parameters: int) -> int:
    """About the hidden units of an LSTM with so many parameters: H units have 4 H² and some more.

    The costs of any model of the size are estimated from it: only building one tells its width.
    """
    return math.isqrt(parameters // 4)


class AtLength(Section):
    """The task at one length."""

    length: PositiveInt
    shape: AnyShape
    chance: float
    """The loss of the best predictor that ignores the sequence."""


class TrainingSpec(Section):
    """All that decides the numbers of one training job: a model, a length or several, a shard."""

    study: PlainName
    task: str
    """The task's name, as the study gives it."""
    seed: NonNegativeInt
    model: PlainName
    length: PositiveInt
    """The length, or the longest of several."""
    shape: AnyShape
    """The task's, at this length: what the model is built for."""
    loss: LossName
    chance: float
    """The loss of the best predictor that ignores the sequence."""
    architecture: str
    """The model's class, as `module:ClassName`."""
    options: dict[str, Any]
    files: dict[str, dict[str, str]] = {}
    """For each option that is a folder, the SHA-256 of each of its files."""
    matched: Matched | None = None
    """What decides the model's width where the options do not name it."""
    first_replicate: NonNegativeInt
    last_replicate: NonNegativeInt
    training: Training
    search: bool = False
    """Whether it is a search job: with seeds of its own, held out is the validation split."""
    together: list[AtLength] = []
    """With a curriculum: all the lengths that one network is trained on, ascending."""

    @model_serializer(mode="wrap")
    def _as_without(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Of one length, as before a network could be trained on several."""
        return {k: v for k, v in handler(self).items() if k != "together" or v}

    @property
    def lengths(self) -> list[AtLength]:
        """The lengths that one network is trained on, ascending."""
        here = AtLength(length=self.length, shape=self.shape, chance=self.chance)
        return self.together or [here]

    @property
    def trained_on(self) -> str:
        """The length, or the curriculum of several, in a word."""
        return self.training.curriculum if self.together else str(self.length)

    @property
    def replicates(self) -> range:
        """The shard's replicates."""
        return range(self.first_replicate, self.last_replicate + 1)

    @property
    def held_out(self) -> str:
        """The split on which held-out losses are evaluated."""
        return "validation" if self.search else "test"

    def key(self, purpose: Stream, *place: int) -> tuple[int, ...]:
        """The key of the job's random stream for `purpose`; a search has streams of its own."""
        return (Stream.SEARCH, purpose, *place) if self.search else (purpose, *place)
