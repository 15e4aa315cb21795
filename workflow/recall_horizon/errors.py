"""The errors a user can mend, raised with a message that says how."""

import difflib
from collections.abc import Iterable


class RecallHorizonError(Exception):
    """Something outside the code is wrong; the message says where, what, and what to do."""


class ConfigError(RecallHorizonError):
    """The configuration is refused; the message lists each problem on a line of its own."""


class DamagedFileError(RecallHorizonError):
    """A file is not what was written; the message names it and says what to do."""


class MissingDeviceError(RecallHorizonError):
    """The study asks for a device that this machine does not have."""


def nearest(name: object, valid: Iterable[str]) -> str:
    """Advice that lists `valid` and names the nearest to `name` where one is near."""
    valid = sorted(valid)
    near = difflib.get_close_matches(str(name), valid, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{hint}valid: {', '.join(valid) or 'none'}"
