"""Configurations that older versions of the project have recorded."""

import json

from recall_horizon.config import finished
from recall_horizon.storage import provenance
from recall_horizon.storage.project import ROOT


def test_a_key_that_version_1_0_0_recorded_is_left_out(tmp_path):
    recorded = provenance.read(ROOT / "report/reference/default")
    recorded["study"]["analysis"]["bootstrap_draws"] = 1000
    (tmp_path / provenance.FILE).write_text(json.dumps(recorded))
    _, study = finished.read(tmp_path)
    assert study.study == "default"
