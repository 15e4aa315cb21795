"""Documents that quote finished studies: templates filled with numbers from their tables."""

from collections.abc import Mapping
from typing import Any

from recall_horizon.presentation import grid
from recall_horizon.presentation.sentences import Report, environment


def filled(template: str, studies: Mapping[str, Any]) -> str:
    """`template` with its expressions replaced, such as `{{ default.says("models") }}`.

    A study's name has `_` there where it has `-`.

    Raises:
        jinja2.UndefinedError: it names a study that is not among `studies`.
    """
    made = environment().overlay(keep_trailing_newline=True)
    named = {name.replace("-", "_"): study for name, study in studies.items()}
    return made.from_string(template).render(named)


def lengths_table(study: Report) -> str:
    """In Markdown, the horizons of each model with a network for each length and with one for all.

    Controls are left out; a model that is trained in one of the two ways has an empty cell.
    """
    head, *rows = study.section("transfer").table
    columns = [head.index(name) for name in ("model", "one length each", "all lengths")]
    controls = {study.named(model) for model in study.look.controls}
    compared = [[row[column] for column in columns] for row in rows if row[0] not in controls]
    titles = ["model", "one network for each length", "one network for all lengths"]
    return grid.markdown([titles, *compared])
