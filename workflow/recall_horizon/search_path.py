"""The search path of commands, for this process and those it starts."""

import os
import shutil
from pathlib import Path


def put_before(command: str, folder: Path) -> None:
    """Search `folder` before all others, where `command` is found at all."""
    if shutil.which(command):
        others = [f for f in os.environ["PATH"].split(os.pathsep) if f != str(folder)]
        os.environ["PATH"] = os.pathsep.join([str(folder), *others])
