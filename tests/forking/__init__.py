"""Programs that are imported once and fork for each command: tests wait for no imports."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from .protocol import Started, call

HERE = Path(__file__).resolve().parent
# What the commands of a program import anyhow, from outside the project.
IMPORTED = {
    # Two logger plugins come with these.
    "snakemake": [
        *("snakemake.cli", "snakemake.profiles", "snakemake.report.html_reporter", "docutils"),
        *("snakemake_logger_plugin_rich", "jinja2", "pydantic", "yte", "safetensors"),
    ],
    "python": [
        *("numpy", "pandas", "torch", "safetensors.torch", "scipy.special", "pydantic", "jinja2"),
        *("matplotlib.pyplot", "matplotlib.backends.backend_svg", "altair", "vl_convert", "typst"),
        *("matplotlib.backends.backend_agg", "matplotlib.backends.backend_pdf", "yaml"),
    ],
}


@cache
def server(program: str) -> str:
    """The address of a server of `program`: it is started once, and ends with this process."""
    address = str(Path(tempfile.mkdtemp(prefix="forking-"), program))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        subprocess.Popen(
            [
                *(sys.executable, "-P", HERE / "server.py"),
                *(str(listening.fileno()), str(os.getpid()), program, *IMPORTED[program]),
            ],
            env={**os.environ, "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"},
            stdin=subprocess.DEVNULL,
            pass_fds=[listening.fileno()],
        )
    return address


@cache
def job_python() -> str:
    """An executable that stands for Python in jobs, which it runs as forks of one server."""
    address = server("python")
    path = Path(address).with_name("job-python")
    # Isolated and without site-packages, it starts in 30 ms.
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -IS "{HERE}/protocol.py" {address} "$@"\n')
    path.chmod(0o755)
    return str(path)


def run(program: str, argv: list[str], cwd: Path, environment: dict[str, str]) -> tuple[int, str]:
    """The exit status of `program` with arguments `argv`, negative for a signal; what it says."""
    with tempfile.TemporaryFile("r+") as said, open(os.devnull) as nothing:  # noqa: PTH123
        files = [nothing.fileno(), said.fileno(), said.fileno()]
        request = {"argv": argv, "cwd": str(cwd), "environment": environment}
        status = call(server(program), json.dumps(request), files)
        said.seek(0)
        return status, said.read()


def start(argv: list[str], environment: dict[str, str], output: int) -> Started:
    """Python with arguments `argv`: a process to wait for, or to kill. It writes to `output`."""
    request = {"argv": argv, "cwd": str(Path.cwd()), "environment": environment}
    with open(os.devnull) as nothing:  # noqa: PTH123
        return Started(server("python"), json.dumps(request), [nothing.fileno(), output, output])
