"""Where a study's numbers come from: code, versions, machines, time."""

import json
import os
import platform
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from recall_horizon.errors import DamagedFileError, RecallHorizonError
from recall_horizon.storage.project import ROOT

FILE = "provenance.json"  # in the folder of a study's results, and of a reference
ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")
TRAINING = ("torch", "numpy")  # packages that decide a training job's bytes
OF_MODELS = ("mambapy", "transformers")  # and those that do where a model uses them
TABLES = ("numpy", "pandas", "scipy", "matplotlib", "altair")  # those of tables and figures


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow", protected_namespaces=())


class _Code(_Part):
    # Nothing else is ever given to git.
    commit: Annotated[str, StringConstraints(pattern="^([0-9a-f]{40}|[0-9a-f]{64})$")] | None
    changed: bool | None


class _Machine(_Part):
    platform: str
    cores: int | None
    versions: dict[str, str | None]


class _Trained(_Part):
    jobs: int
    replicates: int
    seconds: float
    devices: dict[str, int]
    versions: dict[str, int]
    arithmetic: dict[str, int] = {}
    warnings: dict[str, int] = {}


class _Words(_Part):
    loss: str
    short: str
    score: str
    chance: str
    target: str
    first: str
    length: str


class _Asked(_Part):
    question: str
    words: _Words
    levels: dict[str, float | dict[str, float]] = {}  # one, or one a length


class _Provenance(_Part):
    """What a reader may count on in the file; what else is there is kept."""

    study: dict[str, Any]
    files: dict[str, dict[str, dict[str, str]]] = {}
    asked: _Asked | None = None
    code: _Code
    machine: _Machine
    training: _Trained
    warnings: list[str] = []


def read(folder: Path) -> dict[str, Any]:
    """The provenance of the study, or the reference, in `folder`. It is data: nothing in it is run.

    Raises:
        RecallHorizonError: there is none.
        DamagedFileError: it is not what `gather` returns.
    """
    path = folder / FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        _Provenance.model_validate(found)
    except OSError as error:
        raise RecallHorizonError(
            f"{folder} is not the folder of a finished study: {path} cannot be read "
            f"({error.strerror}). `snakemake` writes it at the end of a run."
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "the whole file"
        raise _damaged(path, f"{key}: {first['msg']}") from None
    except (ValueError, RecursionError) as error:
        raise _damaged(path, str(error)) from None
    return found


def _damaged(path: Path, why: str) -> DamagedFileError:
    return DamagedFileError(
        f"{path} does not say where a study comes from: {why}. If the study is yours, delete the "
        "file and run snakemake again: only what describes the study is made again."
    )


def gather(
    study: dict[str, Any], asked: dict[str, Any], records: Iterable[dict[str, Any]]
) -> dict[str, Any]:
    """The provenance of a study, given its configuration and the records of its training jobs.

    `asked` is what the task asks, in words and shapes (`shown.asked`), so that readers need none of
    its code. `files` has, of each model that has read folders, by option the SHA-256 of their
    files. `training` says what trained: devices, arithmetic and versions, each with its number of
    jobs, and what jobs warned of. `machine` is the one that made the tables.
    """
    records = list(records)
    return {
        "study": study,
        "asked": asked,
        "files": {
            spec["model"]: spec["files"]
            for record in records
            if (spec := record["fingerprint"]["spec"]).get("files")
        },
        "code": git_state(),
        "machine": {
            "platform": platform.platform(),
            "cores": os.cpu_count(),
            "versions": versions(TABLES),
        },
        "training": {
            "jobs": len(records),
            "replicates": sum(len(record["seconds"]) for record in records),
            "seconds": round(sum(sum(record["seconds"]) for record in records), 1),
            "devices": _count(f"{r['device_name']} ({r['device']})" for r in records),
            "versions": _count(
                ", ".join(f"{name} {version}" for name, version in record["versions"].items())
                for record in records
            ),
            "arithmetic": _count(_arithmetic(record["fingerprint"]) for record in records),
            "warnings": _count(text for record in records for text in record.get("warnings", ())),
        },
    }


def _arithmetic(fingerprint: dict[str, Any]) -> str:
    """What decides the last digits of a job's numbers besides code and versions."""
    threads = fingerprint["threads"]
    return f"{fingerprint['device']}, {threads} thread{'s' if threads > 1 else ''}"


def training_versions() -> dict[str, str | None]:
    """The versions that decide what this process trains, whose model may use a package more."""
    return versions((*TRAINING, *(package for package in OF_MODELS if package in sys.modules)))


def versions(packages: Iterable[str]) -> dict[str, str | None]:
    """The versions of Python and of `packages`."""
    found = {package: _version(package) for package in packages}
    return {"python": platform.python_version(), **found}


def git(*words: str) -> bytes | None:
    """What git prints in the project's own repository; None if it fails, or there is none.

    A repository that the project was unpacked into is not its own. Variables that lead git to
    another repository are not passed on.
    """
    here = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}

    def output(*words: str) -> bytes | None:
        try:
            done = subprocess.run(
                ["git", *words], cwd=ROOT, env=here, capture_output=True, check=True
            )
        except (OSError, subprocess.CalledProcessError):
            return None
        return done.stdout

    top = output("rev-parse", "--show-toplevel")
    if top is None or Path(os.fsdecode(top.rstrip(b"\n"))).resolve() != ROOT.resolve():
        return None
    return output(*words)


def git_state() -> dict[str, Any]:
    """The commit of this code, and whether it was changed since; None outside git."""
    commit, status = git("rev-parse", "HEAD"), git("status", "--porcelain")
    return {
        "commit": commit.decode().strip() if commit else None,
        "changed": None if status is None else bool(status.strip()),
    }


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _count(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
