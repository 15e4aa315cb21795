import math

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


@pytest.mark.parametrize("name", ["NA", "007", "1e3", "True"])
def test_a_models_name_stays_a_name(tmp_path, name):
    """Each of these is a plain file name, which a model or a study may have as its name."""
    table = pd.DataFrame({"study": [name], "model": [name], "length": [5]})
    tables.write(tmp_path / "t.csv", table)
    pd.testing.assert_frame_equal(tables.read(tmp_path / "t.csv"), table, check_dtype=False)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(RecallHorizonError, match=r"absent\.csv cannot be read"):
        tables.read(tmp_path / "absent.csv")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'a,b\n1,"2'])
def test_a_file_that_is_not_a_table_is_named(tmp_path, content):
    (tmp_path / "garbage.csv").write_bytes(content)
    with pytest.raises(RecallHorizonError, match=r"garbage\.csv cannot be read"):
        tables.read(tmp_path / "garbage.csv")
