"""Where the project's files are that are no modules: rules, configurations, templates, profiles.

In a clone they are around the package; a wheel has them in a folder of the package.
"""

from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
INSTALLED = (PACKAGE / "project").is_dir()
ROOT = PACKAGE / "project" if INSTALLED else PACKAGE.parents[1]
# Beside the package: Snakemake finds its plugins by the names of packages.
PLUGINS = ("snakemake_logger_plugin_lines", "snakemake_logger_plugin_plan")
# All that a study is made with, as it lies in a clone.
SOURCES = (
    "Snakefile",
    "workflow",
    "config",
    "profiles",
    "report",
    "examples",
    "requirements.txt",
    "requirements-huggingface.txt",
    "requirements-notebook.txt",
    "environment.yml",
    "pyproject.toml",
    "LICENSE",
    "CITATION.cff",
)


def files() -> dict[str, Path]:
    """The files of `SOURCES`, by their paths in a clone, also of an installed package.

    Links that lead out of the project are left out, and what is not its own to hand on.
    """
    found = {path.relative_to(ROOT): path for name in SOURCES for path in _below(ROOT / name)}
    if INSTALLED:
        packages = [PACKAGE, *(PACKAGE.parent / name for name in PLUGINS)]
        modules = [path for package in packages for path in _below(package)]
        inside = [path for path in modules if not path.is_relative_to(ROOT)]
        found |= {"workflow" / path.relative_to(PACKAGE.parent): path for path in inside}
    return {path.as_posix(): found[path] for path in sorted(found) if not _is_private(path)}


def _below(path: Path) -> Iterator[Path]:
    """The files in a folder, or the file itself."""
    home = (PACKAGE.parent if INSTALLED else ROOT).resolve()
    for each in path.rglob("*") if path.is_dir() else (path,):
        if each.is_file() and each.resolve().is_relative_to(home):
            yield each


def _is_private(path: Path) -> bool:
    """Whether `path` is hidden, or Python's compiled code."""
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)
