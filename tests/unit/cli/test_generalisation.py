import json

import numpy as np

from recall_horizon.__main__ import main
from recall_horizon.storage import layout, tables

HEAD = (
    "model,trained_on,tested_at,replicate,test_loss,chance_loss,score,score_error,accuracy,status"
)
FILES = {
    "007": ["007,5,5,0,0.01,1.0,0.99,0.01,,ok", "007,5,10,0,,1.0,,,,unread"],
    "nan": ["nan,mixed,5,0,0.01,1.0,0.99,0.01,,ok", "nan,mixed,10,0,nan,1.0,nan,nan,,diverged"],
}


def test_the_tables_of_all_models_are_made_of_a_file_for_each(tmp_path):
    for name, rows in FILES.items():
        (tmp_path / f"{name}.csv").write_text("\n".join([HEAD, *rows]) + "\n")
    options = {"confidence": 0.95, "lengths": {"007": [5], "nan": [5, 10]}, "thresholds": [0.9]}
    files = [str(tmp_path / f"{name}.csv") for name in FILES]
    words = ["--options", json.dumps(options), "--folder", str(tmp_path / "tables")]
    assert main(["generalisation", "--transfers", *files, *words]) == 0
    read = {
        name: tables.read(tmp_path / layout.table(name))
        for name in ("transfer", "transfer_summary", "generalisation")
    }
    assert read["transfer"]["trained_on"].tolist() == ["5", "5", "mixed", "mixed"]
    assert read["transfer"]["status"].tolist() == ["ok", "unread", "ok", "diverged"]
    scores = read["transfer_summary"]["score"]
    assert np.array_equal(scores, [0.99, np.nan, 0.99, -np.inf], equal_nan=True)
    assert read["generalisation"][["passes", "fails"]].to_numpy().tolist() == [[5, 10]] * 2
