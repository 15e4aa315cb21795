"""The files that a study makes, by its configuration: what else lies in its folder is not of it."""

from collections.abc import Iterable, Iterator
from typing import Any

from recall_horizon.code import catalogue, syntax
from recall_horizon.config.study import Study
from recall_horizon.storage import layout


def optional(study: Study, several: bool) -> list[str]:
    """The tables of a study that not every study has. `several`: whether its task asks for several
    numbers at once."""
    made = {"selection": study.selects, "windows": study.compares_rates}
    made |= {"memory": several, "frontier": bool(study.families)}
    return [name for name, there in made.items() if there]


def tables(study: Study, several: bool | None = None) -> list[str]:
    """The tables of a study. `several`, as of `optional`: None asks its task, whose code runs."""
    return layout.tables(optional(study, study.several if several is None else several))


def figures(study: Study, several: bool | None = None) -> list[str]:
    """The figures of a study: all but those of tables that it does not make."""
    made = set(tables(study, several))
    names = catalogue.figures()
    return [f for f in names if made.issuperset(syntax.constant(catalogue.figure(f), "TABLES"))]


def figure_tables(study: Study) -> list[str]:
    """The tables that the figures of a study are drawn from."""
    drawn = {t for f in figures(study) for t in syntax.constant(catalogue.figure(f), "TABLES")}
    return sorted(drawn)


def figure_files(study: Study) -> list[str]:
    """The files of all figures of a study."""
    return [file for name in figures(study) for file in layout.figure(name)]


def datasets(study: Study, lengths: Iterable[int]) -> list[str]:
    """The files of the datasets of some lengths, of which the study need not train on all."""
    trained = set(study.lengths)
    return [(layout.dataset if n in trained else layout.test_dataset)(n) for n in lengths]


def runs(study: Study, suffix: str, models: Iterable[str] | None = None) -> list[str]:
    """The files ending in `suffix` of the training jobs of `models`, or of all."""
    return [
        layout.job(model, place, first, last, suffix)
        for model in (study.models if models is None else models)
        for place in study.places_of(model)
        for first, last in study.shards_of(model)
    ]


def searches(study: Study, suffix: str) -> list[str]:
    """The files ending in `suffix` of all search jobs."""
    return [
        layout.search_job(model, place, candidate, suffix)
        for model in study.models
        for place in study.places_of(model)
        for candidate in study.candidates
    ]


def selected(study: Study, models: Iterable[str]) -> list[str]:
    """The files of what was selected for `models`."""
    if not study.selects:
        return []
    return [layout.selected(model, place) for model in models for place in study.places_of(model)]


def reported(study: Study, several: bool | None = None) -> Iterator[str]:
    """What people read: provenance, page, paper, tables and figures. `several`: as of `tables`."""
    return layout.reported(tables(study, several), figures(study, several))


def cached(study: Study) -> Iterator[str]:
    """What tables are made of: datasets, losses, weights, probes and tests at other lengths, and
    those of the controls."""
    yield from datasets(study, [*study.lengths, *study.only_tested()])
    yield from map(layout.probe, study.models)
    yield from map(layout.transfer, study.models)
    yield from selected(study, study.models)
    for suffix in layout.OF_A_JOB:
        yield from runs(study, suffix)
        yield from searches(study, suffix)
    if study.controls.shuffled_models:
        small = study.on_shuffled_targets()
        inside = datasets(small, small.lengths)
        inside += [file for suffix in layout.OF_A_JOB for file in runs(small, suffix)]
        yield from map(layout.of_controls, inside)


def training_jobs(study: Study) -> dict[str, Any]:
    """The study's training jobs, for `watch`: what each is, by its files without their suffix.

    `work` is replicates · epochs · sequences · steps.
    """

    def described(model: str, lengths: list[int], replicates: int) -> dict[str, Any]:
        settings = study.training_of(model)
        steps = sum(study.task_at(length).shape.steps for length in lengths)
        spent = replicates * settings.epochs * settings.samples * steps
        return {"model": model, "length": max(lengths), "work": spent}

    planned = {}
    for model in study.models:
        for place, lengths in study.places_of(model).items():
            for first, last in study.shards_of(model):
                about = described(model, lengths, last - first + 1)
                planned[layout.job(model, place, first, last, "")] = about
            for candidate in study.candidates:
                assert study.selection
                about = described(model, lengths, study.selection.replicates)
                planned[layout.search_job(model, place, candidate, "")] = about
    return planned
