"""A reference: what is kept of a study, so that others can be verified against it."""

from typing import Any

import pandas as pd

from recall_horizon.analysis.replicates import is_last

# The epochs whose losses are kept, in addition to the last.
KEPT = (0, 5, 10, 20)
# The tables that are kept whole, since a document may quote them.
QUOTED = ("horizons", "summary", "budgets", "growth", "outcomes", "predictions", "models")
QUOTED += ("claims", "controls", "datasets", "sensitivity")


def kept_rows(losses: pd.DataFrame) -> pd.DataFrame:
    """The rows of a losses table that are kept: some first epochs and every last one."""
    return losses[losses["epoch"].isin(KEPT) | is_last(losses)]


def whole_tables(study: dict[str, Any]) -> tuple[str, ...]:
    """The names of the tables that are kept whole of a study with this configuration."""
    return (*QUOTED, "selection") if study.get("selection") else QUOTED
