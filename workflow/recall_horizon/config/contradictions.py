"""What no single key of a configuration shows: keys that contradict each other, or the code."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError, create_model

from recall_horizon.code import catalogue
from recall_horizon.config.messages import Problem, from_validation
from recall_horizon.config.section import Section
from recall_horizon.config.study import ModelEntry, Study
from recall_horizon.config.training import Training
from recall_horizon.config.widths import refused
from recall_horizon.errors import RecallHorizonError, nearest

# The fewest replicates of a candidate whose median says something.
FEWEST = 3
# What options are checked by: whether the study's files are `elsewhere`.
Context = dict[str, bool]
Place = tuple[str, ...]  # of a key


def contradictions(study: Study, context: Context) -> Iterator[Problem]:
    """Problems that no single key shows: keys that contradict each other, or the code."""
    zoo, shuffled = study.model_zoo, study.controls.shuffled_models
    yield from _training_problems(("training",), study.training, study.dataset.pool)
    for name in sorted(zoo.keys() & {*study.models, *shuffled}):
        if zoo[name].training.model_fields_set:
            path = ("model_zoo", name, "training")
            yield from _training_problems(path, study.training_of(name), study.dataset.pool)
    yield from _selection_problems(study, context)
    named = [(("models", i), model) for i, model in enumerate(study.models)]
    named += [(("controls", "shuffled_models", i), model) for i, model in enumerate(shuffled)]
    for path, model in named:
        if model not in zoo:
            yield Problem(path, model, f"not in model_zoo; {nearest(model, zoo)}")
    headline = study.analysis.headline_model
    if headline is not None and headline not in study.models:
        advice = f"should be null or one of models; {nearest(headline, study.models)}"
        yield Problem(("analysis", "headline_model"), headline, advice)
    folded = [name.casefold() for name in zoo]
    for name, entry in zoo.items():
        if folded.count(name.casefold()) > 1:
            yield Problem(("model_zoo", name), entry.architecture, "two names differ only in case")
    if not context["elsewhere"]:
        yield from _label_problems(study)
    yield from _task_problems(study, context)
    yield from _claim_problems(study, context)
    for name, entry in zoo.items():
        yield from _model_problems(("model_zoo", name), entry, context)
        missing = sorted({*(entry.lengths or ())} - {*study.lengths})
        if name in study.models and missing:
            advice = f"should be among the study's lengths; not there: {missing}"
            yield Problem(("model_zoo", name, "lengths"), entry.lengths, advice)


def _label_problems(study: Study) -> Iterator[Problem]:
    """Models of the study that figures and tables could not tell apart."""
    labelled: dict[str, str] = {}
    for name in [model for model in study.models if model in study.model_zoo]:
        label = study.model_zoo[name].label or name
        if label in labelled and labelled[label] != name:
            advice = f"the label of {labelled[label]}, too; each model needs its own"
            yield Problem(("model_zoo", name, "label"), label, advice)
        labelled.setdefault(label, name)


def all_refusals(study: Study) -> Iterator[Problem]:
    """What the architectures of the models that are trained refuse."""
    zoo = study.model_zoo
    for name in sorted(zoo.keys() & {*study.models, *study.controls.shuffled_models}):
        entry = zoo[name]
        try:
            taken = options_of(entry).model_validate(entry.options)
        except (RecallHorizonError, ValidationError):
            continue  # another problem says so
        options = taken.model_dump(mode="json", exclude_unset=True)
        if refusal := catalogue.refusal("architecture", entry.architecture, options):
            yield Problem(("model_zoo", name, "options"), entry.options, refusal)


def unread(name: str, context: Context) -> bool:
    """Whether the code behind `name` is left alone: a study from elsewhere may name any."""
    return context["elsewhere"] and catalogue.is_foreign(name)


def options_of(entry: ModelEntry) -> type[Section]:
    """The options that `entry` may give: a width that is solved needs no value."""
    taken = catalogue.options("architecture", entry.architecture, Section)
    width = catalogue.width(entry.architecture) if entry.match else None
    if width not in taken.model_fields:
        return taken
    return create_model(taken.__name__, __base__=taken, **{width: (Any, None)})


def _training_problems(path: Place, training: Training, pool: int) -> Iterator[Problem]:
    """Keys that contradict each other in one `training` section, which is at `path`."""
    if training.samples > pool:
        advice = f"should be at most dataset.pool ({pool}), which they are drawn from"
        yield Problem((*path, "samples"), training.samples, advice)
    if training.batch_size is not None and training.batch_size > training.samples:
        advice = f"should be at most training.samples ({training.samples}), or null: a full batch"
        yield Problem((*path, "batch_size"), training.batch_size, advice)
    late = [epoch for epoch in training.evaluate_at if epoch > training.epochs]
    if late:
        advice = f"should be at most training.epochs ({training.epochs}); later: {late}"
        yield Problem((*path, "evaluate_at"), training.evaluate_at, advice)


def _selection_problems(study: Study, context: Context) -> Iterator[Problem]:
    """Candidates that contradict other keys, and models whose entries fix what is searched."""
    if study.selection is None:
        return
    path, grid = ("selection", "grid"), study.selection.grid
    if study.selection.replicates < FEWEST and not context["elsewhere"]:
        advice = f"should be at least {FEWEST}: of fewer, chance decides between candidates"
        yield Problem(("selection", "replicates"), study.selection.replicates, advice)
    if not grid.model_fields_set:
        advice = "should name at least one key of `training`, with the values to try"
        yield Problem(path, {}, advice)
    for name in sorted(study.model_zoo.keys() & set(study.models)):
        fixed = study.model_zoo[name].training.model_fields_set
        for key in sorted(fixed & grid.model_fields_set):
            value = getattr(study.model_zoo[name].training, key)
            advice = f"should not be set here, or not be in selection.grid, which searches {key}"
            yield Problem(("model_zoo", name, "training", key), value, advice)
        problems = {}
        for training in study.tried(name).values():
            found = _training_problems(path, training, study.dataset.pool)
            problems |= {problem.path: problem for problem in found}
        yield from problems.values()
        if problems:  # of one model: those of the others are the same
            return


def _model_problems(path: Place, entry: ModelEntry, context: Context) -> Iterator[Problem]:
    """Whether the architecture of `entry` is found and takes its options, and has one width."""
    if unread(entry.architecture, context):
        return
    try:
        taken, width = options_of(entry), catalogue.width(entry.architecture)
    except RecallHorizonError as error:
        yield Problem((*path, "architecture"), entry.architecture, str(error))
        return
    yield from _option_problems(path, taken, entry.options, context)
    if entry.widths is not None:
        why = refused(entry.model_dump())
        yield Problem((*path, "widths"), entry.widths, str(why))
    if entry.match is None:
        return
    given = entry.match.model_dump(exclude_unset=True)
    if width is None:
        advice = f"{entry.architecture} has no width to be solved: it takes no option "
        advice += f"`{catalogue.WIDTH}`, and its class names no other as its `width_option`"
        yield Problem((*path, "match"), given, advice)
    elif width in entry.options:
        advice = f"should be left out, or options.{width} should: it is solved from `match`"
        yield Problem((*path, "match"), given, advice)


def _task_problems(study: Study, context: Context) -> Iterator[Problem]:
    """Whether the task can be found, takes its options, and can have the study's lengths."""
    task = study.task
    if unread(task.name, context):
        return
    try:
        taken = catalogue.options("task", task.name, Section)
    except RecallHorizonError as error:
        yield Problem(("task", "name"), task.name, str(error))
        return
    problems = list(_option_problems(("task",), taken, task.options, {}))
    yield from problems
    if problems or context["elsewhere"]:
        return
    typed = taken.model_validate(task.options, context=context).model_dump(exclude_unset=True)
    study = study.model_copy(update={"task": task.model_copy(update={"options": typed})})
    asked = [(("lengths", i), length) for i, length in enumerate(study.lengths)]
    asked += [(("analysis", "test_lengths"), length) for length in study.only_tested()]
    if study.controls.shuffled_models:
        asked.append((("controls", "shuffled_length"), study.controls.shuffled_length))
    for path, length in asked:
        try:
            study.task_at(length)
        except RecallHorizonError as error:
            other = "; [] tests at no other lengths" if path[-1] == "test_lengths" else ""
            yield Problem(path, length, f"task {task.name} {error}{other}")
            return  # one is enough: what fails at every length is not the length's fault
    yield from _curriculum_problems(study)


def _curriculum_problems(study: Study) -> Iterator[Problem]:
    """Lengths at which the task asks for answers of other shapes, which no one network gives."""
    for model in [m for m in study.models if m in study.model_zoo]:
        curriculum = study.training_of(model).curriculum
        if curriculum == "none":
            continue
        shapes = {length: study.task_at(length).shape for length in study.tested_at(model)}
        asked = {(s.features, s.outputs, s.answers): length for length, s in shapes.items()}
        if len(asked) > 1:
            one, other = sorted(asked.values())[:2]
            advice = f"one network cannot be trained at several lengths: task {study.task.name} "
            advice += f"asks for answers of another shape at T = {one} than at T = {other}"
            yield Problem(("model_zoo", model, "training", "curriculum"), curriculum, advice)


def _claim_problems(study: Study, context: Context) -> Iterator[Problem]:
    """Models and tasks of claims that nobody knows."""
    for i, claim in enumerate(study.claims):
        for model in dict.fromkeys(claim.models):
            if model not in study.model_zoo:
                advice = f"not in model_zoo; {nearest(model, study.model_zoo)}"
                yield Problem(("claims", i, claim.kind), model, advice)
        if claim.task is not None and not unread(claim.task, context):
            try:
                catalogue.options("task", claim.task, Section)
            except RecallHorizonError as error:
                yield Problem(("claims", i, "task"), claim.task, str(error))


def _option_problems(
    path: Place, taken: type[Section], options: dict[str, Any], context: Context
) -> Iterator[Problem]:
    try:
        taken.model_validate(options, context=context)
    except ValidationError as error:
        yield from from_validation(error, taken, (*path, "options"))
