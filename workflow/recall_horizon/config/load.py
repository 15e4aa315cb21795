"""Turn a merged configuration into a checked study, or into one message with every problem."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from recall_horizon.code import catalogue
from recall_horizon.config import contradictions as checks
from recall_horizon.config.messages import as_text, from_validation
from recall_horizon.config.section import Section
from recall_horizon.config.study import Study
from recall_horizon.config.widths import spread
from recall_horizon.errors import ConfigError


def load(raw: Mapping[str, Any], to_run: bool = True) -> Study:
    """The study that `raw`, a merged configuration, describes.

    A study that has run is not `to_run`: it may be somebody else's. What its models need, an extra
    or a folder, may be on another machine, and names of code outside the package are only names.

    Raises:
        ConfigError: one message with every problem: the key's path, its value, what would be
            right, and the nearest valid key where one was misspelt.
    """
    try:
        study = Study.model_validate(spread(raw))
    except ValidationError as error:
        raise ConfigError(as_text(from_validation(error, Study))) from None
    context = {"elsewhere": not to_run}
    problems = list(checks.contradictions(study, context))
    problems += checks.all_refusals(study) if to_run else []
    if problems:
        raise ConfigError(as_text(problems))
    return _completed(study, context)


def _completed(study: Study, context: checks.Context) -> Study:
    """`study` with the options of its task and models in the types that their code declares, and
    with the length at which each width is solved, also where another part of it runs."""

    def checked(taken: type[Section], options: dict[str, Any]) -> dict[str, Any]:
        typed = taken.model_validate(options, context=context)
        return {"options": typed.model_dump(mode="json", exclude_unset=True)}

    task, zoo = study.task, {}
    if not checks.unread(task.name, context):
        taken = catalogue.options("task", task.name, Section)
        task = task.model_copy(update=checked(taken, task.options))
    for name, entry in study.model_zoo.items():
        unread = checks.unread(entry.architecture, context)
        update = {} if unread else checked(checks.options_of(entry), entry.options)
        if entry.match and entry.match.length is None:
            longest = max(study.lengths_of(name))
            update["match"] = entry.match.model_copy(update={"length": longest})
        zoo[name] = entry.model_copy(update=update)
    return study.model_copy(update={"task": task, "model_zoo": zoo})


def warnings(study: Study) -> list[str]:
    """What a study may be run with, but whose author should know."""
    pool = study.dataset.pool
    alike = {m: n for m in sorted(study.models) if 2 * (n := study.training_of(m).samples) > pool}
    if not alike or max(map(study.replicates_of, alike)) == 1:
        return []
    most = max(alike.values())
    return [
        f"replicates share most of their training data: each of {', '.join(alike)} "
        f"draws {most:,} sequences from a pool of {pool:,}, so their spread is too small. With a "
        f"pool of {2 * most:,} or more, replicates have training sets of their own."
    ]
