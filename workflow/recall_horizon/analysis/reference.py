"""A reference: what is kept of a study, so that others can be verified against it."""

from collections.abc import Iterable

import pandas as pd

from recall_horizon.analysis.replicates import is_last

# The epochs whose losses are kept, beside the last and the one that growth is measured from.
KEPT = (0, 5, 10, 20)
# The tables that are kept whole, since a document may quote them.
QUOTED = ("horizons", "summary", "budgets", "growth", "outcomes", "predictions", "models")
QUOTED += ("claims", "controls", "datasets", "rules", "sensitivity", "transfer_summary")
QUOTED += ("generalisation",)


def kept_rows(losses: pd.DataFrame) -> pd.DataFrame:
    """The rows of a losses table that are kept: some first epochs, the last evaluated one of the
    first half of each model's training, and every last one."""
    last = losses.groupby("model")["epoch"].transform("max")
    evaluated = losses["status"] == "ok"  # others say when a replicate diverged
    earlier = losses["epoch"].where(evaluated & (losses["epoch"] <= last / 2))
    halfway = losses["epoch"] == earlier.groupby(losses["model"]).transform("max")
    return losses[losses["epoch"].isin(KEPT) | halfway | is_last(losses)]


def whole_tables(optional: Iterable[str]) -> tuple[str, ...]:
    """The names of the tables that are kept whole of a study that has these `optional` ones."""
    return (*QUOTED, *optional)
