"""Pack a finished study into one zip to hand over or to deposit, described as an RO-Crate."""

import argparse
import io
import logging
import subprocess
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import yaml

from recall_horizon.explore import FinishedStudy, open_study
from recall_horizon.presentation import crate
from recall_horizon.presentation.quotes import filled
from recall_horizon.storage.files import atomic

ROOT = Path(__file__).parents[3]
# The workflow's source, and what it needs.
SOURCES = ("Snakefile", "workflow", "config", "profiles", "report", "examples", "requirements.txt")
SOURCES += (
    "requirements-huggingface.txt",
    "environment.yml",
    "pyproject.toml",
    "LICENSE",
    "CITATION.cff",
)
TEMPLATE = ROOT / "report/archive.md.j2"
LICENCE = "MIT"
RESULTS = ("tables/*.csv", "figures/*", "report.html", "paper.pdf", "provenance.json")
FULL = ("datasets/*", "runs/*/*/*", "search/*/*/*", "selection/*/*", "probes/*")
FULL += ("controls/datasets/*", "controls/runs/*/*/*")


def main(arguments: list[str]) -> None:
    """Write a zip of the study in a folder of results; the same study gives the same bytes."""
    parser = argparse.ArgumentParser(prog="recall_horizon archive", description=__doc__)
    parser.add_argument("results", type=Path, help="the study's folder, such as results/default")
    parser.add_argument("--output", type=Path, help="the zip to write; STUDY.zip if left out")
    parser.add_argument("--full", action="store_true", help="with datasets and weights")
    options = parser.parse_args(arguments)
    study = open_study(options.results)
    name = study.config.study
    output = options.output or Path(f"{name}.zip")
    files = packed(study, options.full)
    with atomic(output) as path, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside in sorted(files):
            # A fixed date, so that the same study gives the same bytes.
            info = zipfile.ZipInfo(f"{name}/{inside}", date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, files[inside])
    logging.info("%d files in %s", len(files), output)


def packed(study: FinishedStudy, full: bool) -> dict[str, bytes]:
    """The files of the archive, by their paths in it."""
    results = f"results/{study.config.study}"
    patterns = (*RESULTS, *FULL) if full else RESULTS
    found = (path for pattern in patterns for path in study.folder.glob(pattern) if path.is_file())
    files = {f"{results}/{path.relative_to(study.folder)}": path.read_bytes() for path in found}
    source, which = _source(study.provenance["code"])
    files |= source
    files["study.yaml"] = yaml.safe_dump(study.provenance["study"], sort_keys=False).encode()
    about = f"{study.config.question()} Models: {', '.join(study.config.models)}."
    said = {"study": study.config.study, "results": results, "source": which, "about": about}
    files["README.md"] = filled(TEMPLATE.read_text(encoding="utf-8"), said).encode()
    made = datetime.fromtimestamp((study.folder / "provenance.json").stat().st_mtime, UTC)
    described = {
        f"{results}/tables/{name}.csv": table.__doc__ or ""
        for name, table in vars(FinishedStudy).items()
        if f"{results}/tables/{name}.csv" in files
    }
    told = crate.metadata(
        study.provenance, files, results, described, LICENCE, made.isoformat(timespec="seconds")
    )
    files["ro-crate-metadata.json"] = told.encode()
    return files


def _source(code: dict[str, str | bool | None]) -> tuple[dict[str, bytes], str]:
    """The workflow's source: at the commit that made the study, or else as it is now."""
    commit = code["commit"]
    if commit and not code["changed"]:
        words = ["git", "archive", "--format=tar", str(commit), "--", *SOURCES]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
        if done.returncode == 0:
            with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
                members = [member for member in tar.getmembers() if member.isfile()]
                files = {m.name: file.read() for m in members if (file := tar.extractfile(m))}
            return files, f"at commit {commit}"
    paths = [
        p for s in SOURCES for p in ((ROOT / s).rglob("*") if (ROOT / s).is_dir() else [ROOT / s])
    ]
    kept = [path for path in paths if path.is_file() and "__pycache__" not in path.parts]
    return {str(path.relative_to(ROOT)): path.read_bytes() for path in kept}, "as it is now"
