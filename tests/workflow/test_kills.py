"""Jobs and runs that are killed at any moment, and disks that fill, on real processes."""

import fcntl
import json
import os
import pty
import random
import resource
import signal
import subprocess
import sys
import termios
import time
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from recall_horizon.config import jobs
from recall_horizon.config.load import load

from .. import forking

ROOT = Path(__file__).resolve().parents[2]
SEED = 20261122
# A few seconds of training: long enough to be killed in the middle.
RAW = yaml.safe_load((ROOT / "config/config.yaml").read_text())
RAW |= {"models": ["lstm"], "lengths": [10], "claims": []}
RAW |= {"dataset": {"pool": 300, "validation": 2, "test": 100}}
RAW["training"] |= {"samples": 200, "epochs": 400, "batch_size": 100, "evaluate_at": [50]}
RAW["model_zoo"] = {"lstm": {"architecture": "lstm", "options": {"hidden_size": 16}}}
RAW["controls"]["shuffled_models"] = []
STUDY = load(RAW)
SPEC, DATASET = jobs.training_spec(STUDY, "lstm", "T10", 0, 3), jobs.dataset_spec(STUDY, 10)
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "workflow"), "OMP_NUM_THREADS": "1"}


def until(condition):
    """Wait, at most half a minute, until `condition()` holds."""
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise TimeoutError


class Job:
    """A training job in its own folder, and the dataset that it shares with others."""

    def __init__(self, folder, dataset):
        self.folder, self.dataset = folder, dataset
        self.log = folder / "log"
        self.state = folder / "checkpoints/job.safetensors"
        self.at_work = self.state.with_suffix(".progress.json")
        folder.mkdir(exist_ok=True)

    def start(self, limit=None, every=0.02):
        """Start it, able to write files of at most `limit` bytes, if there is one."""
        words = {
            "options": SPEC.model_dump_json(),
            "dataset": self.dataset,
            "losses": self.folder / "runs/losses.csv",
            "weights": self.folder / "runs/weights.safetensors",
            "run": self.folder / "runs/run.json",
            "checkpoint": self.state,
            "every": every,
            "code": "as it is",
        }
        options = [str(word) for name, value in words.items() for word in (f"--{name}", value)]
        words = ["-m", "recall_horizon", "train", *options]
        with self.log.open("a") as log:
            if not limit:
                return forking.start(words, ENVIRONMENT, log.fileno())
            return subprocess.Popen(
                [sys.executable, *words],
                env=ENVIRONMENT,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
            )

    def run(self, **how):
        return self.start(**how).wait(timeout=300)

    def results(self):
        return {
            path.name: path.read_bytes()
            for path in sorted((self.folder / "runs").iterdir())
            if path.suffix != ".json"  # times
        }


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "T.safetensors"
    words = ["dataset", "--options", DATASET.model_dump_json(), "--output", str(path)]
    subprocess.run([sys.executable, "-m", "recall_horizon", *words], env=ENVIRONMENT, check=True)
    return path


@pytest.fixture(scope="module")
def undisturbed(dataset, tmp_path_factory):
    """The results of a job that is not interrupted. At work, it says where it is."""
    job = Job(tmp_path_factory.mktemp("undisturbed"), dataset)
    process = job.start()
    until(job.at_work.exists)
    at = json.loads(job.at_work.read_text())
    assert (at["model"], at["length"], at["replicates"], at["epochs"]) == ("lstm", 10, [0, 3], 400)
    assert at["train_loss"]
    assert process.wait(timeout=300) == 0, job.log.read_text()
    assert not job.at_work.exists()
    return job.results()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_job_killed_at_random_moments_ends_in_the_same_bytes(
    dataset, undisturbed, tmp_path, number
):
    job, rng = Job(tmp_path / "job", dataset), random.Random(SEED + number)
    moments = [rng.uniform(0, 0.6) for _ in range(4)]
    print(f"seed {SEED + number}, killed after", ", ".join(f"{m:.2f} s" for m in moments))
    for attempt, moment in enumerate(moments, start=1):
        process = job.start()
        until(lambda n=attempt: job.log.read_text().count("epochs on cpu") == n)
        time.sleep(moment)
        process.send_signal(number)
        status = process.wait(timeout=60)
        assert status == (-number if number == signal.SIGKILL else 128 + number)
        assert not (job.folder / "runs").exists()
    assert job.run() == 0
    assert job.results() == undisturbed
    said = job.log.read_text()
    assert "Traceback" not in said
    assert "resumed after epoch" in said
    assert ("the next attempt resumes from there" in said) == (number != signal.SIGKILL)
    assert list(job.state.parent.iterdir()) == []


def test_signals_that_go_on_do_not_disturb_the_stop(dataset, tmp_path):
    """A terminal's, Snakemake's and SLURM's come one after the other, at any moment."""
    job = Job(tmp_path / "job", dataset)
    process = job.start()
    until(job.at_work.exists)
    with suppress(ProcessLookupError):  # it has ended
        while True:
            process.send_signal(signal.SIGTERM)
            time.sleep(0.001)
    assert process.wait(timeout=60) == 128 + signal.SIGTERM
    assert job.log.read_text().endswith(
        f"stopped by SIGTERM. Its state is in {job.state}: the next attempt resumes from there.\n"
    )
    assert list(job.state.parent.iterdir()) == [job.state]


def test_processes_at_one_job_take_turns_and_repeat_nothing(dataset, undisturbed, tmp_path):
    """Where the first is killed the second resumes, and the third has nothing left to do."""
    job = Job(tmp_path / "job", dataset)
    waits = "waiting for another process at the same job: process {} on"
    first = job.start()
    until(job.state.exists)
    second = job.start()
    until(lambda: waits.format(first.pid) in job.log.read_text())
    first.send_signal(signal.SIGKILL)
    first.wait()
    third = job.start()
    assert [process.wait(timeout=300) for process in (second, third)] == [0, 0]
    said = job.log.read_text()
    assert "resumed after epoch" in said
    assert waits.format(second.pid) in said
    assert "the other process has finished it: nothing to do" in said
    assert job.results() == undisturbed


def test_a_full_disk_leaves_no_half_file_and_a_clear_message(dataset, tmp_path):
    """The write fails as on a full disk, but with another errno: files are limited to 20 kB."""
    job = Job(tmp_path / "job", dataset)
    assert job.run(limit=20_000, every=0.5) == 1
    said = job.log.read_text()
    assert "weights.safetensors was not written: File too large" in said
    assert "Nothing half-written was left behind" in said
    assert "no new checkpoint: " in said
    assert "Traceback" not in said
    assert job.results() == {}
    # If there is one, it is complete: written while it was small enough.
    assert {*job.state.parent.iterdir()} <= {job.state}


def test_a_job_stopped_on_a_full_disk_claims_no_state_that_it_has_not_kept(dataset, tmp_path):
    job = Job(tmp_path / "job", dataset)
    state = job.state

    def stopped():
        process = job.start(limit=8_000, every=3600)
        until(job.at_work.exists)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 143
        last = job.log.read_text().splitlines()[-1]
        assert f"Its state could not be kept: {state} was not written: File too large" in last
        return last

    assert stopped().endswith("The next attempt starts from the beginning.")
    assert not list(state.parent.iterdir())
    process = job.start()
    until(state.exists)
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)
    kept = state.read_bytes()
    assert stopped().endswith(f"The next attempt resumes from the earlier state in {state}.")
    assert state.read_bytes() == kept
    assert list(state.parent.iterdir()) == [state]


def test_an_unwritable_folder_is_one_clear_message(dataset, tmp_path):
    job = Job(tmp_path / "job", dataset)
    job.state.parent.write_text("a file where a folder should be")
    assert job.run() == 1
    assert job.log.read_text().startswith("error: ")
    assert "job.safetensors.lock cannot be written: File exists" in job.log.read_text()
    assert not (job.folder / "runs").exists()


RUN = ["--config", "training={samples: 200, epochs: 300}", "replicates=2", "replicates_per_job=1"]
ALWAYS = "checkpoint_seconds=0"  # a job keeps its state after each batch


def test_a_killed_run_ends_in_the_same_bytes(project, copy):
    """Snakemake and its jobs are killed together, as by a power cut or Ctrl-C, and restarted."""
    rng = random.Random(SEED)
    names = ("losses", "summary", "horizons", "controls", "sensitivity")
    tables = [f"results/smoke/tables/{name}.csv" for name in names]
    command = ["snakemake", "--cores", "2", "--configfile", "config/smoke.yaml"]
    command += [*RUN, ALWAYS, "--", *tables]
    for number in (signal.SIGKILL, signal.SIGINT):
        moment = rng.uniform(4, 10)
        print(f"killed after {moment:.2f} s")
        process = subprocess.Popen(
            command,
            cwd=project.root,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(moment)
        os.killpg(process.pid, number)
        process.wait(timeout=60)
    project.snakemake("--unlock")
    project.snakemake(*RUN, ALWAYS, "--", *tables)
    whole = copy("whole")
    whole.snakemake(*RUN, "--", *tables)
    for path in tables:
        assert (project.root / path).read_bytes() == (whole.root / path).read_bytes(), path
    assert not project.files("results/smoke/**/*.safetensors.lock")


def from_a_terminal():
    """Run in a child: its standard input is its terminal, and no request to stop is ignored."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
        signal.signal(number, signal.SIG_DFL)


def test_a_run_that_is_stopped_keeps_its_state_and_resumes_with_the_same_command(project, tmp_path):
    """By Ctrl-C, by a terminal that is closed, and by signals to all processes of the run."""
    training = "training={samples: 200, epochs: 1500, evaluate_at: []}"
    one_job = ["replicates=1", "lengths=[10]", "controls={shuffled_models: []}"]
    words = ["--config", training, *one_job, "checkpoint_seconds=3600", "--"]
    words.append("results/smoke/runs/lstm/T10/seeds-0-0.losses.csv")
    state = project.root / "results/smoke/checkpoints/lstm/T10/seeds-0-0.safetensors"
    at_work = state.with_suffix(".progress.json")
    log = project.root / "results/smoke/logs/train/lstm/T10/seeds-0-0.log"
    for attempt, name in enumerate(("SIGINT", "SIGHUP", "SIGTERM", "SIGUSR1")):
        ours, its = pty.openpty()
        run = subprocess.Popen(
            ["snakemake", "--cores", "1", "--configfile", "config/smoke.yaml", *words],
            cwd=project.root,
            stdin=its,
            stdout=its,
            stderr=its,
            start_new_session=True,
            preexec_fn=from_a_terminal,
        )
        with (tmp_path / "said").open("ab") as said:
            terminal = subprocess.Popen(["cat"], stdin=ours, stdout=said, stderr=said)
        os.close(ours)
        os.close(its)
        until(lambda run=run: at_work.exists() or run.poll() is not None)
        assert run.poll() is None, (tmp_path / "said").read_text()
        if name == "SIGHUP":
            terminal.kill()  # the kernel sends the signal
        else:
            os.killpg(run.pid, signal.Signals[name])
        assert run.wait(timeout=60) == 1, (tmp_path / "said").read_text()
        terminal.wait()
        assert log.read_text().endswith(
            f"stopped by {name}. Its state is in {state.relative_to(project.root)}: "
            "the next attempt resumes from there.\n"
        )
        assert ("resumed after epoch" in log.read_text()) == (attempt > 0)
        assert [path.name for path in state.parent.iterdir()] == [state.name]
    project.snakemake(*words)
    assert "resumed after epoch" in log.read_text()
    assert not any(state.parent.iterdir())
