"""A real SLURM cluster for all tests of this folder, and Snakemake on it."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from ..conftest import Project
from .slurm import Cluster, die_with_parent, until

NEEDED = ("munged", "slurmctld", "slurmd", "sbatch")
# Nothing here takes minutes unless it hangs.
PATIENCE = 600


@pytest.fixture(scope="session")
def cluster():
    """The cluster, in a folder whose path is short enough for that of a socket."""
    missing = [c for c in NEEDED if not shutil.which(c, path=f"{os.environ['PATH']}:/usr/sbin")]
    assert not missing, f"{missing} not found: make test-cluster installs SLURM, as root"
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))
    started = Cluster(folder)
    try:
        started.start()
        yield started
    finally:
        started.stop()
        shutil.rmtree(folder, ignore_errors=True)


def as_from_a_terminal() -> None:
    """A process in the background of a shell ignores SIGINT, under nohup SIGHUP; not this one."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    die_with_parent()


class Run:
    """Snakemake running on the cluster, with the project's profile."""

    def __init__(self, project: Project, cluster: Cluster, *words: str) -> None:
        self.project, self.cluster = project, cluster
        self.said = project.root / "said.log"
        command = ["snakemake", "--workflow-profile", "profiles/slurm", "--configfile"]
        command += ["config/smoke.yaml", "--slurm-init-seconds-before-status-checks", "2"]
        command += ["--latency-wait", "5", *words]
        with self.said.open("w") as said:
            self.process = subprocess.Popen(
                command,
                cwd=project.root,
                env=cluster.environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
                preexec_fn=as_from_a_terminal,
            )

    def end(self, status: int = 0) -> str:
        """Wait for the end, which must have this exit status; return the output."""
        try:
            ended = self.process.wait(timeout=PATIENCE)
        finally:
            if self.process.poll() is None:
                self.kill(signal.SIGKILL)
        said = self.said.read_text()
        assert ended == status, said[-6000:]
        return said

    def kill(self, number: int) -> None:
        """Send a signal to Snakemake and wait for its end."""
        os.killpg(self.process.pid, number)
        self.process.wait(timeout=60)

    def jobs(self, *states: str) -> dict[str, str]:
        """The SLURM ids of training jobs by shard, the latest of each, in any of `states`."""
        options = ["-t", ",".join(states)] if states else ["--states=all"]
        lines = self.cluster.ask("squeue", "-h", *options, "-S", "i", "-o", "%A %k").splitlines()
        jobs = dict(reversed(line.split()) for line in lines)
        train = "rule_train_wildcards_lstm_"
        return {
            "-".join(comment.removeprefix(train).split("_")[1:]): job
            for comment, job in jobs.items()
            if comment.startswith(train)
        }

    def until_kept(self, *shards: str) -> None:
        """Wait until the training of each of `shards` has left a checkpoint."""
        folder = self.project.root / "results/smoke/checkpoints/lstm"
        wanted = [f"seeds-{shard}.safetensors" for shard in shards]
        until(90, lambda: all(list(folder.glob(f"*/{name}")) for name in wanted))


@pytest.fixture
def start(cluster):
    """Starts Snakemake in a project; kills what still runs after a test."""
    runs = []

    def run(project, *words):
        runs.append(Run(project, cluster, *words))
        return runs[-1]

    yield run
    for started in runs:
        if started.process.poll() is None:
            started.kill(signal.SIGKILL)
    cluster.ask("scancel", f"--user={cluster.user}")
