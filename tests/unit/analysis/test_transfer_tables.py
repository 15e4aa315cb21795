import numpy as np
import pandas as pd
import pytest

from recall_horizon.analysis.tables import of_transfers
from recall_horizon.analysis.transfer import Transfer
from recall_horizon.storage import layout, tables

FILES = {
    "007": ["007,5,5,0,0.01,1.0,0.99,0.01,,0.995,,ok", "007,5,10,0,,1.0,,,,,,unread"],
    "nan": [
        "nan,mixed,5,0,0.1,1.0,0.9,0.1,,-0.5,,ok",
        "nan,mixed,10,0,nan,1.0,nan,nan,,,,diverged",
    ],
}
CLASSES = {"net": ["net,5,5,0,0.01,0.7,0.99,0.01,1.0,,,ok", "net,5,10,0,,0.7,,,,,,unread"]}


@pytest.fixture
def collected(tmp_path):
    """The tables that are made of files of transfers, read back."""

    def make(files, lengths):
        for name, rows in files.items():
            lines = [",".join(Transfer._fields), *rows]
            (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n")
        transfer = pd.concat([tables.read(tmp_path / f"{name}.csv") for name in files])
        made = of_transfers(transfer, lengths, [0.9], 0.95)
        for name, table in made.items():
            tables.write(tmp_path / layout.table(name), table)
        return {name: tables.read(tmp_path / layout.table(name)) for name in made}

    return make


def test_the_tables_of_all_models_are_made_of_a_file_for_each(collected):
    read = collected(FILES, {"007": [5], "nan": [5, 10]})
    assert read["transfer"]["trained_on"].tolist() == ["5", "5", "mixed", "mixed"]
    assert read["transfer"]["status"].tolist() == ["ok", "unread", "ok", "diverged"]
    summary = read["transfer_summary"]
    medians = {"score": [0.99, np.nan, 0.9, -np.inf], "correlation": [0.995, np.nan, -0.5, 0.0]}
    for name, values in medians.items():
        assert np.array_equal(summary[name], values, equal_nan=True)
    assert summary["follows"].tolist() == ["unclear", "", "unclear", "unclear"]
    assert read["generalisation"][["passes", "fails"]].to_numpy().tolist() == [[5, 10]] * 2


def test_correlations_of_classes_are_gaps_in_the_tables(collected):
    read = collected(CLASSES, {"net": [5]})
    names = ["correlation", "correlation_low", "correlation_high"]
    assert read["transfer"]["correlation"].isna().all()
    assert read["transfer_summary"][names].isna().all(axis=None)
    assert read["transfer_summary"]["follows"].tolist() == ["", ""]


SEVERAL = ["3,0,0.1,1.0,0.9,0.1,,0.9,0.9 0.4 -0.1,ok", "3,1,0.1,1.0,0.9,0.1,,0.9,0.7 0.2 0.1,ok"]
LOST = "3,2,nan,1.0,nan,nan,,,,diverged"


def test_of_several_numbers_the_score_of_each_is_a_table(collected):
    """The median over replicates, of which one that diverged scores least."""
    rows = [f"net,3,{row}" for row in SEVERAL]
    unread = "net,3,8,0,,1.0,,,,,,unread"
    memory = collected({"net": [*rows, unread]}, {"net": [3]})["memory"]
    assert memory["answer"].tolist() == [1, 2, 3]
    assert memory["score"].tolist() == pytest.approx([0.8, 0.3, 0.0])
    assert memory["capacity"].tolist() == pytest.approx([1.1] * 3)  # of 1.2 and 1.0
    assert (memory["tested_at"] == 3).all()
    memory = collected({"net": [*rows, f"net,3,{LOST}"]}, {"net": [3]})["memory"]
    assert memory["score"].tolist() == [0.7, 0.2, -0.1]
    assert memory["score_low"].tolist() == [-np.inf] * 3
    assert (memory["replicates"] == 3).all()
    assert "memory" not in collected(FILES, {"007": [5], "nan": [5, 10]})
