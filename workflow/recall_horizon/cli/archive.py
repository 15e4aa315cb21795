"""Pack a finished study into one zip to hand over or to deposit, described as an RO-Crate."""

import io
import logging
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from recall_horizon.config import outputs
from recall_horizon.errors import DamagedFileError, RecallHorizonError
from recall_horizon.explore import FinishedStudy, open_study
from recall_horizon.presentation import crate
from recall_horizon.presentation.quotes import filled
from recall_horizon.storage import project, provenance
from recall_horizon.storage.files import atomic, read_tensors

TEMPLATE = project.ROOT / "report/archive.md.j2"
LICENCE = "MIT"
# How a whole file of a kind begins and ends.
WHOLE = {
    ".html": (b"<!", b"</html>"),
    ".json": (b"{", b"}"),
    ".pdf": (b"%PDF-", b"%%EOF"),
    ".png": (b"\x89PNG", b"IEND\xaeB`\x82"),
    ".svg": (b"<?xml", b"</svg>"),
}


def main(results: Path, *, output: Path | None = None, full: bool = False) -> None:
    """Write a zip of the study in a folder of results; the same study gives the same bytes.

    Args:
        results: the study's folder, such as results/default.
        output: the zip to write; STUDY.zip if left out.
        full: with datasets and weights.
    """
    study = open_study(results)
    name = study.config.study
    output = output or Path(f"{name}.zip")
    files = packed(study, full)
    with atomic(output) as path, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside in sorted(files):
            # A fixed date, so that the same study gives the same bytes.
            info = zipfile.ZipInfo(f"{name}/{inside}", date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, files[inside])
    logging.info("%d files in %s", len(files), output)


def packed(study: FinishedStudy, full: bool) -> dict[str, bytes]:
    """The files of the archive, by their paths in it: those that the study's configuration makes.

    Raises:
        RecallHorizonError: one is missing, or is a link that leads out of the study's folder.
        DamagedFileError: one is not what was written.
    """
    results = f"results/{study.config.study}"
    wanted = [
        *outputs.reported(study.config, study.several),
        *(outputs.cached(study.config) if full else ()),
    ]
    files = {f"{results}/{name}": _whole(study.folder, name) for name in wanted}
    study.tables()  # refuses one that is damaged
    source, which = _source(study.provenance["code"])
    files |= source
    files["study.yaml"] = yaml.safe_dump(study.provenance["study"], sort_keys=False).encode()
    about = f"{study.question} Models: {', '.join(study.config.models)}."
    words = {"study": study.config.study, "results": results, "source": which, "about": about}
    files["README.md"] = filled(TEMPLATE.read_text(encoding="utf-8"), words).encode()
    made = datetime.fromtimestamp((study.folder / provenance.FILE).stat().st_mtime, UTC)
    described = {
        f"{results}/tables/{name}.csv": table.__doc__ or ""
        for name, table in vars(FinishedStudy).items()
        if f"{results}/tables/{name}.csv" in files
    }
    described_crate = crate.metadata(
        study.provenance, files, results, described, LICENCE, made.isoformat(timespec="seconds")
    )
    files["ro-crate-metadata.json"] = described_crate.encode()
    return files


def _whole(folder: Path, name: str) -> bytes:
    """The content of a file of the study in `folder`, which has to be there and undamaged."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise RecallHorizonError(
            f"{path} is a link to {path.resolve()}, outside the study's folder: it is not packed. "
            "Put the file itself in its place."
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RecallHorizonError(
            f"{path} cannot be read ({error.strerror}): the study is not complete. Run snakemake "
            "again, which makes what is missing."
        ) from None
    if path.suffix == ".safetensors":
        read_tensors(path)
    start, end = WHOLE.get(path.suffix, (b"", b""))
    if not content.startswith(start) or not content.rstrip().endswith(end) or not content:
        raise DamagedFileError(
            f"{path} is damaged: it is not a whole {path.suffix[1:]} file. Delete it and run "
            "snakemake again."
        )
    return content


def _source(code: dict[str, Any]) -> tuple[dict[str, bytes], str]:
    """The workflow's source: at the commit that made the study, or else as it is now."""
    commit = code["commit"]
    if commit and not code["changed"]:
        packed = provenance.git("archive", "--format=tar", commit, "--", *project.SOURCES)
        if packed is not None:
            with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
                members = [member for member in tar.getmembers() if member.isfile()]
                files = {m.name: file.read() for m in members if (file := tar.extractfile(m))}
            return files, f"at commit {commit}"
    found = {name: path.read_bytes() for name, path in project.files().items()}
    return found, "as it is now"
