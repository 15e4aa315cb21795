"""Checkpoints: a job's state so far, in a file from which its next attempt resumes.

A checkpoint is not an output of a rule: it outlives a job that is killed, preempted or out of time,
and is removed when the job has succeeded. It is used only if its fingerprint matches, so that the
job gives the same numbers as one that was never interrupted.
"""

import json
import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO, Any

from recall_horizon.errors import DamagedFileError, JobStoppedError, RecallHorizonError
from recall_horizon.storage.files import (
    Tensors,
    is_open,
    read_tensors,
    remove_abandoned,
    write_tensors,
)

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

log = logging.getLogger(__name__)

# What asks a process to stop and leaves it time: those of these that the platform has. SIGHUP comes
# when a terminal or a connection is closed, SIGUSR1 before SLURM's limit where a job asks for it,
# SIGXCPU at a limit of CPU seconds.
NAMES = ("SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "SIGXCPU")
SIGNALS = tuple(signal.Signals[name] for name in NAMES if hasattr(signal, name))

State = tuple[Tensors, dict[str, Any]]


class Checkpoint:
    """The checkpoint of one job.

    Args:
        path: its file.
        fingerprint: everything that determines the job's numbers, by name.
        every: seconds after which `keep` writes again.
    """

    def __init__(self, path: Path, fingerprint: Mapping[str, Any], every: float) -> None:
        self.path = path
        self.fingerprint = dict(fingerprint)
        self.every = every
        self.written = time.monotonic()
        self.usable = False  # whether the file holds a state from which the next attempt resumes
        self.signal: int | None = None

    def read(self) -> State | None:
        """The state that an earlier attempt left, or None if there is none that matches."""
        remove_abandoned(self.path)  # this attempt may end before it writes one
        if not self.path.exists():
            return None
        try:
            tensors, about = read_tensors(self.path)
            found, state = about["fingerprint"], about["state"]
        except (DamagedFileError, KeyError) as error:
            aside = self.path.with_name(f"{self.path.name}.damaged")
            self.path.replace(aside)
            log.warning("the checkpoint was damaged, and is now %s: starting afresh", aside)
            log.warning("(%s)", error)
            return None
        differs = sorted(
            name
            for name in self.fingerprint.keys() | found.keys()
            if self.fingerprint.get(name) != found.get(name)
        )
        if differs:
            log.warning(
                "the checkpoint %s is of another job (it differs in: %s): starting afresh",
                *(self.path, ", ".join(differs)),
            )
            return None
        self.usable = True
        return tensors, state

    def keep(self, state: Callable[[], State], now: bool = False) -> None:
        """Write `state()` if a checkpoint is due, if a signal has arrived, or if `now` is set.

        If the checkpoint cannot be written, a warning is logged and training continues.

        Raises:
            JobStoppedError: a signal has arrived; the message states from what the next attempt
                resumes.
        """
        due = time.monotonic() - self.written >= self.every
        if not (now or due or self.signal):
            return
        tensors, about = state()
        failure = None
        try:
            write_tensors(self.path, tensors, {"fingerprint": self.fingerprint, "state": about})
            self.usable = True
        except RecallHorizonError as error:
            failure = error
        self.written = time.monotonic()
        if self.signal:
            name = signal.Signals(self.signal).name
            raise JobStoppedError(f"stopped by {name}. {self._left(failure)}", self.signal)
        if failure:
            log.warning("no new checkpoint: %s", failure)

    def _left(self, failure: RecallHorizonError | None) -> str:
        """What a stopped job leaves to its next attempt; `failure` says why it is not its state."""
        if not failure:
            return f"Its state is in {self.path}: the next attempt resumes from there."
        left = (
            f"resumes from the earlier state in {self.path}"
            if self.usable
            else "starts from the beginning"
        )
        return f"Its state could not be kept: {failure} The next attempt {left}."

    def remove(self) -> None:
        """Delete the checkpoint: the job has succeeded."""
        self.path.unlink(missing_ok=True)

    @contextmanager
    def heeding_signals(self) -> Iterator[None]:
        """Inside this context, a signal that asks to stop makes the next `keep` write and stop.

        A signal that is ignored, such as SIGHUP under `nohup`, stays so. Once one has arrived, the
        process is about to end, and they are ignored from here on: such signals often come twice,
        and the second would end it before it has said what it leaves.
        """

        def remember(number: int, _: FrameType | None) -> None:
            self.signal = self.signal or number  # the first is the reason

        heeded = [n for n in SIGNALS if signal.getsignal(n) is not signal.SIG_IGN]
        before = {number: signal.signal(number, remember) for number in heeded}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, signal.SIG_IGN if self.signal else handler)


@contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Ensure that no other process, on any machine that shares the folder, works on `path`.

    Waits for one that does, and yields whether it had to. The lock is the file system's: it ends
    with its process, even if that is killed. If the file system has no locks, a warning is logged
    and a second process is not kept out; on Windows only Snakemake's own lock does that.
    """
    if not fcntl:
        yield False
        return
    lock = path.with_name(f"{path.name}.lock")
    waited = False
    while True:
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            file = lock.open("a+")
        except OSError as error:
            raise RecallHorizonError(f"{lock} cannot be written: {error.strerror}.") from error
        try:
            if not _locked(file):
                file.seek(0)
                log.warning("waiting for another process at the same job: %s", file.read().strip())
                waited = True
                fcntl.lockf(file, fcntl.LOCK_EX)
        except OSError as error:
            log.warning(
                "%s cannot be locked (%s): nothing keeps another process from the same job",
                *(lock, error.strerror),
            )
        if is_open(file.fileno(), lock):
            break
        file.close()  # its previous holder has removed it: no other process would find this lock
    with file:
        with suppress(OSError):  # a full disk: the holder is not recorded
            file.truncate(0)
            file.write(f"process {os.getpid()} on {socket.gethostname()}")
            file.flush()
        try:
            yield waited
        finally:
            lock.unlink(missing_ok=True)


def _locked(file: IO[str]) -> bool:
    """Whether `file` could be locked; False if another process holds the lock.

    Raises:
        OSError: its file system has no locks.
    """
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # POSIX allows either for a lock that is held
        return False
    return True


def is_done(run: Path, outputs: list[Path], fingerprint: Mapping[str, Any]) -> bool:
    """Whether another process has finished the same job: its record says so, its outputs exist."""
    try:
        record = json.loads(run.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return record.get("fingerprint") == fingerprint and all(path.exists() for path in outputs)
