"""The project on a real SLURM: the same bytes as a local run, regardless of killed jobs."""

import contextlib
import os
import re
import signal
import time
from pathlib import Path

import pytest

from .slurm import until

# Three jobs that save their state every second, and take longer than Snakemake does to be stopped
# and started again.
LONG = [
    "--config",
    "lengths=[10]",
    "replicates=3",
    "replicates_per_job=1",
    "checkpoint_seconds=1",
    "dataset={pool: 1200, test: 500}",
    "training={samples: 1000, epochs: 2500, evaluate_at: []}",
    "controls={shuffled_models: []}",
]
SHARDS = ["0-0", "1-1", "2-2"]
TWO_JOBS = [f"results/smoke/runs/lstm/T3/seeds-{shard}.losses.csv" for shard in ("0-1", "2-3")]
ONE_ON_ALL = "results/smoke/runs/lstm-mixed/all/seeds-0-1.losses.csv"
# A site's profile, with all advice of docs/cluster.md that this cluster can test.
SITE = """
slurm-partition-config: {partitions}
default-resources:
  qos: normal
  slurm_extra: "'--nice=100'"
"""
PARTITIONS = """
partitions:
  cpu: {max_runtime: 12h}
  gpu: {max_runtime: 12h, max_gpu: 2}
"""


@pytest.fixture(scope="module")
def undisturbed(copy):
    """The results of the long jobs, run locally without interruption."""
    project = copy("undisturbed")
    project.snakemake(*LONG)
    return results(project)


def results(project):
    """Every result that has to be the same bytes."""
    return {
        **project.files("results/smoke/runs/**/*.losses.csv"),
        **project.files("results/smoke/runs/**/*.safetensors"),
        **project.files("results/smoke/tables/*.csv"),
    }


def log_of(project, shard):
    (path,) = project.root.glob(f"results/smoke/logs/train/lstm/T*/seeds-{shard}.log")
    return path.read_text()


def test_the_same_bytes_as_a_local_run_and_a_gpu_for_each_job(project, start, copy):
    site, partitions = project.root / "site", project.root / "partitions.yaml"
    site.mkdir()
    (site / "config.yaml").write_text(SITE.format(partitions=partitions))
    partitions.write_text(PARTITIONS)
    mixed = ["--config", "models=[lstm,lstm-mixed]"]
    targets = ["--", ONE_ON_ALL, *TWO_JOBS]
    run = start(project, *mixed, "--profile", "site", "--set-resources", "train:gpu=1", *targets)
    run.end()
    local = copy("local")
    local.snakemake(*mixed, *targets)
    assert len(results(project)) == 6
    assert results(project) == results(local)
    seen = [
        re.search(r"CUDA_VISIBLE_DEVICES: (\w+)", text.decode())[1]
        for text in project.files("results/smoke/logs/train/**/*.log").values()
    ]
    assert set(seen) == {"0", "1"}  # two jobs at a time, each with its own declared device
    jobs = ",".join(run.jobs().values())
    placed = run.cluster.ask("squeue", "-h", "--states=all", "-j", jobs, "-o", "%P %y")
    assert set(placed.splitlines()) == {"gpu 100"}  # the site's own profile is used


def test_a_job_that_ran_out_of_memory_is_tried_again_with_more(project, start, cluster):
    memory = "train:mem_mb=1500*attempt-1300"  # 200 MB, then 1700 MB
    words = ["--set-resources", memory, "--", TWO_JOBS[0]]
    said = start(project, *words).end()
    assert "Trying to restart job" in said
    jobs = cluster.ask("squeue", "-h", "--states=all", "-S", "i", "-o", "%m %l %T %k").splitlines()
    first, second = [line for line in jobs if "rule_train" in line][-2:]
    assert first.startswith("200M 1:00:00 ")
    assert "COMPLETED" not in first
    assert second.startswith("1700M 2:00:00 COMPLETED")  # more time as well


def test_refused_submissions_fail_only_their_jobs_and_the_same_command_completes_the_run(
    project, start
):
    jobs = [*TWO_JOBS, TWO_JOBS[1].replace("T3", "T6")]
    words = [
        "--slurm-efficiency-report",
        "--set-resources",
        "train:slurm_partition='nowhere' if wildcards.first == '0' else 'cpu'",
        "train:mem_mb=10**9 if wildcards.place == 'T3' else 1000",
    ]
    refused = start(project, *words, "--", *jobs)
    said = refused.end(status=1)
    tried, end = said.split("2 jobs failed:")
    for refusal in ("invalid partition specified", "Memory specification can not be satisfied"):
        assert tried.count(f"sbatch: error: {refusal}") == 4  # `retries` hold for submissions too
        assert end.count(f"sbatch: error: {refusal}") == 1
    for replicates in ("0 to 1", "2 to 3"):
        name = f"train of lstm, T = 3, replicates {replicates}"
        assert f"{name}: it has written no log" in end
    assert "At least one job did not complete successfully" in said
    assert [(project.root / job).exists() for job in jobs] == [False, False, True]
    assert not refused.jobs("PD", "R", "CG")  # Snakemake has waited for the third job
    assert "Failed to retrieve job data" in said  # no accounting, so no report on efficiency
    again = start(project, "--", *jobs).end()
    assert again.count("has been submitted with SLURM jobid") == 2
    assert all((project.root / job).exists() for job in jobs)


def test_cancelled_requeued_timed_out_and_an_outage_end_in_the_same_bytes(
    project, start, cluster, undisturbed
):
    run = start(project, *LONG)
    run.until_kept(*SHARDS)
    jobs = run.jobs("R")
    assert "gres/gpu" not in cluster.ask("scontrol", "show", "job", jobs["0-0"])  # on the CPU
    cluster.ask("scancel", jobs["0-0"])
    cluster.ask("scontrol", "requeue", jobs["1-1"])
    # The third runs out of time after a minute: its processes are stopped, as if the node hung.
    # SLURM wakes them with SIGCONT and ends them with SIGTERM.
    cluster.ask("scontrol", "update", f"jobid={jobs['2-2']}", "TimeLimit=1")
    stop_processes("seeds-2-2.losses.csv")
    until(30, lambda: cluster.ask("squeue", "-h", "-j", jobs["1-1"], "-o", "%T") == "PENDING")
    cluster.ask("scontrol", "update", f"jobid={jobs['1-1']}", "starttime=now")
    cluster.stop_controller()
    time.sleep(20)
    cluster.start_controller()
    run.end()
    assert results(project) == undisturbed
    for shard in SHARDS:
        assert re.search(r"resumed after epoch \d+", log_of(project, shard)), shard
    states = cluster.ask("squeue", "-h", "--states=all", "-o", "%A %T").splitlines()
    assert f"{jobs['0-0']} CANCELLED" in states
    assert f"{jobs['1-1']} COMPLETED" in states
    assert f"{jobs['2-2']} TIMEOUT" in states
    assert not project.files("results/smoke/checkpoints/**/*.*")
    submitted = {path.parent.name for path in project.root.glob(".snakemake/slurm_logs/*/*")}
    # The rest is local, and SLURM's logs are kept.
    assert submitted == {"rule_train", "rule_probe"}


def stop_processes(word):
    """SIGSTOP the training process whose command line names `word`."""
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = line.read_bytes().split(b"\0")
            if b"recall_horizon" in words and any(word.encode() in w for w in words):
                os.kill(int(line.parent.name), signal.SIGSTOP)


# A model whose batches take as long as those of a large one.
SLOW = """
import time

import torch
from torch import nn


class Slow(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.layer = nn.Linear(shape.features, shape.outputs)

    def forward(self, x):
        if torch.is_grad_enabled():
            time.sleep(8)
        return self.layer(x[:, -1])
"""


def test_a_job_in_the_middle_of_a_long_batch_is_given_the_time_to_keep_its_state(
    project, start, cluster
):
    (project.root / "slow.py").write_text(SLOW)
    slow = ["models=[slow]", "model_zoo={slow: {architecture: 'slow:Slow', label: Slow}}"]
    slow += ["analysis={headline_model: slow}", "claims=[]", "controls={shuffled_models: []}"]
    slow += ["training={epochs: 1, batch_size: 10, evaluate_at: []}", "checkpoint_seconds=3600"]
    words = ["--retries", "0", "--config", *slow, "--"]
    run = start(project, *words, "results/smoke/runs/slow/T3/seeds-0-1.losses.csv")
    at_work = project.root / "results/smoke/checkpoints/slow/T3/seeds-0-1.progress.json"
    until(90, at_work.exists)
    time.sleep(2)
    cluster.ask("scancel", *cluster.ask("squeue", "-h", "-o", "%A").split())
    said = run.end(status=1)
    assert "error: stopped by SIGTERM. Its state is in" in said[said.index("1 job failed:") :]
    left = {path.name for path in at_work.parent.iterdir()}
    assert left == {"seeds-0-1.safetensors"}


def test_snakemake_itself_killed_and_started_again_ends_in_the_same_bytes(
    project, start, undisturbed
):
    shards = SHARDS[:2]
    runs = "results/smoke/runs/lstm/T10"
    words = [*LONG, "--", *(f"{runs}/seeds-{shard}.losses.csv" for shard in shards)]
    first = start(project, *words)
    first.until_kept(*shards)
    first.kill(signal.SIGHUP)  # its jobs are cancelled
    until(60, lambda: not first.jobs("R", "CG"))
    second = start(project, *words)
    until(60, lambda: second.jobs("R"))  # not both, since they were nearly done
    time.sleep(3)
    second.kill(signal.SIGKILL)  # its jobs continue without it
    assert second.jobs("R")
    project.snakemake("--unlock")
    start(project, *words).end()
    made = results(project)
    assert len(made) == 2 * len(shards)
    assert made.items() <= undisturbed.items()
    # A second copy waits for the first, unless the first had just ended.
    logs = [log_of(project, shard) for shard in shards]
    assert any("resumed after epoch" in log or "nothing to do" in log for log in logs)
    assert not project.files("results/smoke/checkpoints/**/*.*")
