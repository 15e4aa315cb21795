"""How far back can a sequence model remember?

The steps of the recall-horizon pipeline, as one importable package that does not depend on
Snakemake. CONTRIBUTING.md lists its rooms; each imports from those below it, never from above.
"""

import importlib
from typing import Any

__version__ = "0.1.0"
__all__ = ["FinishedStudy", "open_study"]


def __getattr__(name: str) -> Any:
    """What `explore` has for people, imported when it is first used: no step of the pipeline
    depends on it."""
    if name in __all__:
        return getattr(importlib.import_module("recall_horizon.explore"), name)
    raise AttributeError(f"module 'recall_horizon' has no attribute {name!r}")
