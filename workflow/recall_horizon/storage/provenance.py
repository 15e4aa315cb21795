"""Where a study's numbers come from: code, versions, machines, time."""

import os
import platform
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

TRAINING = ("torch", "numpy")  # packages that decide a training job's bytes
OF_MODELS = ("mambapy", "transformers")  # and those that do where a model uses them
TABLES = ("numpy", "pandas", "scipy", "matplotlib", "altair")  # those of tables and figures


def gather(study: dict[str, Any], records: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The provenance of a study, given its configuration and the records of its training jobs.

    `files` has, of each model that has read folders, by option the SHA-256 of their files.
    `training` says what trained: devices and versions, each with its number of jobs. `machine` is
    the one that made the tables.
    """
    records = list(records)
    return {
        "study": study,
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
        },
    }


def training_versions() -> dict[str, str | None]:
    """The versions that decide what this process trains, whose model may use a package more."""
    return versions((*TRAINING, *(package for package in OF_MODELS if package in sys.modules)))


def versions(packages: Iterable[str]) -> dict[str, str | None]:
    """The versions of Python and of `packages`."""
    found = {package: _version(package) for package in packages}
    return {"python": platform.python_version(), **found}


def git_state() -> dict[str, Any]:
    """The commit of this code, and whether it was changed since; None outside git."""
    here = Path(__file__).parent

    def git(*words: str) -> str | None:
        try:
            done = subprocess.run(
                ["git", *words], cwd=here, capture_output=True, text=True, check=True
            )
        except (OSError, subprocess.CalledProcessError):
            return None
        return done.stdout.strip()

    status = git("status", "--porcelain")
    return {"commit": git("rev-parse", "HEAD"), "changed": None if status is None else bool(status)}


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _count(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
