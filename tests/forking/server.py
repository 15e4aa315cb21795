"""A program that is imported once, and forks for each command.

`server.py SOCKET PARENT PROGRAM MODULE…` imports the modules, then answers what `protocol.call`
asks over the socket of that descriptor, until its parent ends. It imports nothing of the project:
each fork finds the package where its command runs.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
import threading

SNAKEMAKE = os.path.join(os.path.dirname(sys.executable), "snakemake")  # noqa: PTH118, PTH120


def become(program: str, argv: list[str], cwd: str, environment: dict[str, str]) -> None:
    """Turn this process into `program` with arguments `argv`, as if it had been started so."""
    signal.alarm(600)
    os.chdir(cwd)
    job_python = environment.pop("TESTS_JOB_PYTHON", None)
    os.environ.clear()
    os.environ.update(environment)
    paths = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    if program == "snakemake":
        sys.path[:0] = [os.path.dirname(SNAKEMAKE), *paths]  # noqa: PTH120
        sys.argv = [SNAKEMAKE, *argv]
        sys.executable = job_python or sys.executable  # under which the Snakefile starts jobs
        sys.modules["snakemake.workflow"].Workflow._rundir = cwd  # taken at its import
        sys.modules["snakemake.cli"].main()
    else:
        assert argv[0] == "-m", argv
        sys.path[:0] = [cwd, *(os.path.abspath(path) for path in paths)]  # noqa: PTH100
        sys.argv = argv[1:]
        status: object = 0
        try:
            runpy.run_module(argv[1], run_name="__main__", alter_sys=True)
        except SystemExit as end:
            status = end.code
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status if isinstance(status, int) else 1)  # nothing imported is taken down


def attend(connection: socket.socket, program: str) -> None:
    """Run one command in a process of its own; this one waits, and tells how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, files, *_ = socket.recv_fds(connection, 1, 3)
    request = json.loads(connection.makefile().readline())
    process = os.fork()
    if not process:
        connection.close()
        for descriptor, file in enumerate(files):
            os.dup2(file, descriptor)
            os.close(file)
        become(program, **request)
        return
    connection.sendall(f"{process}\n".encode())
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    connection.sendall(f"{status}\n".encode())
    os._exit(0)


def serve(listening: socket.socket, parent: int, program: str, modules: list[str]) -> None:
    """Answer commands for as long as `parent` runs."""
    for name in modules:
        importlib.import_module(name)
    assert "recall_horizon" not in sys.modules
    assert threading.active_count() == 1  # a fork takes no other thread along
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.freeze()  # no fork looks through what the server has imported
    listening.settimeout(2)
    while os.getppid() == parent:
        try:
            connection, _ = listening.accept()
        except TimeoutError:
            continue
        if not os.fork():
            listening.close()
            connection.settimeout(None)
            attend(connection, program)
            return
        connection.close()


if __name__ == "__main__":
    descriptor, parent, program, *modules = sys.argv[1:]
    serve(socket.socket(fileno=int(descriptor)), int(parent), program, modules)
