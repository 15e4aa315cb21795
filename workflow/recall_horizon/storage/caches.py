"""What takes seconds to make and is the same for every study, kept for this user."""

import os
from pathlib import Path


def cached(name: str) -> Path:
    """Where `name` is kept. It may not be there, nor can it always be written."""
    home = Path(os.environ.get("HOME") or os.environ.get("USERPROFILE", ""), ".cache")
    caches = Path(os.environ.get("XDG_CACHE_HOME") or home)
    return caches / "recall-horizon-code" / name
