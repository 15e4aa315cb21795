"""Copies of the project in which the real Snakefile runs."""

import csv
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from . import forking

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ["Snakefile", "workflow", "config", "examples", "profiles", "report"]
SNAKEMAKE = str(Path(sys.executable).with_name("snakemake"))
# What follows from training, by rule.
DOWNSTREAM = {"probe", "tables", "controls", "figures", "playground", "report", "all"}
KINDS = ("rule", "localrule", "checkpoint", "localcheckpoint")  # what a dry run calls them
NOT_CACHED = ["PYTHONDONTWRITEBYTECODE"]  # every job would compile the package


def _environment() -> dict[str, str]:
    """This environment without what pytest's Python was given: copies have their own package."""
    return {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", *NOT_CACHED)}


def output(*words: str | Path, fails: bool = False, timeout: int | None = 600, **how: Any) -> str:
    """What a program prints, run in a process of its own; `how` are options of `subprocess.run`."""
    done = subprocess.run(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, **how
    )
    assert (done.returncode != 0) == fails, done.stdout
    return done.stdout


@dataclass(frozen=True)
class Project:
    """A copy of the project, and Snakemake in it."""

    root: Path

    def command(self, *words: str) -> str:
        """What the command `snakemake` prints for the smoke study, as a user calls it."""
        words = self._words(words, cores=2, study="smoke")
        return output(SNAKEMAKE, *words, cwd=self.root, env=_environment())

    def snakemake(
        self,
        *words: str,
        cores: int = 2,
        study: str | None = "smoke",
        fails: bool = False,
        **variables: str,
    ) -> str:
        """What the same command prints with environment `variables`; its programs are forked."""
        status, said = self.forked(self._words(words, cores, study), **variables)
        assert (status != 0) == fails, said
        return said

    def forked(self, words: Sequence[str], **variables: str) -> tuple[int, str]:
        """The exit status of `snakemake` with exactly these words, and what it prints."""
        environment = _environment() | variables | {"TESTS_JOB_PYTHON": forking.job_python()}
        return forking.run("snakemake", list(words), self.root, environment)

    def _words(self, words: Sequence[str], cores: int, study: str | None) -> list[str]:
        overlay = ["--configfile", f"config/{study}.yaml"] if study else []
        return ["--cores", str(cores), *overlay, *words]

    def would_run(self, *words: str, study: str = "smoke", **variables: str) -> Counter[str]:
        """How many jobs of each rule a run would start, by Snakemake's own dry run."""
        jobs: Counter[str] = Counter()
        for line in self.snakemake("--dry-run", *words, study=study, **variables).splitlines():
            parts = line.removesuffix(":").split()
            if line.endswith(":") and len(parts) == 2 and parts[0] in KINDS:
                jobs[parts[1]] += 1
        return jobs

    def keep(self, results: str, root: Path | None = None) -> None:
        """Keep the study in the folder `results`, in `root` or this project, as a reference."""
        words = ["--results", str((root or self.root) / results), "--folder", "report/reference"]
        self.python("reference", *words)

    def python(self, *words: str, fails: bool = False, **variables: str) -> str:
        """What a command of the package prints; it is forked. The package is in `PYTHONPATH`."""
        environment = {**_environment(), "PYTHONPATH": "workflow", **variables}
        words = ("-m", "recall_horizon", *words)
        status, said = forking.run("python", list(words), self.root, environment)
        assert (status != 0) == fails, said
        return said

    def rows(self, table: str, study: str = "smoke") -> list[dict[str, str]]:
        """The rows of a table of a study, as text."""
        with (self.root / f"results/{study}/tables/{table}.csv").open() as file:
            return list(csv.DictReader(file))

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace `old` by `new` in a file of the project."""
        file = self.root / path
        text = file.read_text()
        assert old in text, f"{path} has no {old!r}"
        file.write_text(text.replace(old, new))

    def files(self, pattern: str) -> dict[str, bytes]:
        """The content of every file that `pattern` matches."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in sorted(self.root.glob(pattern))
        }


def _left_out(folder: str, names: list[str]) -> list[str]:
    """What no copy needs: of the kept studies, all but that which `verify` reads by itself."""
    others = Path(folder) == ROOT / "report/reference"
    return [name for name in names if name == "__pycache__" or (others and name != "default")]


def copy_project(to: Path) -> Project:
    """A copy of the project's sources, without results."""
    to.mkdir(parents=True, exist_ok=True)
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=_left_out)
        else:
            shutil.copy2(source, to / name)
    return Project(to)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A fresh copy of the project in which nothing has run."""
    return copy_project(tmp_path / "project")


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Project]:
    """Makes a fresh copy of the project in a folder of the given name."""
    return lambda name: copy_project(tmp_path_factory.mktemp(name))


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose smoke study has run, once for all of pytest's processes.

    Shared: read it, change nothing, run nothing in it.
    """
    temporary = tmp_path_factory.getbasetemp()
    shared = temporary.parent if "PYTEST_XDIST_WORKER" in os.environ else temporary
    project = Project(shared / "finished")
    with FileLock(shared / "finished.lock"):
        if not (shared / "finished.done").exists():
            shutil.rmtree(project.root, ignore_errors=True)
            copy_project(project.root).snakemake()
            (shared / "finished.done").touch()
    return project


@pytest.fixture
def ran(finished: Project, tmp_path: Path) -> Project:
    """A private copy of the finished project, results and Snakemake's records included."""
    return Project(shutil.copytree(finished.root, tmp_path / "ran"))
