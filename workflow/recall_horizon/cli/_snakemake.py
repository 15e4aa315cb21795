"""The arguments with which Snakemake runs a study, from those that a person gives."""

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from recall_horizon.errors import RecallHorizonError, nearest
from recall_horizon.storage.project import INSTALLED, PACKAGE, ROOT

BASE = Path("config/config.yaml")
DEFAULT = "default"  # the study without an overlay
# Options that say how many cores, with their abbreviations and values.
CORES = re.compile(r"--cor(e|es)?(=.*)?|--jobs(=.*)?|-[cj].*")
USAGE = "[STUDY …] [Snakemake's arguments …]"
STUDIES = """A STUDY is one of the project's, such as lesson, or the file of your own, such as
my.yaml; without one it is the default study. Several are laid over one another, and the last
counts. Results are written to the folder where you are, whose config/config.yaml, if it has one, is
read in place of the project's."""


def parser(command: str, about: str, epilog: str) -> argparse.ArgumentParser:
    """What reads the words of `command` that are its own; all others are passed on."""
    return argparse.ArgumentParser(
        prog=f"recall-horizon {command}",
        usage=f"recall-horizon {command} {USAGE}",
        description=f"{about} {STUDIES}",
        epilog=epilog,
        allow_abbrev=False,
    )


def of_study(words: Sequence[str]) -> list[str]:
    """Which workflow and which configuration, then all other arguments as they are.

    The words before the first option name studies. Snakemake reads the last `--configfile` alone,
    so files that it names follow these in one.

    Raises:
        RecallHorizonError: there is no study of a name, or no file.
    """
    first = next((i for i, word in enumerate(words) if word.startswith("-")), len(words))
    end = words.index("--") if "--" in words else len(words)
    reader = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    reader.add_argument("--configfile", "--configfiles", nargs="+", action="extend", default=[])
    given, rest = reader.parse_known_args(words[first:end])
    named = [_overlay(word) for word in words[:first] if word != DEFAULT]
    base = [] if BASE.exists() else [_shown(ROOT / BASE)]
    files = [*base, *dict.fromkeys([*named, *given.configfile])]
    # In the project's folder Snakemake finds the workflow by itself.
    elsewhere = Path.cwd().resolve() != ROOT.resolve()
    return [
        *(["--snakefile", str(ROOT / "Snakefile")] if elsewhere else []),
        *(["--configfile", *files] if files else []),
        *rest,
        *words[end:],
    ]


def of_run(words: Sequence[str]) -> list[str]:
    """The same for a run: on all cores, unless they say how many, with progress to read.

    A terminal shows live bars, anything else a line for each job.
    """
    options = [word for word in words if word.startswith("-")]
    ours = []
    if not any(word.startswith("--log") for word in options):
        ours += ["--logger", "rich" if sys.stdout.isatty() else "lines"]
    if not any(map(CORES.fullmatch, options)):
        ours += ["--cores", "all"]
    return [*ours, *of_study(words)]


def environment() -> dict[str, str]:
    """The environment of Snakemake, which finds the package and its plugins in it."""
    found = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    path = os.pathsep.join(filter(None, [str(PACKAGE.parent), found.get("PYTHONPATH")]))
    return found if INSTALLED else {**found, "PYTHONPATH": path}


def _overlay(word: str) -> str:
    """The file of a study, by its name or its own path."""
    if word.endswith((".yaml", ".yml")):
        if not Path(word).is_file():
            raise RecallHorizonError(f"there is no file {word} in {Path.cwd()}")
        return word
    for folder in dict.fromkeys((Path(), ROOT)):
        file = folder / "config" / f"{word}.yaml"
        if file.is_file():
            return _shown(file)
    raise RecallHorizonError(
        f"there is no study {word!r}; {nearest(word, studies())}. The file of your own ends in "
        ".yaml; what else Snakemake shall make follows --"
    )


def studies() -> list[str]:
    """The names of the studies that the project has, sorted."""
    files = [f.relative_to(ROOT / "config") for f in (ROOT / "config").rglob("*.yaml")]
    return sorted(DEFAULT if f.name == BASE.name else f.with_suffix("").as_posix() for f in files)


def _shown(path: Path) -> str:
    """A path as short as it can be written from here."""
    here = Path.cwd().resolve()
    path = path.resolve()
    return os.path.relpath(path) if path.is_relative_to(here) else str(path)
