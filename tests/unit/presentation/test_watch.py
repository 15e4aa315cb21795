import json

import pytest

from recall_horizon.errors import RecallHorizonError
from recall_horizon.presentation.watch import PROGRESS, lines, snapshot
from recall_horizon.training import progress

NOW = 1_000_000.0


@pytest.fixture
def results(tmp_path):
    """A run of four jobs of two models: one done, one at work for a minute, two waiting."""
    folder = tmp_path / "mine"
    planned = {
        f"runs/{model}/T{length}/seeds-0-9": {"model": model, "length": length, "work": length}
        for model in ("lstm", "gru")
        for length in (10, 100)
    }
    write(folder / "jobs.json", planned)
    write(folder / "runs/lstm/T100/seeds-0-9.run.json", {"seconds": [30.0] * 10})
    at_work(folder)
    return folder


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))


def at_work(folder, name="gru/T100/seeds-0-9", **changes):
    told = {"model": "gru", "length": 100, "replicates": [0, 9], "replicate": 4, "epoch": 50}
    told |= {"epochs": 100, "search": False, "host": "here", "started": NOW - 60, "at": NOW - 1}
    told |= {"train_loss": "0.512", "test_loss": "0.734"}
    write(folder / f"checkpoints/{name}.progress.json", told | changes)


def test_progress_is_read_where_training_writes_it():
    assert progress.SUFFIX == PROGRESS


def test_jobs_are_done_running_or_waiting(results):
    at = snapshot(results, NOW)
    assert (at.jobs, at.done, len(at.running), at.waiting, at.finished) == (4, 1, 1, 2, False)
    (job,) = at.running
    assert (job.job, job.share, job.seconds) == ("runs/gru/T100/seeds-0-9", 0.45, 59)


def test_what_remains_is_estimated_by_the_work_that_was_done(results):
    """300 s for a work of 100; the other model is taken to need as much for its work."""
    left = 300 * 0.55 + 30 + 30  # of the one at work, and of the two that wait
    assert snapshot(results, NOW).remaining == pytest.approx(left)
    write(results / "runs/gru/T10/seeds-0-9.run.json", {"seconds": [60.0]})
    left = 600 * 0.55 + 30  # a gru is known to take twice as long
    assert snapshot(results, NOW).remaining == pytest.approx(left)
    at_work(results, "lstm/T10/seeds-0-9", model="lstm", length=10, replicate=0, epoch=0)
    left = (600 * 0.55 + 30) / 2  # two at a time
    assert snapshot(results, NOW).remaining == pytest.approx(left)


def test_nothing_is_estimated_before_a_job_is_done(results):
    (results / "runs/lstm/T100/seeds-0-9.run.json").unlink()
    assert snapshot(results, NOW).remaining is None


def test_a_job_on_all_lengths_is_named_as_one(results):
    planned = json.loads((results / "jobs.json").read_text())
    planned["runs/mixed/all/seeds-0-9"] = {"model": "mixed", "length": 100, "work": 110}
    write(results / "jobs.json", planned)
    at_work(results, "mixed/all/seeds-0-9", model="mixed")
    (row,) = [line for line in lines(snapshot(results, NOW)) if line.startswith("mixed")]
    assert row.split()[1] == "all"


def test_a_search_job_is_named_as_one(results):
    job = "search/lstm/T10/learning_rate-0.01"
    planned = json.loads((results / "jobs.json").read_text())
    write(results / "jobs.json", {**planned, job: {"model": "lstm", "length": 10, "work": 1}})
    at_work(results, job, model="lstm-with-a-long-name", search=True)
    at = snapshot(results, NOW)
    assert at.running[-1].job == job
    assert "lstm-with-a-lon search" in "\n".join(lines(at))


def test_the_text_fits_a_terminal(results):
    at_work(results, "lstm/T10/seeds-0-9", model="m" * 64, epochs=10_000, epoch=9_999)
    told = list(lines(snapshot(results, NOW)))
    assert max(map(len, told)) <= 80
    assert told[0] == "mine: 1 of 4 training jobs done, 2 running, 1 waiting"
    assert told[1].startswith("about ")
    assert "gru                     100         4      50/100    0.512    0.734      59 s" in told


def test_a_job_that_is_silent_for_long_is_marked(results):
    assert "not heard of" not in "\n".join(lines(snapshot(results, NOW)))
    text = "\n".join(lines(snapshot(results, NOW + 3600)))
    assert "not heard of for 60.0 min: killed, or between two evaluations" in text


def test_a_run_that_was_stopped_says_so(results):
    (results / "checkpoints/gru/T100/seeds-0-9.progress.json").unlink()
    assert "no training job is running" in "\n".join(lines(snapshot(results, NOW)))


def test_a_file_that_is_just_being_replaced_is_passed_over(results):
    (results / "checkpoints/gru/T100/seeds-0-9.progress.json").write_text('{"mod')
    assert not snapshot(results, NOW).running


def test_a_folder_in_which_nothing_has_started_is_an_error_that_says_what_to_name(tmp_path):
    with pytest.raises(RecallHorizonError, match=r"no run has started in .* results/default"):
        snapshot(tmp_path)
