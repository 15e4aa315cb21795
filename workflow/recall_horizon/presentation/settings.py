"""Training settings as people read them."""

import math

import pandas as pd

# Columns of the selection table that are not settings.
MEASURED = ("model", "length", "candidate", "replicates", "diverged", "score", "score_low")
MEASURED += ("score_high", "each", "chosen", "edge", "steps", "coverage")
# A setting of None has no bound: nothing lies beyond it.
UNBOUNDED = {"batch_size": "full batch", "gradient_clip": "no clipping"}


def keys(selection: pd.DataFrame) -> list[str]:
    """The settings that were searched: the selection table's columns of them."""
    return [key for key in selection.columns if key not in MEASURED]


def setting(key: str, value: float | str | None) -> str:
    """The value of a setting for a reader; one without a bound is None, missing or infinite."""
    if isinstance(value, str):
        return value
    missing = value is None or pd.isna(value) or math.isinf(value)
    return UNBOUNDED.get(key, "none") if missing else f"{value:g}"
