"""Files that appear whole or not at all, and are checked when read."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy

from recall_horizon.errors import DamagedFileError, RecallHorizonError

# One key holds all metadata: the order in which safetensors writes several keys is not fixed, and
# the same tensors must be the same bytes on every run.
METADATA_KEY = "recall_horizon"

Tensors = dict[str, np.ndarray]


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Yield a temporary path in the folder of `path`, which becomes `path` if the block succeeds.

    A reader never sees half a file, and a failed block leaves no file behind.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise RecallHorizonError(f"{path} cannot be written: {error.strerror}.") from error
    temporary = Path(name)
    try:
        os.close(handle)
        yield temporary
        # mkstemp makes the file private; results should have the permissions that the umask sets.
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except OSError as error:
        raise RecallHorizonError(
            f"{path} was not written: {error.strerror}. Nothing half-written was left behind."
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` as UTF-8, atomically, without translating newlines."""
    with atomic(path) as temporary:
        temporary.write_bytes(text.encode())


def canonical_json(value: Any) -> str:
    """`value` as JSON in one canonical form: equal values give the same text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content_digest(tensors: Mapping[str, np.ndarray], about: Mapping[str, Any]) -> str:
    """SHA-256 over `about` and the names, types, shapes and values of `tensors`."""
    digest = hashlib.sha256(canonical_json(about).encode())
    for name in sorted(tensors):
        tensor = np.ascontiguousarray(tensors[name])
        digest.update(f"{name}\0{tensor.dtype.str}\0{tensor.shape}\0".encode())
        digest.update(tensor.data if tensor.size else b"")
    return digest.hexdigest()


def write_tensors(path: Path, tensors: Tensors, about: Mapping[str, Any]) -> None:
    """Write `tensors` to `path` (safetensors), with `about` and a content digest as metadata."""
    metadata = canonical_json({**about, "digest": content_digest(tensors, about)})
    whole = {name: np.asarray(tensor, order="C") for name, tensor in tensors.items()}
    with atomic(path) as temporary:
        temporary.write_bytes(safetensors.numpy.save(whole, metadata={METADATA_KEY: metadata}))


def read_tensors(path: Path) -> tuple[Tensors, dict[str, Any]]:
    """The tensors of `path` and the metadata that `write_tensors` received with them.

    Raises:
        DamagedFileError: the file is truncated or not a safetensors file, or its content does not
            match the digest in its metadata.
    """
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            about = json.loads((file.metadata() or {})[METADATA_KEY])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    except FileNotFoundError as error:
        raise RecallHorizonError(f"{path} does not exist.") from error
    except (safetensors.SafetensorError, OSError, KeyError, ValueError) as error:
        raise _damaged(path, f"it cannot be read ({error})") from error
    written = about.pop("digest", None) if isinstance(about, dict) else None
    if written is None or content_digest(tensors, about) != written:
        raise _damaged(path, "its content does not fit its digest")
    return tensors, {**about, "digest": written}


def _damaged(path: Path, why: str) -> DamagedFileError:
    return DamagedFileError(
        f"{path} is damaged: {why}. Delete the file and run again: it is made again, "
        "and only what depends on it with it."
    )
