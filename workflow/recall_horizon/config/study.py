"""A study: the whole configuration, and what follows from it for each model and length."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, NonNegativeInt, PositiveInt, StringConstraints

from recall_horizon import contract
from recall_horizon.code import catalogue
from recall_horizon.config.claims import Claim
from recall_horizon.config.dataset import Splits, Task
from recall_horizon.config.section import HEX_COLOUR, PlainName, Section, distinct, parts, printable
from recall_horizon.config.selection import Selection
from recall_horizon.config.training import Matched, Training, TrainingChanges
from recall_horizon.storage import layout
from recall_horizon.storage.files import digests_below


def _ascending(values: list[int]) -> list[int]:
    if values != sorted(set(values)):
        raise ValueError(f"should be ascending, each once: {sorted(set(values))}")
    return values


Lengths = Annotated[list[PositiveInt], Field(min_length=1), AfterValidator(_ascending)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=40), AfterValidator(printable)]


class Match(Section):
    """A size that the model's width is solved for, so that models can be compared at one size."""

    parameters: PositiveInt
    """Parameters that training changes; the run is refused where no width comes near enough."""
    length: PositiveInt | None = None
    """The length at which the model has them, and whose width it has at every length; null takes
    the model's longest."""
    tolerance: Annotated[float, Field(gt=0, lt=1)] = 0.02
    """How far from that size, as a share of it, the model may be."""


class ModelEntry(Section):
    """One entry of the model zoo: an architecture with options, and how figures show it."""

    architecture: str
    """A file's name in workflow/recall_horizon/models/, or `package.module:ClassName`."""
    options: dict[str, Any] = {}
    """Keyword arguments of the architecture's constructor, other than the task's shape."""
    widths: Lengths | None = None
    """Instead of a width among the options (`hidden_size`): several. The entry `lstm` then stands
    for one of each width, `lstm-8`, `lstm-32`, …, and its name in `models` for all of them."""
    family: PlainName | None = None
    """What the model is one size of: figures join what is of one family. `widths` sets it."""
    match: Match | None = None
    """Instead of a width among the options (`hidden_size`): the size that it is solved for."""
    label: Label | None = None
    """The model's name in figures and text; null takes its name in the model zoo."""
    colour: Annotated[str, StringConstraints(pattern=HEX_COLOUR)] | None = None
    """The model's colour in figures, as #rrggbb; null takes the next free one of a palette that
    colour-blind readers can distinguish."""
    training: TrainingChanges = TrainingChanges()
    """What is different in how this model is trained."""
    lengths: Lengths | None = None
    """Of the study's lengths those at which this model is trained; null takes all."""
    replicates: PositiveInt | None = None
    """Training runs of this model at each length; null takes as many as the study has."""
    control: bool = False
    """Whether it is a control, whose best possible score is known; figures show it in grey."""


class Analysis(Section):
    """How replicates become statistics. It changes no training, but `solved_score` can change what
    a selection chooses."""

    confidence: Annotated[float, Field(gt=0, lt=1)]
    """What every interval should cover; of few replicates it covers less, which tables state."""
    solved_score: Annotated[float, Field(gt=0, le=1)]
    """A replicate whose held-out score is at least this has solved the task. The score is
    1 − loss / chance: R² of numbers."""
    probe_sequences: PositiveInt
    """Held-out sequences, from the first on, over which sensitivities are averaged."""
    horizon_score: Annotated[
        list[Annotated[float, Field(le=1)]], Field(min_length=1), AfterValidator(distinct)
    ]
    """The recall horizon's thresholds: how high the score has to be to pass."""
    headline_model: PlainName | None
    """The model of the degradation figure and of the report's first words; null takes the first
    of `models`."""
    test_lengths: Annotated[list[PositiveInt], AfterValidator(_ascending)] = []
    """Lengths beside the study's at which models with a curriculum are tested as well."""
    test_sequences: Annotated[int, Field(ge=2)] = 1000
    """Held-out sequences, from the first on, on which networks are tested at other lengths than
    their own."""


class Controls(Section):
    """A small run on shuffled targets, which no model can recall: the score stays at or below 0."""

    shuffled_models: Annotated[list[PlainName], AfterValidator(distinct)]
    """The models to train on shuffled targets, names of entries in the model zoo; [] for none."""
    shuffled_length: PositiveInt
    """The sequence length of that run."""
    shuffled_replicates: PositiveInt
    """Its replicates, which one job trains for each model."""


class Study(Section):
    """One configuration, one folder of results: results/<study>/."""

    study: PlainName
    """The study's name, and the folder of its results."""
    seed: NonNegativeInt
    """The seed that every random number of the study derives from."""
    task: Task
    """What is to be recalled: how sequences and targets are made."""
    lengths: Lengths
    """Lengths, ascending: how long something has to be remembered. What a length is, the task
    says; of the default task, how many elements a sequence has."""
    replicates: PositiveInt
    """Training runs for each model and length, numbered from 0."""
    replicates_per_job: PositiveInt
    """Replicates that one job trains, one after the other (a shard)."""
    checkpoint_seconds: NonNegativeInt = 60
    """Seconds after which a training job saves its state again, for its next attempt."""
    dataset: Splits
    """The sizes of a dataset's three splits."""
    training: Training
    """How every model is trained."""
    selection: Selection | None = None
    """How training settings are selected, for each model and length; null trains every model as
    `training` and its entry say."""
    models: Annotated[list[PlainName], Field(min_length=1), AfterValidator(distinct)]
    """The models to run: names of entries in the model zoo."""
    model_zoo: dict[PlainName, ModelEntry]
    """Every model that a study can name."""
    analysis: Analysis
    """How replicates become statistics."""
    controls: Controls
    """What a correct pipeline must measure; a rule checks it."""
    claims: list[Claim] = []
    """What others have published, which the results are held against; a verdict never fails a
    run."""

    @property
    def headline_model(self) -> str:
        """The model that the degradation figure is about."""
        return self.analysis.headline_model or self.models[0]

    @property
    def selects(self) -> bool:
        """Whether training settings are selected."""
        return self.selection is not None

    @property
    def compares_rates(self) -> bool:
        """Whether the selection tries several learning rates."""
        return self.selection is not None and len(self.selection.grid.learning_rate or []) > 1

    @property
    def several(self) -> bool:
        """Whether the task asks for several numbers at once."""
        task = self.task_at(max(self.lengths))
        return task.loss == "mse" and task.shape.outputs > 1

    @property
    def families(self) -> dict[str, str]:
        """Of each model of several sizes, its family."""
        named = {model: self.model_zoo[model].family for model in self.models}
        return {model: family for model, family in named.items() if family}

    def lengths_of(self, model: str) -> list[int]:
        """The lengths at which `model` is trained."""
        return self.model_zoo[model].lengths or self.lengths

    def replicates_of(self, model: str) -> int:
        """The training runs of `model` at each of its lengths."""
        return self.model_zoo[model].replicates or self.replicates

    def places_of(self, model: str) -> dict[str, list[int]]:
        """The lengths that one network of `model` is trained on, by the folder of its files: one
        each, or with a curriculum all."""
        lengths = self.lengths_of(model)
        if self.training_of(model).curriculum != "none":
            return {layout.TOGETHER: lengths}
        return {layout.place(length): [length] for length in lengths}

    def tested_at(self, model: str) -> list[int]:
        """The lengths at which networks of `model` are tested."""
        together = self.training_of(model).curriculum != "none"
        return sorted({*self.lengths, *(self.analysis.test_lengths if together else [])})

    def only_tested(self) -> list[int]:
        """The lengths at which networks are tested, and none is trained."""
        known = [model for model in self.models if model in self.model_zoo]
        return sorted({t for model in known for t in self.tested_at(model)} - {*self.lengths})

    def shards_of(self, model: str) -> list[tuple[int, int]]:
        """The (first, last) replicate of each of a model's shards, both included."""
        size, number = self.replicates_per_job, self.replicates_of(model)
        return [(first, min(first + size, number) - 1) for first in range(0, number, size)]

    def training_of(self, model: str) -> Training:
        """How `model` is trained: as the study sets it, with the changes of its entry."""
        changes = self.model_zoo[model].training.model_dump()
        return self.training.model_copy(update=changes)

    @cached_property
    def candidates(self) -> dict[str, TrainingChanges]:
        """What each candidate of the selection changes in `training`, by its name."""
        return self.selection.candidates() if self.selection else {}

    def tried(self, model: str) -> dict[str, Training]:
        """How each candidate of the selection trains `model`, by its name."""
        own, changes = self.training_of(model), self.candidates
        return {name: own.model_copy(update=c.model_dump()) for name, c in changes.items()}

    def matched(self, model: str) -> Matched | None:
        """What the width of `model` is solved from; None if its options decide it."""
        entry = self.model_zoo[model]
        if entry.match is None:
            return None
        length = entry.match.length or max(self.lengths_of(model))
        about = entry.match.model_dump(include={"parameters", "tolerance"})
        option, shape = catalogue.width(entry.architecture), self.task_at(length).shape
        return Matched(option=option, shape=shape, **about)

    def files_of(self, model: str) -> dict[str, dict[str, str]]:
        """What the folders hold that a model's options name: for each the SHA-256 of its files."""
        entry = self.model_zoo[model]
        fields = catalogue.options("architecture", entry.architecture, Section).model_fields
        paths = {key for key, field in fields.items() if Path in parts(field.annotation)}
        named = {key: v for key, v in entry.options.items() if v is not None and key in paths}
        return {key: digests_below(Path(folder)) for key, folder in named.items()}

    def task_at(self, length: int) -> contract.Task:
        """The task at one length."""
        return catalogue.task(self.task.name, length, self.task.options)

    def on_shuffled_targets(self) -> "Study":
        """The small study whose targets are shuffled, which the controls look at."""
        controls, zoo = self.controls, {}
        for name, entry in self.model_zoo.items():
            training = entry.training.model_copy(update={"curriculum": "none"})
            own = {"lengths": None, "replicates": None, "training": training}
            zoo[name] = entry.model_copy(update=own)
        small = {"lengths": [controls.shuffled_length], "models": controls.shuffled_models}
        small |= dict.fromkeys(("replicates", "replicates_per_job"), controls.shuffled_replicates)
        return self.model_copy(update={**small, "selection": None, "model_zoo": zoo})
