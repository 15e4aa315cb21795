"""Importing this makes a process on Linux like one on Windows, as far as that is possible.

It loses the modules and names that only POSIX systems have. It cannot replace or delete a file that
it has open or mapped, nor flush one that it has open for reading alone.
"""

import asyncio  # noqa: F401  (what is installed has its own ways on Windows)
import errno
import functools
import os
import signal
import sys
from pathlib import Path

import torch  # noqa: F401

MODULES = ("fcntl", "grp", "pwd", "resource", "termios")
NAMES = {
    os: "fork forkpty geteuid getuid mkfifo register_at_fork sched_getaffinity O_NOFOLLOW",
    signal: "SIGALRM SIGHUP SIGKILL SIGUSR1 SIGUSR2 SIGXCPU alarm setitimer",
}


def _is_open(path):
    file = Path(path).resolve()
    descriptors = [d for d in Path("/proc/self/fd").iterdir() if d.is_symlink()]
    mapped = Path("/proc/self/maps").read_text().splitlines()
    return file in map(Path.readlink, descriptors) or any(m.endswith(f" {file}") for m in mapped)


def _only_closed(change):
    @functools.wraps(change)
    def changed(*paths, **options):
        for path in paths:
            if _is_open(path):
                raise PermissionError(errno.EACCES, "another process is using the file", str(path))
        return change(*paths, **options)

    return changed


def _fsync(descriptor, flush=os.fsync):
    _, flags = Path(f"/proc/self/fdinfo/{descriptor}").read_text().split("flags:")
    if int(flags.split()[0], 8) & os.O_ACCMODE == os.O_RDONLY:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    flush(descriptor)


sys.modules.update(dict.fromkeys(MODULES))
for module, names in NAMES.items():
    for name in names.split():
        delattr(module, name)
for name in ("remove", "rename", "replace", "unlink"):
    setattr(os, name, _only_closed(getattr(os, name)))
os.fsync = _fsync
