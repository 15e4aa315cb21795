"""What the jobs of the pipeline receive of a study. What a value holds decides what reruns."""

from collections.abc import Iterable, Mapping
from typing import Any

from recall_horizon.code import catalogue
from recall_horizon.config.dataset import DatasetSpec
from recall_horizon.config.study import Study
from recall_horizon.config.training import AtLength, TrainingSpec
from recall_horizon.storage import layout


def dataset_spec(study: Study, length: int, shuffled: bool = False) -> DatasetSpec:
    """What the job that generates the dataset of `length` receives; targets may be shuffled."""
    return DatasetSpec(
        seed=study.seed,
        task=catalogue.locate("task", study.task.name),
        options=study.task.options,
        length=length,
        splits=study.dataset,
        shuffled=shuffled,
    )


def test_dataset_spec(study: Study, length: int) -> DatasetSpec:
    """What the job that generates the test split of a length receives."""
    return dataset_spec(study, length).model_copy(update={"test_alone": True})


def training_spec(
    study: Study,
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
    lengths = study.places_of(model)[place]
    length = lengths[-1]
    entry, task = study.model_zoo[model], study.task_at(length)
    return TrainingSpec(
        study=study.study,
        task=study.task.name,
        seed=study.seed,
        model=model,
        length=length,
        shape=task.shape,
        loss=task.loss,
        chance=task.chance,
        architecture=catalogue.locate("architecture", entry.architecture),
        options=entry.options,
        files=study.files_of(model),
        matched=study.matched(model),
        first_replicate=first,
        last_replicate=last,
        training=study.training_of(model).model_copy(update=dict(selected or {})),
        together=[_at(study, each) for each in lengths] if place == layout.TOGETHER else [],
    )


def _at(study: Study, length: int) -> AtLength:
    task = study.task_at(length)
    return AtLength(length=length, shape=task.shape, chance=task.chance)


def search_spec(study: Study, model: str, place: str, candidate: str) -> TrainingSpec:
    """What the job that tries `candidate` for `model` in a place receives."""
    assert study.selection
    changes = {**study.candidates[candidate].model_dump(), "evaluate_at": []}
    spec = training_spec(study, model, place, 0, study.selection.replicates - 1, changes)
    return spec.model_copy(update={"search": True})


def candidates(study: Study) -> dict[str, dict[str, Any]]:
    """The settings of each candidate of the selection, by its name."""
    return {name: changes.model_dump() for name, changes in study.candidates.items()}


def candidate_steps(study: Study, model: str) -> dict[str, int]:
    """The steps of Adam that training `model` takes with the settings of each candidate."""
    lengths = per_epoch(study, model)["lengths"]
    return {name: t.epochs * lengths * t.batches() for name, t in study.tried(model).items()}


def listed(study: Study, models: Iterable[str] | None = None) -> dict[str, Any]:
    """The training jobs of `models`, or of all, in short: a command line does not hold thousands of
    paths."""
    return {
        model: {
            "lengths": study.lengths_of(model),
            "shards": [f"{first}-{last}" for first, last in study.shards_of(model)],
            **({"together": True} if layout.TOGETHER in study.places_of(model) else {}),
        }
        for model in sorted(study.models if models is None else models)
    }


def per_epoch(study: Study, model: str) -> dict[str, int]:
    """What one epoch of a network spends: `steps` of Adam, one a batch, `sequences` seen, and
    `elements` of them read, the most of all lengths; with a curriculum of all `lengths`
    together.
    """
    training, places = study.training_of(model), list(study.places_of(model).values())
    samples = training.samples
    return {
        "lengths": len(places[0]),
        "steps": len(places[0]) * training.batches(),
        "sequences": len(places[0]) * samples,
        "elements": max(
            samples * sum(study.task_at(length).shape.steps for length in lengths)
            for lengths in places
        ),
    }


def statistics(study: Study) -> dict[str, Any]:
    """What the step receives that makes tables of the losses."""
    return {
        "confidence": study.analysis.confidence,
        "thresholds": study.analysis.horizon_score,
        "solved_score": study.analysis.solved_score,
        "headline": study.headline_model,
        "on_all": [m for m in study.models if study.training_of(m).curriculum != "none"],
        "per_epoch": {model: per_epoch(study, model) for model in study.models},
    }


def experiment(study: Study) -> dict[str, Any]:
    """What was trained on what, which decides how far two studies can be compared."""
    keys = {"seed", "task", "dataset", "training", "selection"}
    zoo = {
        name: {**study.model_zoo[name].model_dump(mode="json"), "files": study.files_of(name)}
        for name in study.models
    }
    return {**study.model_dump(mode="json", include=keys), "model_zoo": zoo}


def recorded(study: Study) -> dict[str, Any]:
    """The configuration as a study's provenance keeps it: without what affects no number."""
    return study.model_dump(mode="json", exclude={"checkpoint_seconds"})
