"""Show what a run would do, why, and how long it would take, without doing it."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from recall_horizon.analysis import costs
from recall_horizon.analysis.dry_run import Job, read_jobs
from recall_horizon.cli import _snakemake
from recall_horizon.errors import RecallHorizonError
from recall_horizon.presentation.plan import in_words

EPILOG = """Every other argument is passed on to Snakemake: `plan lesson`, `plan --config
replicates=20`, `plan -- results/default/tables/losses.csv`. With `--cores 8` or `--cores all`, the
plan estimates how long the run takes on that many cores."""


def main(arguments: list[str]) -> None:
    """Print the plan of the run that `snakemake` would start with these arguments."""
    parser = _snakemake.parser("plan", __doc__, EPILOG)
    # Where a run shows its progress has no meaning here, and Snakemake takes one such option alone.
    parser.add_argument("--logger", nargs="+", help=argparse.SUPPRESS)
    _, others = parser.parse_known_args(arguments)
    words = _snakemake.of_study(others)
    # The jobs that would run, and all jobs: in parallel, since each dry run takes seconds.
    asked = [_ask(words), _ask(["--forceall", *words])]
    answers = [(*process.communicate(), process.returncode) for process in asked]
    jobs, every = (read_jobs(_told(*answer)) for answer in answers)
    estimates = costs.estimates(jobs, costs.read(_studies(every)))
    print("\n".join(in_words(jobs, every, estimates, _cores(words))))


def _ask(words: list[str]) -> subprocess.Popen[str]:
    """A dry run of Snakemake that reports its jobs, one line each."""
    ours = ["--logger", "plan", "--dry-run", "--nolock"]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "snakemake", *ours, *words],
        env={**_snakemake.environment(), "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def _told(out: str, err: str, status: int) -> list[str]:
    """The lines that Snakemake printed.

    Raises:
        RecallHorizonError: it failed; the message has the lines that explain why.
    """
    if status:
        lines = [line for line in err.strip().splitlines() if not line.startswith("Using ")]
        if lines and lines[0].startswith(("usage:", "Traceback")):
            lines = lines[-1:]  # the last line gives the cause
        raise RecallHorizonError("\n".join(["Snakemake cannot plan this run.", *lines]))
    return out.splitlines()


def _studies(jobs: list[Job]) -> list[Path]:
    """The folders of results of all studies next to those of `jobs`."""
    homes = {Path(job.study).parent for job in jobs}
    return sorted(folder for home in homes for folder in home.glob("*") if folder.is_dir())


def _cores(words: list[str]) -> int | None:
    """The number of cores that Snakemake receives; None if it receives no number."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--cores", "-c", nargs="?", const="all")
    cores = parser.parse_known_args(words)[0].cores
    if cores == "all":
        return os.cpu_count()
    return int(cores) if cores and cores.isdecimal() and int(cores) else None
