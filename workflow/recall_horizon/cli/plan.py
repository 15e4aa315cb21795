"""Say what a run would do, why, and how long it would take, without doing it."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import recall_horizon
from recall_horizon import plan
from recall_horizon.errors import RecallHorizonError

EPILOG = """Every other argument is Snakemake's, which is asked: `plan --configfile
config/lesson.yaml`, `plan --config replicates=20`, `plan -- results/default/tables/losses.csv`."""


def main(arguments: list[str]) -> None:
    """Print the plan of the run that `snakemake` with these arguments would be."""
    parser = argparse.ArgumentParser(
        prog="recall_horizon plan",
        usage="python -m recall_horizon plan [Snakemake's arguments …]",
        description=__doc__,
        epilog=EPILOG,
        allow_abbrev=False,
    )
    _, words = parser.parse_known_args(arguments)
    # What would run, and all that there is: side by side, since each takes seconds.
    asked = [_ask(words), _ask(["--forceall", *words])]
    answers = [(*process.communicate(), process.returncode) for process in asked]
    jobs, every = (plan.read_jobs(_told(*answer)) for answer in answers)
    print("\n".join(plan.in_words(jobs, every)))


def _ask(words: list[str]) -> subprocess.Popen[str]:
    """A dry run of Snakemake that tells of its jobs, a line each."""
    home = str(Path(recall_horizon.__file__).parents[1])  # where the logger plugin stands, too
    path = os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(
        [sys.executable, "-m", "snakemake", "--logger", "plan", "--dry-run", "--nolock", *words],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _told(out: str, err: str, status: int) -> list[str]:
    """What Snakemake said, line by line.

    Raises:
        RecallHorizonError: it failed; with the lines that tell why.
    """
    if status:
        said = [line for line in err.strip().splitlines() if not line.startswith("Using ")]
        if said and said[0].startswith(("usage:", "Traceback")):
            said = said[-1:]  # the last line is the one that tells
        raise RecallHorizonError("\n".join(["Snakemake cannot plan this run.", *said]))
    return out.splitlines()
