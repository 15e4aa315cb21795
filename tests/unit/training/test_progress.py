import json

import pytest

from recall_horizon.config import jobs
from recall_horizon.config.load import load
from recall_horizon.training import progress
from recall_horizon.training.losses import Loss

LAST = Loss("s", "first_element", "lstm", 5, 0, 3, 0.5, 0.75, 1.0, 0.25, 0.02, None, "ok")


@pytest.fixture
def reporting(tmp_path, settings):
    def make(folder=tmp_path):
        spec = jobs.training_spec(load(settings), "lstm", "T5", 0, 9)
        return progress.Progress(folder / "seeds-0-9.safetensors", spec)

    return make


def test_a_job_writes_where_it_is_at_most_once_a_second(reporting, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    job = reporting()
    written = []
    for moment in (100.0, 100.5, 100.9, 101.1):
        clock[0] = moment
        job.report(2, int(moment * 10), LAST)
        written.append(json.loads(job.path.read_text())["epoch"])
    assert written == [1000, 1000, 1000, 1011]
    told = json.loads(job.path.read_text())
    assert (told["replicate"], told["test_loss"], told["replicates"]) == (2, "0.75", [0, 9])
    job.remove()
    assert not job.path.exists()
    job.remove()  # twice is no error


def test_a_job_that_cannot_write_it_trains_on(reporting, tmp_path):
    (tmp_path / "file").write_text("")
    job = reporting(tmp_path / "file")
    job.report(0, 1, LAST)
    job.remove()
