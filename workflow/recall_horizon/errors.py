"""Errors that a user can fix; their messages explain how."""

import difflib
from collections.abc import Iterable


class RecallHorizonError(Exception):
    """Something outside the code is wrong; the message states where, what, and what to do."""

    status = 1  # the exit status of the process


class ConfigError(RecallHorizonError):
    """The configuration is refused; the message lists each problem on its own line."""


class DamagedFileError(RecallHorizonError):
    """A file does not hold what was written; the message names it and states what to do."""


class MissingDeviceError(RecallHorizonError):
    """The study asks for a device that this machine does not have."""


class JobStoppedError(RecallHorizonError):
    """A signal has stopped the job; the message states where its state is."""

    def __init__(self, message: str, signal: int) -> None:
        super().__init__(message)
        self.status = 128 + signal


def nearest(name: object, valid: Iterable[str]) -> str:
    """Advice that lists `valid`, and names the one closest to `name` if any is close."""
    valid = sorted(valid)
    near = difflib.get_close_matches(str(name), valid, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{hint}valid: {', '.join(valid) or 'none'}"
