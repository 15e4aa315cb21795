"""Files that appear whole or not at all, and are checked when read."""

import csv
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, Any

import numpy as np
import safetensors
import safetensors.numpy

from recall_horizon.errors import DamagedFileError, RecallHorizonError

try:
    import fcntl
except ImportError:  # Windows, where no file is replaced or deleted while it is open
    fcntl = None

# One key holds all metadata: the order in which safetensors writes several keys is not fixed, and
# the same tensors must be the same bytes on every run.
METADATA_KEY = "recall_horizon"
# What of the metadata is about the content: SHA-256 of each tensor, and of all with the rest.
DIGESTS = ("digests", "digest")

Tensors = dict[str, np.ndarray]


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Yield a temporary path in the folder of `path`, which becomes `path` if the block succeeds.

    A reader never sees half a file, and a failed block leaves no file behind. A writer that is
    killed does: the next one of the same `path` removes it.

    Raises:
        RecallHorizonError: it cannot be written, or is what a file must not take the place of, such
            as /dev/null.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise RecallHorizonError(f"{path} cannot be written: it is a device, not a file.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_abandoned(path)
        held, temporary = _locked_temporary(path)
    except OSError as error:
        raise RecallHorizonError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        yield temporary
        # mkstemp makes the file private; results should have the permissions that the umask sets.
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        os.fsync(held.fileno())
        if not fcntl:
            held.close()
        temporary.replace(path)
    except OSError as error:
        raise RecallHorizonError(
            f"{path} was not written: {error.strerror}. Nothing half-written was left behind."
        ) from error
    finally:
        held.close()
        temporary.unlink(missing_ok=True)


def remove_abandoned(path: Path) -> None:
    """Delete the temporary files of killed writers of `path`.

    A writer at work holds a lock on its own, which stays. Where the file system has no locks, all
    stay.
    """
    temporary = re.compile(rf"\.{re.escape(path.name)}\.[a-z0-9_]{{8}}")  # as mkstemp names them
    with suppress(OSError):
        for beside in path.parent.iterdir():
            if temporary.fullmatch(beside.name):
                _remove_unlocked(beside)


def _remove_unlocked(path: Path) -> None:
    with suppress(OSError), path.open("r+b") as file:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            file.close()  # what a writer at work has open cannot be deleted
        path.unlink()


def _locked_temporary(path: Path) -> tuple[IO[bytes], Path]:
    """A new file beside `path`, open, and locked if its file system has locks; and its path."""
    while True:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        if _is_mine(descriptor, Path(name)):
            return os.fdopen(descriptor, "r+b"), Path(name)
        os.close(descriptor)  # another writer has taken it for an abandoned one, and deletes it


def _is_mine(descriptor: int, path: Path) -> bool:
    if not fcntl:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # no locks: nobody deletes it
        return True
    return is_open(descriptor, path)


def is_open(descriptor: int, path: Path) -> bool:
    """Whether `descriptor` is of the file that now has the name `path`."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` as UTF-8, atomically, without translating newlines."""
    with atomic(path) as temporary:
        temporary.write_bytes(text.encode())


def write_rows(path: Path, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    """Write a CSV file, atomically; floats in the shortest form that reads back the same."""
    with atomic(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def canonical_json(value: Any) -> str:
    """`value` as JSON in one canonical form: equal values give the same text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def shell_json(value: Any) -> str:
    """The same in ASCII, for a command line: a locale that is not UTF-8 passes on nothing else."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


@cache
def digests_below(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file in `folder` and below, by its path from there.

    Hidden files and folders are left out: they are those of other programs, or half-written. The
    files are read once in a process.
    """
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        inside = path.relative_to(folder)
        if any(part.startswith(".") for part in inside.parts):
            continue
        with path.open("rb") as file:
            found[inside.as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def content_digest(tensors: Mapping[str, np.ndarray], about: Mapping[str, Any]) -> str:
    """SHA-256 over `about` and the names, types, shapes and values of `tensors`."""
    return _combined(_each_digest(tensors), about)


def _each_digest(tensors: Mapping[str, np.ndarray]) -> dict[str, str]:
    """SHA-256 over the type, the shape and the values of each of `tensors`."""
    digests = {}
    for name, tensor in tensors.items():
        whole = np.ascontiguousarray(tensor)
        digest = hashlib.sha256(f"{whole.dtype.str}\0{whole.shape}\0".encode())
        digest.update(whole.data if whole.size else b"")
        digests[name] = digest.hexdigest()
    return digests


def _combined(digests: Mapping[str, str], about: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_json([about, digests]).encode()).hexdigest()


def write_tensors(path: Path, tensors: Tensors, about: Mapping[str, Any]) -> None:
    """Write `tensors` to `path` (safetensors), with `about` and digests of its content as metadata.

    A digest of each tensor makes it possible to check some of them without reading the others.
    """
    each = _each_digest(tensors)
    metadata = canonical_json({**about, "digests": each, "digest": _combined(each, about)})
    whole = {name: np.asarray(tensor, order="C") for name, tensor in tensors.items()}
    with atomic(path) as temporary:
        temporary.write_bytes(safetensors.numpy.save(whole, metadata={METADATA_KEY: metadata}))


def read_tensors(path: Path, names: Container[str] | None = None) -> tuple[Tensors, dict[str, Any]]:
    """The tensors of `path` and the metadata that `write_tensors` received with them.

    Args:
        path: the file.
        names: which tensors to read, of those that are there; the others' values are not touched.
            None reads all.

    Returns:
        The tensors, each checked against its digest, and the metadata with the `digest` of the
        whole file's content.

    Raises:
        DamagedFileError: the file is truncated or not a safetensors file, or its content does not
            match the digests in its metadata.
    """
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            about = json.loads((file.metadata() or {})[METADATA_KEY])
            there = list(file.keys())
            tensors = {n: file.get_tensor(n) for n in there if names is None or n in names}
    except FileNotFoundError as error:
        raise RecallHorizonError(f"{path} does not exist.") from error
    except (safetensors.SafetensorError, OSError, KeyError, ValueError) as error:
        raise _damaged(path, f"it cannot be read ({error})") from error
    if not _fits(about, there, _each_digest(tensors)):
        raise _damaged(path, "its content does not fit its digest")
    return tensors, {name: value for name, value in about.items() if name != "digests"}


def _fits(about: Any, names: list[str], read: Mapping[str, str]) -> bool:
    """Whether metadata fits itself, the tensors' `names` and the digests of those read."""
    if not isinstance(about, dict) or not isinstance(about.get("digests"), dict):
        return False
    each, rest = about["digests"], {n: v for n, v in about.items() if n not in DIGESTS}
    return (
        about.get("digest") == _combined(each, rest)
        and each.keys() == set(names)
        and all(each[name] == digest for name, digest in read.items())
    )


def _damaged(path: Path, why: str) -> DamagedFileError:
    return DamagedFileError(
        f"{path} is damaged: {why}. Delete the file and run again: it is made again, "
        "and only what depends on it with it."
    )
