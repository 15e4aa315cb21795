"""Documents that quote finished studies: templates filled with numbers from their tables."""

from collections.abc import Iterable, Mapping
from typing import Any

import jinja2

from recall_horizon.presentation import grid
from recall_horizon.presentation.sentences import Report


def filled(template: str, studies: Mapping[str, Any]) -> str:
    """`template` with its expressions replaced, such as `{{ default.says("models") }}`.

    A study's name has `_` there where it has `-`.

    Raises:
        jinja2.UndefinedError: it names a study that is not among `studies`.
    """
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.from_string(template).render(
        {name.replace("-", "_"): study for name, study in studies.items()}
    )


def horizons_table(studies: Iterable[Report], titles: Iterable[str]) -> str:
    """The horizons of every model of the first of `studies`, a column for each study, in Markdown.

    Models that are controls are left out; a model that another study lacks has an empty cell.
    """
    studies = list(studies)
    rows = [
        [
            studies[0].named(model),
            *(s.text.horizon(model) if model in s.compared else "" for s in studies),
        ]
        for model in studies[0].compared
    ]
    return grid.markdown([["model", *titles], *rows])
