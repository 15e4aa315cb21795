"""Tables: CSV files, compressed or not, that read back as exactly what was written."""

import gzip
import zlib
from pathlib import Path
from typing import Any

import pandas as pd

from recall_horizon.errors import DamagedFileError, RecallHorizonError
from recall_horizon.storage import layout
from recall_horizon.storage.files import atomic

# Columns of names in any table: text even if a name looks like a number, or like no number.
NAMES = ("study", "task", "model", "label", "reference", "trained_on", "each")
# Pandas before 3 would else miss the last digit of some floats; since then it is the default.
BEFORE_3 = int(pd.__version__.partition(".")[0]) < 3
EXACTLY: dict[str, Any] = {"float_precision": "round_trip"} if BEFORE_3 else {}


def read(path: Path) -> pd.DataFrame:
    """The table at `path`, its floats exactly as they were written; decompressed if it ends in .gz.

    A table of a study, or of a reference, has the columns that `layout.COLUMNS` lists by its name.
    Text is read as it is, also `nan` and `007`; among numbers, `nan` is a gap.

    Raises:
        RecallHorizonError: there is no such file.
        DamagedFileError: it is not a table, or another than its name says.
    """
    name = layout.table_at(path)
    text = {*NAMES, *(layout.COLUMNS[name].text if name else ())}
    try:
        header = pd.read_csv(path, nrows=0).columns
        found = pd.read_csv(
            path,
            **EXACTLY,
            converters={column: str for column in header if column in text},
            keep_default_na=False,
            na_values={column: ["nan"] for column in header if column not in text},
        )
    except (ValueError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _damaged(path, str(error).strip()) from error
    except OSError as error:
        raise RecallHorizonError(
            f"{path} cannot be read as a table: {error.strerror or error}."
        ) from error
    if name:
        _check(path, found, layout.COLUMNS[name])
    return found


def _check(path: Path, table: pd.DataFrame, columns: layout.Columns) -> None:
    """Refuse a table that lacks one of its columns, or has text where numbers should be."""
    missing = [name for name in (*columns.text, *columns.numbers) if name not in table]
    if missing:
        raise _damaged(path, f"it lacks the columns {', '.join(missing)}")
    for name in columns.numbers:
        values = table[name]
        if pd.api.types.is_numeric_dtype(values):
            continue
        wrong = values[(values != "") & pd.to_numeric(values, errors="coerce").isna()].dropna()
        if not wrong.empty:
            raise _damaged(path, f"{name} should be a number, and is {wrong.iloc[0]!r}")


def _damaged(path: Path, why: str) -> DamagedFileError:
    return DamagedFileError(
        f"{path} is not the table that this version of recall-horizon writes: {why}. Delete it and "
        "run snakemake again, which makes it again."
    )


def write(path: Path, table: pd.DataFrame) -> None:
    """Write `table` to `path`, each float in the shortest form that reads back the same.

    It is compressed if `path` ends in .gz; the same table gives the same bytes.
    """
    _store(path, table.to_csv(index=False, lineterminator="\n", na_rep="nan").encode())


def copy(source: Path, path: Path) -> None:
    """Write the table in `source`, which is not compressed, to `path`, as `write` does.

    Its text stays as it is: whole numbers in a column with gaps would read back as floats.
    """
    try:
        content = source.read_bytes()
    except OSError as error:
        raise RecallHorizonError(f"{source} cannot be read: {error.strerror}.") from error
    _store(path, content)


def _store(path: Path, content: bytes) -> None:
    with atomic(path) as temporary:
        if path.suffix != ".gz":
            temporary.write_bytes(content)
            return
        # The header has neither the time nor a name, so that the same table gives the same bytes.
        with (
            temporary.open("wb") as file,
            gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as compressed,
        ):
            compressed.write(content)
