"""Which networks of a study its page may let readers play with, and at which lengths."""

from collections.abc import Collection

from recall_horizon.code import catalogue
from recall_horizon.config.study import Study

TASK = "first_element"  # numbers in, one number out: what the page can draw
LONGEST = 500  # elements that the page can draw, and compute while a reader waits
TABLES = ("losses", "models", "outcomes")  # which networks are shown depends on these


def models(study: Study, cells: Collection[str]) -> list[str]:
    """The models that the page can compute: of architectures in `cells`, and no controls."""
    if catalogue.locate("task", study.task.name) != catalogue.locate("task", TASK):
        return []
    return [
        model
        for model in study.models
        if cell(study, model) in cells and not study.model_zoo[model].control
    ]


def cell(study: Study, model: str) -> str:
    """What the page calls the architecture of `model`: as its file in the package."""
    return study.model_zoo[model].architecture.replace("-", "_")


def lengths(study: Study) -> list[int]:
    """The lengths of the sequences that the page offers: all that networks are tested at, as far as
    it can draw them."""
    tested = sorted({*study.lengths, *study.only_tested()})
    return [length for length in tested if length <= LONGEST] or tested[:1]
