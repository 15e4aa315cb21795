"""Snakemake that is imported once, and forks for each command.

It imports nothing of the project: each fork finds the package where its Snakefile stands. It reads
a request a line, as JSON, and answers each with the exit status of its command, negative for a
signal. It ends with its standard input.
"""

import importlib
import json
import os
import signal
import sys

SNAKEMAKE = os.path.join(os.path.dirname(sys.executable), "snakemake")  # noqa: PTH118, PTH120
# What a run imports anyhow, from outside the project; two logger plugins come with these.
IMPORTED = [
    *("snakemake.cli", "snakemake.profiles", "snakemake.report.html_reporter"),
    *("snakemake_logger_plugin_rich", "docutils", "jinja2", "pydantic", "yte", "safetensors"),
]


def become(argv: list[str], cwd: str, environment: dict[str, str], output: str) -> None:
    """Turn this process into `snakemake argv`, as if it had been started so."""
    signal.alarm(600)
    for descriptor in (1, 2):
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND), descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    paths = environment.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:1] = [os.path.dirname(SNAKEMAKE), *filter(None, paths)]  # noqa: PTH120
    sys.argv = [SNAKEMAKE, *argv]
    sys.modules["snakemake.workflow"].Workflow._rundir = cwd  # taken at its import
    sys.modules["snakemake.cli"].main()


def serve() -> None:
    """Answer requests until there are no more."""
    for name in IMPORTED:
        importlib.import_module(name)
    assert "recall_horizon" not in sys.modules
    for line in iter(sys.stdin.readline, ""):
        child = os.fork()
        if not child:
            become(**json.loads(line))
            return
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
