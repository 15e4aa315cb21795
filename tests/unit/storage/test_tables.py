import gzip
import math
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recall_horizon.errors import RecallHorizonError
from recall_horizon.storage import tables


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


@pytest.mark.parametrize("name", ["NA", "007", "1e3", "True"])
def test_a_models_name_stays_a_name(tmp_path, name):
    """Each of these is a plain file name, which a model or a study may have as its name."""
    table = pd.DataFrame({"study": [name], "model": [name], "length": [5]})
    tables.write(tmp_path / "t.csv", table)
    pd.testing.assert_frame_equal(tables.read(tmp_path / "t.csv"), table, check_dtype=False)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(RecallHorizonError, match=r"absent\.csv cannot be read"):
        tables.read(tmp_path / "absent.csv")
    with pytest.raises(RecallHorizonError, match=r"absent\.csv cannot be read"):
        tables.copy(tmp_path / "absent.csv", tmp_path / "copy.csv.gz")
    assert not (tmp_path / "copy.csv.gz").exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'a,b\n1,"2'])
def test_a_file_that_is_not_a_table_is_named(tmp_path, content):
    (tmp_path / "garbage.csv").write_bytes(content)
    with pytest.raises(RecallHorizonError, match=r"garbage\.csv cannot be read"):
        tables.read(tmp_path / "garbage.csv")


@pytest.mark.parametrize(
    "damage", [lambda b: b[:40], lambda b: b[:12] + b"?" + b[13:], lambda b: b"a"]
)
def test_a_damaged_compressed_table_is_named(tmp_path, damage):
    path = tmp_path / "t.csv.gz"
    tables.write(path, pd.DataFrame({"x": np.arange(100) ** 3}))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(RecallHorizonError, match=r"t\.csv\.gz cannot be read"):
        tables.read(path)
