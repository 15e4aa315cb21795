"""How far back can a sequence model remember?

The steps of the recall-horizon pipeline, as one importable package that does not depend on
Snakemake. CONTRIBUTING.md lists its rooms; each imports from those below it, never from above.
"""

import importlib
from typing import Any

__all__ = ["FinishedStudy", "open_study"]
# The modules of what the package offers. They are imported on first use: no step depends on them.
HOMES = {"FinishedStudy": "explore", "open_study": "explore", "__version__": "code.version"}


def __getattr__(name: str) -> Any:
    """What the package has for people."""
    if name in HOMES:
        return getattr(importlib.import_module(f"recall_horizon.{HOMES[name]}"), name)
    raise AttributeError(f"module 'recall_horizon' has no attribute {name!r}")
