"""The files of search jobs, for the steps that read them."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from recall_horizon.storage import tables

CANDIDATES = {"candidates": "the settings of each candidate: {name: {key of training: value}}"}


def losses_of(folder: Path, candidates: Iterable[str]) -> dict[str, pd.DataFrame]:
    """The losses of each candidate, from the folder of one model's search at one length."""
    return {name: tables.read(folder / f"{name}.losses.csv") for name in candidates}
