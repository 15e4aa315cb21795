"""A stopped job resumes with the same bits, or starts from the beginning and says why."""

import errno
import fcntl
import os
import signal
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
import torch

from recall_horizon.errors import JobStoppedError
from recall_horizon.training.checkpoint import SIGNALS, Checkpoint, alone, is_done
from recall_horizon.training.loop import train_shard

from .test_loop import CPU, spec, together

FINGERPRINT = {"spec": "this one", "torch": "1"}
# An architecture whose training draws from torch's generator, whose state has to be restored.
NOISY = """
import torch
from torch import nn

class Noisy(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(shape.steps, 8), nn.Dropout(0.3), nn.Linear(8, 1))
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, x):
        self.calls += 1
        return self.layers(x[..., 0])
"""
# An architecture whose loss is not finite in one batch, the second of epoch 2, and in no other.
HICCUP = """
import torch
from torch import nn

class Hiccup(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, x):
        self.calls += self.training
        answers = x[:, 0] * self.weight
        if self.calls != 6 or not self.training:
            return answers
        answers.register_hook(torch.zeros_like)
        return answers + torch.inf
"""


@contextmanager
def going_on():
    """A job that is stopped leaves its signals ignored, but this process goes on."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Stopping(Checkpoint):
    """A checkpoint whose job is stopped by a signal at the n-th call of `keep`."""

    def __init__(self, path, after):
        super().__init__(path, FINGERPRINT, every=3600)
        self.after = after

    def keep(self, state, now=False):
        self.after -= 1
        if self.after == 0:
            os.kill(os.getpid(), signal.SIGTERM)
        super().keep(state, now)

    @contextmanager
    def heeding_signals(self):
        with going_on(), super().heeding_signals():
            yield


def stop(path, after, job, splits):
    """Train a job until it is stopped at the n-th call of `keep`."""
    stopping = Stopping(path, after)
    with pytest.raises(JobStoppedError, match="SIGTERM") as stopped, stopping.heeding_signals():
        train_shard(job, splits, CPU, stopping)
    assert stopped.value.status == 143


@pytest.fixture
def path(tmp_path):
    """Where a job keeps its state."""
    return tmp_path / "job.safetensors"


def some_state():
    return {"x": np.ones(2)}, {"losses": []}


def resumed(path, job, splits):
    """The shard of a job that takes up what is kept in `path`."""
    return train_shard(job, splits, CPU, Checkpoint(path, FINGERPRINT, 3600))


def same(one, other):
    assert one.losses == other.losses
    assert one.weights.keys() == other.weights.keys()
    for name, array in one.weights.items():
        assert array.tobytes() == other.weights[name].tobytes(), name


@pytest.fixture(params=["lstm", "batches", "noisy", "noisy batches", "mixed", "growing batches"])
def job(request, module):
    size = 5 if "batches" in request.param else None
    if "mixed" in request.param or "growing" in request.param:
        return together(request.param.split()[0], 0, 2, batch_size=size, grow_below=0.99)
    if "noisy" in request.param:
        return spec(0, 2, f"{module(NOISY)}:Noisy", {}, batch_size=size)
    return spec(0, 2, batch_size=size)


@pytest.mark.parametrize("after", [2, 14, 15, 32, 33])
def test_a_stopped_job_ends_in_the_same_bits(path, splits, job, after):
    whole = train_shard(job, splits, CPU)
    stop(path, after, job, splits)
    torch.manual_seed(99)  # another process, another generator
    same(resumed(path, job, splits), whole)


def test_a_job_stopped_after_every_batch_and_evaluation_ends_in_the_same_bits(path, splits, job):
    """Each attempt trains one batch more, or evaluates, and is stopped."""
    whole, attempts, shard = train_shard(job, splits, CPU), 0, None
    while shard is None:
        torch.manual_seed(attempts)
        stopping = Stopping(path, 1)
        attempts += 1
        with suppress(JobStoppedError), stopping.heeding_signals():
            shard = train_shard(job, splits, CPU, stopping)
    same(shard, whole)
    batches = len(job.lengths) * job.training.batches()
    # Of each replicate: the untrained model, the batches, the ends of the epochs, its own end.
    assert attempts == 3 * (1 + 6 * (batches + 1) + 1)


def test_the_losses_of_batches_before_a_stop_still_tell_that_a_replicate_diverged(
    path, splits, module
):
    """The weights recover from a batch whose loss is not finite; the epoch is diverged anyhow."""
    job = spec(0, 0, f"{module(HICCUP)}:Hiccup", {}, batch_size=5, evaluate_at=[])
    whole = train_shard(job, splits, CPU)
    assert [(row.epoch, row.status) for row in whole.losses] == [(0, "ok"), (2, "diverged")]
    stop(path, 1 + 5 + 3, job, splits)  # after the third of the four batches of epoch 2
    same(resumed(path, job, splits), whole)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (1, "resumed after epoch 0\n"),
        (1 + 5 + 2, "resumed after epoch 1 and batch 2 of epoch 2\n"),
        (1 + 5 + 4, "resumed after epoch 1 and batch 4 of epoch 2\n"),  # before its evaluation
        (1 + 5 + 5, "resumed after epoch 2\n"),
    ],
)
def test_a_resumed_job_says_where_it_resumes(path, splits, caplog, after, said):
    job = spec(0, 0, batch_size=5)
    stop(path, after, job, splits)
    caplog.set_level("INFO")
    resumed(path, job, splits)
    assert f"replicate 0: {said}" in caplog.text


def test_finished_replicates_are_not_trained_again(path, splits, caplog):
    job = spec(0, 2)
    # The untrained model, six epochs of one batch and the end of the first replicate, 14 in all;
    # then the same of the next, up to the end of its third epoch.
    stop(path, 14 + 7, job, splits)
    caplog.set_level("INFO")
    resumed(path, job, splits)
    assert "replicate 1: resumed after epoch 3\n" in caplog.text
    assert "replicate 0" not in caplog.text


def test_a_job_that_keeps_its_state_all_the_time_ends_in_the_same_bits(path, splits):
    job = spec(0, 1)
    always = Checkpoint(path, FINGERPRINT, every=0)
    same(train_shard(job, splits, CPU, always), train_shard(job, splits, CPU))
    assert path.exists()
    always.remove()
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({**FINGERPRINT, "spec": "another"}, "it differs in: spec"),
        ({**FINGERPRINT, "code": "new"}, "it differs in: code"),
        ({"spec": "this one"}, "it differs in: torch"),
    ],
)
def test_a_checkpoint_of_another_job_is_not_used(path, caplog, other, said):
    Checkpoint(path, other, 0).keep(some_state)
    assert Checkpoint(path, FINGERPRINT, 0).read() is None
    assert said in caplog.text
    assert "starting afresh" in caplog.text


@pytest.mark.parametrize("keep", [0, 1, 10, -1])
def test_a_damaged_checkpoint_is_set_aside(path, caplog, keep):
    checkpoint = Checkpoint(path, FINGERPRINT, 0)
    checkpoint.keep(some_state)
    path.write_bytes(path.read_bytes()[:keep])
    assert checkpoint.read() is None
    assert "damaged" in caplog.text
    assert [p.name for p in path.parent.iterdir()] == ["job.safetensors.damaged"]
    assert checkpoint.read() is None


def test_what_a_killed_attempt_had_half_written_is_removed(path, tmp_path):
    checkpoint = Checkpoint(path, FINGERPRINT, 0)
    checkpoint.keep(some_state)
    (tmp_path / ".job.safetensors.a8x_k2b0").write_bytes(b"half")
    (tmp_path / ".other.safetensors.a8x_k2b0").write_bytes(b"of another job")
    assert checkpoint.read() is not None
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"job.safetensors", ".other.safetensors.a8x_k2b0"}


def test_a_checkpoint_that_cannot_be_written_stops_nothing(tmp_path, splits, caplog):
    (tmp_path / "file").write_text("in the way of a folder")
    checkpoint = Checkpoint(tmp_path / "file" / "job.safetensors", FINGERPRINT, 0)
    same(train_shard(spec(), splits, CPU, checkpoint), train_shard(spec(), splits, CPU))
    assert "no new checkpoint: " in caplog.text
    assert "cannot be written" in caplog.text


def stopped(checkpoint):
    """What a job says that is stopped by SIGTERM just before it keeps its state."""
    checkpoint.signal = signal.SIGTERM
    with pytest.raises(JobStoppedError) as said:
        checkpoint.keep(some_state)
    assert said.value.status == 143
    return str(said.value)


@pytest.fixture
def full(monkeypatch):
    """Makes every write fail, as on a full disk."""

    def fill():
        def no_space(*_):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(Path, "write_bytes", no_space)

    return fill


def test_a_job_stopped_on_a_full_disk_says_that_its_state_was_not_kept(path, full):
    full()
    assert stopped(Checkpoint(path, FINGERPRINT, 0)) == (
        f"stopped by SIGTERM. Its state could not be kept: {path} was not written: No space left "
        "on device. Nothing half-written was left behind. The next attempt starts from the "
        "beginning."
    )
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("kept_by", ["this attempt", "an earlier one"])
def test_a_job_stopped_on_a_full_disk_names_the_earlier_state(path, full, kept_by):
    checkpoint = Checkpoint(path, FINGERPRINT, 0)
    checkpoint.keep(lambda: ({"x": np.zeros(2)}, {"losses": []}))
    if kept_by == "an earlier one":
        checkpoint = Checkpoint(path, FINGERPRINT, 0)
        checkpoint.read()
    full()
    said = stopped(checkpoint)
    assert "Its state could not be kept: " in said
    assert said.endswith(f"The next attempt resumes from the earlier state in {path}.")
    assert (Checkpoint(path, FINGERPRINT, 0).read()[0]["x"] == 0).all()


def test_a_checkpoint_of_another_job_is_not_named_as_an_earlier_state(path, full):
    Checkpoint(path, {"spec": "another"}, 0).keep(some_state)
    checkpoint = Checkpoint(path, FINGERPRINT, 0)
    assert checkpoint.read() is None
    full()
    assert stopped(checkpoint).endswith("The next attempt starts from the beginning.")


def stopped_by(checkpoint, *names):
    """What a job says that receives signals just before it could keep its state; and its status."""
    numbers = [signal.Signals[name] for name in names]
    with going_on():
        for number in numbers:  # as in a terminal, also where the tests run under nohup
            signal.signal(number, signal.SIG_DFL)
        with checkpoint.heeding_signals():
            for number in numbers:
                os.kill(os.getpid(), number)
            with pytest.raises(JobStoppedError) as said:
                checkpoint.keep(some_state)
    return str(said.value), said.value.status


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "SIGXCPU"])
def test_every_signal_that_asks_to_stop_is_heeded(path, name):
    assert stopped_by(Checkpoint(path, FINGERPRINT, 3600), name) == (
        f"stopped by {name}. Its state is in {path}: the next attempt resumes from there.",
        128 + signal.Signals[name],
    )
    assert Checkpoint(path, FINGERPRINT, 0).read()


def test_the_first_of_several_signals_is_named(path):
    said, status = stopped_by(Checkpoint(path, FINGERPRINT, 3600), "SIGHUP", "SIGTERM")
    assert said.startswith("stopped by SIGHUP. ")
    assert status == 128 + signal.SIGHUP


def test_a_signal_that_is_ignored_stays_ignored(path):
    """`nohup` ignores SIGHUP, so that what it starts survives the terminal."""
    checkpoint = Checkpoint(path, FINGERPRINT, 3600)
    with going_on():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        with checkpoint.heeding_signals():
            os.kill(os.getpid(), signal.SIGHUP)
            checkpoint.keep(some_state)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    assert list(path.parent.iterdir()) == []


def test_signals_that_come_after_the_stop_are_ignored(path):
    """They would end the process before it has said what it leaves."""

    def disturb(number, frame):
        raise AssertionError(f"{signal.Signals(number).name} was not ignored")

    checkpoint = Checkpoint(path, FINGERPRINT, 3600)
    with going_on():
        for number in SIGNALS:
            signal.signal(number, disturb)
        with suppress(JobStoppedError), checkpoint.heeding_signals():
            os.kill(os.getpid(), signal.SIGTERM)
            checkpoint.keep(some_state)
        for number in SIGNALS:
            os.kill(os.getpid(), number)


def test_signal_handlers_are_restored():
    before = [signal.getsignal(number) for number in SIGNALS]
    with Checkpoint(None, {}, 0).heeding_signals():
        assert signal.getsignal(signal.SIGTERM) != before[SIGNALS.index(signal.SIGTERM)]
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_a_job_is_done_if_its_record_and_its_files_are_there(tmp_path):
    run, losses = tmp_path / "run.json", tmp_path / "losses.csv"
    assert not is_done(run, [losses], {"a": 1})
    run.write_text('{"fingerprint": {"a": 1}}')
    assert not is_done(run, [losses], {"a": 1})
    losses.write_text("")
    assert is_done(run, [losses], {"a": 1})
    assert not is_done(run, [losses], {"a": 2})


def test_a_file_system_without_locks_gives_a_warning(tmp_path, caplog, monkeypatch):
    def no_locks(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "lockf", no_locks)
    with alone(tmp_path / "job") as waited:
        assert not waited
    assert "nothing keeps another process from the same job" in caplog.text


def test_a_lock_refused_with_eacces_is_held_by_another_process(tmp_path, caplog, monkeypatch):
    """POSIX allows EACCES as well as EAGAIN for a lock that another process holds."""

    def refused(_, kind):
        if kind & fcntl.LOCK_NB:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(fcntl, "lockf", refused)
    with alone(tmp_path / "job") as waited:
        assert waited
    assert "waiting for another process" in caplog.text
    assert "nothing keeps" not in caplog.text


def test_the_lock_leaves_nothing_behind(tmp_path):
    with alone(tmp_path / "job") as waited:
        assert not waited
        assert "process" in (tmp_path / "job.lock").read_text()
    assert list(tmp_path.iterdir()) == []
    with alone(tmp_path / "job") as waited:
        assert not waited
