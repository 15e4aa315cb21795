"""Environment variables of this process, inherited by the processes that it starts."""

import os
import shutil
from pathlib import Path

# The interpreter under which jobs run.
JOB_PYTHON = "RECALL_HORIZON_PYTHON"


def put_before(command: str, folder: Path) -> None:
    """Put `folder` first on the PATH, if `command` is on the PATH at all."""
    if shutil.which(command):
        others = [f for f in os.environ["PATH"].split(os.pathsep) if f != str(folder)]
        os.environ["PATH"] = os.pathsep.join([str(folder), *others])


def set_job_python(interpreter: str | None) -> None:
    """Run jobs under `interpreter`; None means the `python` of a job's own environment."""
    os.environ.pop(JOB_PYTHON, None)
    if interpreter:
        os.environ[JOB_PYTHON] = interpreter
