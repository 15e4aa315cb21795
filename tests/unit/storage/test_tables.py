import gzip
import math
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas._libs.parsers import STR_NA_VALUES

from recall_horizon.errors import RecallHorizonError
from recall_horizon.storage import layout, tables


@given(values=st.lists(st.floats(), min_size=1))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_floats_read_back_exactly_infinities_and_nan_included(tmp_path, values):
    path = tmp_path / "t.csv"
    tables.write(path, pd.DataFrame({"n": range(len(values)), "value": values}))
    read = tables.read(path)["value"].to_numpy()
    np.testing.assert_array_equal(read, np.array(values))


def test_a_table_written_again_has_the_same_bytes(tmp_path):
    table = pd.DataFrame({"model": ["a", "b"], "x": [0.1, math.inf], "y": [math.nan, -1e-300]})
    tables.write(tmp_path / "one", table)
    tables.write(tmp_path / "two", tables.read(tmp_path / "one"))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_compressed_table_reads_back_and_has_the_same_bytes_at_any_time(tmp_path, monkeypatch):
    table = pd.DataFrame({"model": ["a", "b"], "x": [0.1, math.inf]})
    tables.write(tmp_path / "one.csv.gz", table)
    monkeypatch.setattr(time, "time", lambda: 2e9)
    tables.write(tmp_path / "two.csv.gz", table)
    tables.write(tmp_path / "plain.csv", table)
    tables.copy(tmp_path / "plain.csv", tmp_path / "copied.csv.gz")
    plain = (tmp_path / "plain.csv").read_bytes()
    assert {gzip.decompress(path.read_bytes()) for path in tmp_path.glob("*.gz")} == {plain}
    assert len({path.read_bytes() for path in tmp_path.glob("*.gz")}) == 1
    pd.testing.assert_frame_equal(tables.read(tmp_path / "two.csv.gz"), table, check_dtype=False)


def test_a_copy_keeps_whole_numbers_beside_a_gap(tmp_path):
    (tmp_path / "t.csv").write_text("batch_size\n10\nnan\n")
    tables.copy(tmp_path / "t.csv", tmp_path / "t.csv.gz")
    assert gzip.decompress((tmp_path / "t.csv.gz").read_bytes()) == b"batch_size\n10\nnan\n"


# Text that pandas, Python or YAML take for a gap, a number, a boolean or a date.
LIKE_NO_TEXT = [
    *sorted(STR_NA_VALUES),
    *("NAN", "Nan", "none", "inf", "-inf", "Infinity", "infinity", "INF", "True", "false", "yes"),
    *("1e5", "007", "1_000", "0x10", "-0", "+1", "1.50", " 1", "2026-01-31", "1:30", "N-A", "n-a"),
    *(",", '"', "a\nb", "#", "\\", " "),
]


@pytest.mark.parametrize("name", layout.COLUMNS)
@pytest.mark.parametrize("folder", ["tables/{}.csv", "{}.csv.gz"])
def test_text_stays_text_in_every_table(tmp_path, name, folder):
    path = tmp_path / folder.format(name)
    columns = layout.COLUMNS[name]
    rows = len(LIKE_NO_TEXT)
    table = pd.DataFrame(
        dict.fromkeys(columns.text, LIKE_NO_TEXT)
        | {column: [math.nan, *range(1, rows)] for column in columns.numbers}
    )
    tables.write(path, table)
    read = tables.read(path)
    pd.testing.assert_frame_equal(read, table, check_dtype=False)
    assert all(type(value) is str for column in columns.text for value in read[column])


def test_a_single_text_that_looks_like_a_gap_stays_text(tmp_path):
    """A column of nothing else would otherwise be one of numbers."""
    for text in LIKE_NO_TEXT:
        table = pd.DataFrame({"study": [text], "model": [text], "length": [5]})
        tables.write(tmp_path / "t.csv", table)
        assert tables.read(tmp_path / "t.csv")[["study", "model"]].iloc[0].tolist() == [text] * 2


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(RecallHorizonError, match=r"absent\.csv cannot be read"):
        tables.read(tmp_path / "absent.csv")
    with pytest.raises(RecallHorizonError, match=r"absent\.csv cannot be read"):
        tables.copy(tmp_path / "absent.csv", tmp_path / "copy.csv.gz")
    assert not (tmp_path / "copy.csv.gz").exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'a,b\n1,"2'])
def test_a_file_that_is_not_a_table_is_named(tmp_path, content):
    (tmp_path / "garbage.csv").write_bytes(content)
    with pytest.raises(RecallHorizonError, match=r"garbage\.csv is not the table"):
        tables.read(tmp_path / "garbage.csv")


@pytest.mark.parametrize(
    "damage", [lambda b: b[:40], lambda b: b[:12] + b"?" + b[13:], lambda b: b"a"]
)
def test_a_damaged_compressed_table_is_named(tmp_path, damage):
    path = tmp_path / "t.csv.gz"
    tables.write(path, pd.DataFrame({"x": np.arange(100) ** 3}))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(RecallHorizonError, match=r"t\.csv\.gz is not the table"):
        tables.read(path)
