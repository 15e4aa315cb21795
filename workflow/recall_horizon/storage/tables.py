"""Tables: CSV files that read back as exactly what was written."""

from pathlib import Path

import pandas as pd

from recall_horizon.errors import RecallHorizonError
from recall_horizon.storage.files import write_text

# Columns of names, read as text even if a name looks like a number.
NAMES = dict.fromkeys(("study", "task", "model", "label"), str)


def read(path: Path) -> pd.DataFrame:
    """The table at `path`, its floats exactly as they were written.

    Raises:
        RecallHorizonError: there is no such file, or it is not a table.
    """
    try:
        return pd.read_csv(
            path,
            converters=NAMES,
            keep_default_na=False,
            na_values=["nan"],
        )
    except (OSError, ValueError) as error:
        raise RecallHorizonError(f"{path} cannot be read as a table: {error}.") from error


def write(path: Path, table: pd.DataFrame) -> None:
    """Write `table` to `path`, each float in the shortest form that reads back the same."""
    write_text(path, table.to_csv(index=False, lineterminator="\n", na_rep="nan"))
