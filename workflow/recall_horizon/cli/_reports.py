"""A finished study in words, as the steps read it that print it or compare it with others."""

from pathlib import Path

from recall_horizon.explore import open_study
from recall_horizon.presentation.sentences import Report


def report(folder: Path) -> Report:
    """The finished study, or the reference, in `folder`, in words."""
    study = open_study(folder)
    return Report(study.tables(), study.look, study.provenance)
