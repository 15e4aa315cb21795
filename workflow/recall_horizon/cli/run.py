"""Run a study with Snakemake: train what has not been trained, and make its page."""

import os
import subprocess
import sys

from recall_horizon.cli import _snakemake

EPILOG = """Every other argument is passed on to Snakemake: `run lesson --cores 2`, `run --config
replicates=20`, `run my.yaml --workflow-profile slurm`, `run lesson -- figures`. Without --cores,
all are used."""


def main(arguments: list[str]) -> None:
    """Become the Snakemake that runs the study which `arguments` name."""
    _, words = _snakemake.parser("run", __doc__, EPILOG).parse_known_args(arguments)
    command = [sys.executable, "-P", "-m", "snakemake", *_snakemake.of_run(words)]
    if os.name == "nt":  # there the shell would not wait for a process that is replaced
        sys.exit(subprocess.call(command, env=_snakemake.environment()))
    sys.stdout.flush()
    os.execve(command[0], command, _snakemake.environment())
