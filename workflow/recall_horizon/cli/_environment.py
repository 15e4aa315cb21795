"""What decides how processes find programs and modules: environment variables, and folders."""

import codecs
import contextlib
import io
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from importlib.machinery import PathFinder, all_suffixes
from pathlib import Path

from recall_horizon.errors import RecallHorizonError
from recall_horizon.storage.project import PACKAGE

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


def package_alone() -> str:
    """A folder with this package alone, for the path of a Python that has packages of its own."""
    link = Path(".snakemake/recall-horizon/recall_horizon")
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink() or link.resolve() != PACKAGE.resolve():
        link.unlink(missing_ok=True)
        link.symlink_to(PACKAGE.resolve())
    return str(link.parent)


def print_anything() -> None:
    """Let this process print what the encoding of its output lacks, as `\\u03b1`.

    In a locale that is not UTF-8, files and pipes receive ASCII: whoever reads them may have
    another locale.
    """
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue
        everything = codecs.lookup(stream.encoding).name == "utf-8"
        encoding = None if everything or stream.isatty() else "ascii"
        with contextlib.suppress(OSError):  # what was a file has become a pipe
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def refuse_namesakes(folders: Iterable[Path]) -> None:
    """Refuse modules in `folders`, which are on the path of jobs, with the name of another module.

    Python imports the one that it finds first: either a job breaks, or the user's is not used.

    Raises:
        RecallHorizonError: it names each such file or package, and what to do.
    """
    each = dict.fromkeys(folder.resolve() for folder in folders)
    found = [f"  {path} ({whose})" for folder in each for path, whose in _namesakes(folder)]
    if found:
        start = "these have the name of another module, and Python would import the wrong one; "
        start += "rename them, in the configuration as well if it names them:"
        raise RecallHorizonError("\n".join([start, *found]))


def _namesakes(folder: Path) -> Iterator[tuple[Path, str]]:
    """The modules in `folder` with the name of another one, and whose name it is."""
    home = Path(__file__).resolve().parents[2]
    installed = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = _module_name(path)
        if name is None:
            continue
        if name in sys.stdlib_module_names:
            yield path, f"{name} is a module of Python's library"
        elif path == home / name:
            continue  # this package, which is found before one of its name that is installed
        elif PathFinder.find_spec(name, installed):
            yield path, f"{name} is an installed package"
        elif _is_package(home / name):
            yield path, f"{name} is this project's own package"


def _module_name(path: Path) -> str | None:
    """The name under which Python imports `path`, a file or a package; None if it does not."""
    suffix = next((s for s in all_suffixes() if path.name.endswith(s)), None)
    if suffix and path.is_file():
        name = path.name.removesuffix(suffix)
    else:
        name = path.name if _is_package(path) else ""
    return name if name.isidentifier() else None


def _is_package(folder: Path) -> bool:
    """Whether Python imports `folder`: one without `__init__` gives way to any other module."""
    return any((folder / f"__init__{suffix}").is_file() for suffix in all_suffixes())
