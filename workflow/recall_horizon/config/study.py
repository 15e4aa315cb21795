"""A study: the whole configuration, and what each job of the pipeline receives of it."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import cached_property
from itertools import cycle
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    Field,
    NonNegativeInt,
    PositiveInt,
    StringConstraints,
)

from recall_horizon import contract
from recall_horizon.code import catalogue
from recall_horizon.config.claims import Claim
from recall_horizon.config.dataset import DatasetSpec, Splits, Task
from recall_horizon.config.partners import partners
from recall_horizon.config.section import HEX_COLOUR, PlainName, Section, distinct, parts, printable
from recall_horizon.config.selection import Selection
from recall_horizon.config.training import (
    AtLength,
    Matched,
    Training,
    TrainingChanges,
    TrainingSpec,
    lstm_width,
)
from recall_horizon.storage import layout
from recall_horizon.storage.files import digests_below

# Numbers that training keeps for each sequence, step and hidden unit: an LSTM's four gates, its two
# states and their gradients, as measured, rounded up.
ACTIVATIONS_PER_UNIT = 24

# Memory for each byte of weights that are read from files, which may be of 16 bits and become 32:
# the weights in training, their gradients and Adam's two means of these; then, of each replicate of
# a job, the weights before and after training, and once more as they are written.
FILES_IN_TRAINING = 2 * 4
FILES_OF_A_REPLICATE = 2 * 2 * 2

# Okabe & Ito's colours (2008), which colour-blind readers can distinguish, except yellow, which
# is too pale for lines; then darker shades of them. Models without a colour take the next.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#1A1A1A")
PALETTE += ("#00466E", "#8A3D00", "#00614A", "#8C4A70", "#8F6300")


def _ascending(values: list[int]) -> list[int]:
    if values != sorted(set(values)):
        raise ValueError(f"should be ascending, each length once: {sorted(set(values))}")
    return values


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
    match: Match | None = None
    """Instead of a width among the options (`hidden_size`): the size that it is solved for."""
    label: (
        Annotated[str, StringConstraints(min_length=1, max_length=40), AfterValidator(printable)]
        | None
    ) = None
    """The model's name in figures and text; null takes its name in the model zoo."""
    colour: Annotated[str, StringConstraints(pattern=HEX_COLOUR)] | None = None
    """The model's colour in figures, as #rrggbb; null takes the next free one of a palette that
    colour-blind readers can distinguish."""
    training: TrainingChanges = TrainingChanges()
    """What is different in how this model is trained."""
    lengths: (
        Annotated[list[PositiveInt], Field(min_length=1), AfterValidator(_ascending)] | None
    ) = None
    """Of the study's lengths those at which this model is trained; null takes all."""
    replicates: PositiveInt | None = None
    """Training runs of this model at each length; null takes as many as the study has."""
    control: bool = False
    """Whether it is a control, whose best possible score is known; figures show it in grey."""


class Analysis(Section):
    """How replicates become statistics; changing it never retrains anything."""

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
    lengths: Annotated[list[PositiveInt], Field(min_length=1), AfterValidator(_ascending)]
    """Lengths, ascending: how long something has to be remembered. What a length is, the task
    says; of the default task, how many elements a sequence has."""
    replicates: PositiveInt
    """Training runs for each model and length, numbered from 0."""
    replicates_per_job: PositiveInt
    """Replicates that one job trains, one after the other (a shard)."""
    checkpoint_seconds: NonNegativeInt
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

    def per_epoch(self, model: str) -> dict[str, int]:
        """What one epoch of a network spends: `steps` of Adam, one a batch, `sequences` seen, and
        `elements` of them read, the most of all lengths; with a curriculum of all `lengths`
        together.
        """
        training, places = self.training_of(model), list(self.places_of(model).values())
        samples = training.samples
        return {
            "lengths": len(places[0]),
            "steps": len(places[0]) * training.batches(),
            "sequences": len(places[0]) * samples,
            "elements": max(
                samples * sum(self.task_at(length).shape.steps for length in lengths)
                for lengths in places
            ),
        }

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

    def candidate_steps(self, model: str) -> dict[str, int]:
        """The steps of Adam that training `model` takes with the settings of each candidate."""
        lengths = self.per_epoch(model)["lengths"]
        tried = {
            name: self.training_of(model).model_copy(update=changes.model_dump())
            for name, changes in self.candidates.items()
        }
        return {name: t.epochs * lengths * t.batches() for name, t in tried.items()}

    def matched(self, model: str) -> Matched | None:
        """What the width of `model` is solved from; None if its options decide it."""
        entry = self.model_zoo[model]
        if entry.match is None:
            return None
        return Matched(
            option=catalogue.width(entry.architecture),
            parameters=entry.match.parameters,
            shape=self.task_at(entry.match.length or max(self.lengths_of(model))).shape,
            tolerance=entry.match.tolerance,
        )

    def files_of(self, model: str) -> dict[str, dict[str, str]]:
        """What the folders hold that a model's options name: for each the SHA-256 of its files."""
        entry = self.model_zoo[model]
        fields = catalogue.options("architecture", entry.architecture, Section).model_fields
        return {
            key: digests_below(Path(folder))
            for key, folder in entry.options.items()
            if folder is not None and key in fields and Path in parts(fields[key].annotation)
        }

    def task_at(self, length: int) -> contract.Task:
        """The task at one length."""
        return catalogue.task(self.task.name, length, self.task.options)

    def on_shuffled_targets(self) -> "Study":
        """The small study whose targets are shuffled, which the controls look at."""
        controls = self.controls
        zoo = {
            name: entry.model_copy(
                update={
                    "lengths": None,
                    "replicates": None,
                    "training": entry.training.model_copy(update={"curriculum": "none"}),
                }
            )
            for name, entry in self.model_zoo.items()
        }
        return self.model_copy(
            update={
                "lengths": [controls.shuffled_length],
                "models": controls.shuffled_models,
                "replicates": controls.shuffled_replicates,
                "replicates_per_job": controls.shuffled_replicates,
                "selection": None,
                "model_zoo": zoo,
            }
        )

    def dataset_spec(self, length: int, shuffled: bool = False) -> DatasetSpec:
        """What the job that generates the dataset of `length` receives; targets may be shuffled."""
        return DatasetSpec(
            seed=self.seed,
            task=catalogue.locate("task", self.task.name),
            options=self.task.options,
            length=length,
            splits=self.dataset,
            shuffled=shuffled,
        )

    def test_dataset_spec(self, length: int) -> DatasetSpec:
        """What the job that generates the test split of a length receives."""
        return self.dataset_spec(length).model_copy(update={"test_alone": True})

    def training_spec(
        self,
        model: str,
        place: str,
        first: int,
        last: int,
        selected: Mapping[str, Any] | None = None,
    ) -> TrainingSpec:
        """What the job receives that trains replicates `first` to `last` of `model` in a place, by
        `places_of`.

        `selected` are the settings that the selection has chosen for them.
        """
        lengths = self.places_of(model)[place]
        length = lengths[-1]
        entry, task = self.model_zoo[model], self.task_at(length)
        return TrainingSpec(
            study=self.study,
            task=self.task.name,
            seed=self.seed,
            model=model,
            length=length,
            shape=task.shape,
            loss=task.loss,
            chance=task.chance,
            architecture=catalogue.locate("architecture", entry.architecture),
            options=entry.options,
            files=self.files_of(model),
            matched=self.matched(model),
            first_replicate=first,
            last_replicate=last,
            training=self.training_of(model).model_copy(update=dict(selected or {})),
            together=[self._at(each) for each in lengths] if place == layout.TOGETHER else [],
        )

    def _at(self, length: int) -> AtLength:
        task = self.task_at(length)
        return AtLength(length=length, shape=task.shape, chance=task.chance)

    def search_spec(self, model: str, place: str, candidate: str) -> TrainingSpec:
        """What the job that tries `candidate` for `model` in a place receives."""
        assert self.selection
        changes = {**self.candidates[candidate].model_dump(), "evaluate_at": []}
        spec = self.training_spec(model, place, 0, self.selection.replicates - 1, changes)
        return spec.model_copy(update={"search": True})

    def dataset_memory_mb(self, length: int) -> int:
        """Memory of a job that holds one dataset, in MB: Python and numpy, and the data thrice."""
        splits, shape = self.dataset, self.task_at(length).shape
        each = shape.steps * shape.features + shape.answers * shape.outputs
        numbers = (splits.pool + splits.validation + splits.test) * each
        return 200 + 3 * 4 * numbers // 10**6

    def training_memory_mb(self, model: str, lengths: list[int]) -> int:
        """Memory of a job that trains `model` on `lengths`, in MB: torch, the data, and a batch's
        activations."""
        training = self.training_of(model)
        evaluated = max(self.dataset.validation, self.dataset.test)
        tried = [
            training,
            *(training.model_copy(update=c.model_dump()) for c in self.candidates.values()),
        ]
        batches = [settings.batch_size or settings.samples for settings in tried]
        batch = max(*batches, min(evaluated, 4096))
        entry = self.model_zoo[model]
        width = entry.options.get("hidden_size") or 32
        if entry.match:
            width = lstm_width(entry.match.parameters)
        steps = max(self.task_at(length).shape.steps for length in lengths)
        activations = 4 * batch * steps * width * ACTIVATIONS_PER_UNIT
        files = [
            Path(entry.options[key], file)
            for key, of in self.files_of(model).items()
            for file in of
        ]
        replicates = max(last - first + 1 for first, last in self.shards_of(model))
        if self.selection:
            replicates = max(replicates, self.selection.replicates)
        copies = FILES_IN_TRAINING + replicates * FILES_OF_A_REPLICATE
        weights = copies * sum(path.stat().st_size for path in files)
        data = sum(map(self.dataset_memory_mb, lengths))
        return 500 + data + (activations + weights) // 10**6

    def described_models(self) -> dict[str, Any]:
        """What the job that describes the study's models receives."""
        entries = {name: self.model_zoo[name] for name in self.models}
        return {
            name: {
                "label": entry.label or name,
                "architecture": catalogue.locate("architecture", entry.architecture),
                "options": entry.options,
                "files": self.files_of(name),
                "width": catalogue.width(entry.architecture),
                "matched": matched.model_dump() if (matched := self.matched(name)) else None,
                "lengths": self.lengths_of(name),
                "curriculum": self.training_of(name).curriculum,
            }
            for name, entry in entries.items()
        }

    def recorded(self) -> dict[str, Any]:
        """The configuration as a study's provenance keeps it: without what affects no number."""
        return self.model_dump(mode="json", exclude={"checkpoint_seconds"})

    def statistics(self) -> dict[str, Any]:
        """What the step receives that makes tables of the losses."""
        return {
            "confidence": self.analysis.confidence,
            "thresholds": self.analysis.horizon_score,
            "solved_score": self.analysis.solved_score,
            "headline": self.headline_model,
            "on_all": [m for m in self.models if self.training_of(m).curriculum != "none"],
            "per_epoch": {model: self.per_epoch(model) for model in self.models},
            "claims": [claim.model_dump() for claim in self.claims],
        }

    def experiment(self) -> dict[str, Any]:
        """What was trained on what, which decides how far two studies can be compared."""
        keys = {"architecture", "options", "match", "training"}
        return {
            "seed": self.seed,
            "task": self.task.model_dump(),
            "dataset": self.dataset.model_dump(),
            "training": self.training.model_dump(),
            "model_zoo": {
                name: {
                    **self.model_zoo[name].model_dump(include=keys),
                    **({"files": files} if (files := self.files_of(name)) else {}),
                }
                for name in self.models
            },
            **({"selection": self.selection.model_dump()} if self.selection else {}),
        }

    def look(
        self, words: dict[str, str] | None = None, levels: dict[str, float] | None = None
    ) -> dict[str, Any]:
        """What figures and text show of the configuration: its models, and its task's `words` and
        `levels`, which come from the task's code if they are not given."""
        shown = {name: self.model_zoo[name] for name in self.models}
        free = cycle([c for c in PALETTE if c not in {e.colour for e in shown.values()}] or PALETTE)
        return {
            "headline": self.headline_model,
            "models": self.models,
            "labels": {name: entry.label or name for name, entry in shown.items()},
            "colours": {name: entry.colour or next(free) for name, entry in shown.items()},
            "controls": [name for name, entry in shown.items() if entry.control],
            "confidence": self.analysis.confidence,
            "words": self.words() if words is None else words,
            "levels": self.levels() if levels is None else levels,
            "partners": partners(shown, {name: self.training_of(name) for name in shown}),
        }

    def question(self) -> str:
        """What the task asks, for someone who has not heard of it."""
        about, question = catalogue.about("task", self.task.name)
        reads = "A network reads a sequence, one element after the other."
        return question or (f"{reads} Its task: {about}" if about else reads)

    def asked(self) -> dict[str, Any]:
        """What the task asks, in words and shapes: what reading a finished study needs of it."""
        shapes = {str(length): asdict(self.task_at(length).shape) for length in self.lengths}
        return {
            "question": self.question(),
            "words": self.words(),
            "levels": self.levels(),
            "shapes": shapes,
        }

    def levels(self) -> dict[str, float]:
        """The scores of the task that mean something, by what they mean."""
        return dict(getattr(self.task_at(self.lengths[0]), "levels", {}))

    def words(self) -> dict[str, str]:
        """What figures and text call the loss, the score, and what the task is about."""
        task = self.task_at(self.lengths[0])
        named = {"target": getattr(task, "target", None), "length": getattr(task, "counts", None)}
        return contract.words(task.loss, **{key: word for key, word in named.items() if word})
