import json

import pandas as pd
import pytest

from recall_horizon.__main__ import main
from recall_horizon.analysis.reference import QUOTED
from recall_horizon.contract import words
from recall_horizon.storage import layout, tables
from recall_horizon.storage.provenance import gather


@pytest.fixture
def finished(tmp_path, small_tables, settings):
    """The folder of a finished study, of this name and with this section `selection`."""

    def write(name, selection=None):
        folder = tmp_path / "results" / name
        made = small_tables({5: [(0.1, 0.2)]})
        for table in layout.tables(["selection", "windows"] if selection else []):
            columns = layout.COLUMNS[table]
            rows = made.get(table, pd.DataFrame({"model": ["lstm"]}))
            rows = rows.assign(**dict.fromkeys({*columns.text} - {*rows}, "a text"))
            rows = rows.assign(**dict.fromkeys({*columns.numbers} - {*rows}, 0))
            tables.write(folder / "tables" / f"{table}.csv", rows)
        asked = {"question": "", "words": words("mse"), "shapes": {}}
        told = gather({**settings, "study": name, "selection": selection}, asked, [])
        (folder / "provenance.json").write_text(json.dumps(told))
        return folder

    return write


@pytest.fixture
def keep(tmp_path):
    """Keeps a study as a reference; returns the content of the reference's files, by name."""

    def run(results):
        folder = tmp_path / "reference"
        assert main(["reference", "--results", str(results), "--folder", str(folder)]) == 0
        return {path.name: path.read_bytes() for path in (folder / results.name).iterdir()}

    return run


NAMES = {"provenance.json", "losses.csv.gz", *(f"{name}.csv.gz" for name in QUOTED)}


def test_each_study_has_a_reference_of_its_own(finished, keep, tmp_path):
    one, other = keep(finished("one")), keep(finished("other"))
    assert one.keys() == other.keys() == NAMES
    assert json.loads(one["provenance.json"])["study"]["study"] == "one"
    assert keep(finished("one")) == one
    kept = tables.read(tmp_path / "reference" / "one" / "summary.csv.gz")
    pd.testing.assert_frame_equal(
        kept, tables.read(tmp_path / "results" / "one" / "tables" / "summary.csv")
    )


def test_a_selection_is_kept_where_the_study_selects(finished, keep):
    selecting = {"grid": {"learning_rate": [0.001, 0.01]}, "replicates": 2}
    assert keep(finished("one", selecting)).keys() == NAMES | {"selection.csv.gz", "windows.csv.gz"}
    selecting["grid"] = {"batch_size": [40, 200], "learning_rate": [0.01]}
    assert keep(finished("one", selecting)).keys() == NAMES | {"selection.csv.gz"}
    assert keep(finished("one")).keys() == NAMES  # it no longer selects


def test_a_study_that_has_not_run_is_no_reference(tmp_path, capsys):
    words = ["--results", str(tmp_path / "absent"), "--folder", str(tmp_path / "reference")]
    assert main(["reference", *words]) == 1
    assert "is not the folder of a finished study" in capsys.readouterr().err
    assert not (tmp_path / "reference").exists()
