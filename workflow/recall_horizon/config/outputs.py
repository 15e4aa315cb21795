"""The files that a study makes, by its configuration: what else lies in its folder is not of it."""

from collections.abc import Iterator

from recall_horizon.code import catalogue, syntax
from recall_horizon.config.study import Study
from recall_horizon.storage import layout


def figures(study: Study) -> list[str]:
    """The figures of a study: all but those of tables that it does not make."""
    made = set(layout.tables(selects=study.selection is not None))
    names = catalogue.figures()
    return [f for f in names if made.issuperset(syntax.constant(catalogue.figure(f), "TABLES"))]


def reported(study: Study) -> Iterator[str]:
    """What people read: provenance, page, paper, tables and figures."""
    return layout.reported(layout.tables(study.selection is not None), figures(study))


def cached(study: Study) -> Iterator[str]:
    """What tables are made of: datasets, losses, weights, probes and tests at other lengths, and
    those of the controls."""
    yield from map(layout.dataset, study.lengths)
    yield from map(layout.test_dataset, study.only_tested())
    yield from map(layout.probe, study.models)
    yield from map(layout.transfer, study.models)
    yield from _jobs(study)
    for model in study.models:
        for place in study.places_of(model):
            yield from [layout.selected(model, place)] if study.selection else []
            for candidate in study.candidates:
                for suffix in layout.OF_A_JOB:
                    yield layout.search_job(model, place, candidate, suffix)
    if study.controls.shuffled_models:
        shuffled = study.on_shuffled_targets()
        inside = [*map(layout.dataset, shuffled.lengths), *_jobs(shuffled)]
        yield from (f"controls/{file}" for file in inside)


def _jobs(study: Study) -> Iterator[str]:
    for model in study.models:
        for place in study.places_of(model):
            for shard in study.shards_of(model):
                for suffix in layout.OF_A_JOB:
                    yield layout.job(model, place, *shard, suffix)
