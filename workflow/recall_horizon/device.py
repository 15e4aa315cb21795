"""The device that a job trains on, set up so that the same job gives the same numbers."""

import fcntl
import os
import platform
import tempfile
import time
from pathlib import Path
from typing import IO

import torch

from recall_horizon.errors import MissingDeviceError

# Locked files, kept open as long as the process lives.
LEASES: list[IO[str]] = []


def prepare(wanted: str, threads: int) -> torch.device:
    """The device that `wanted` (auto, cpu or cuda) means here, with deterministic settings.

    Raises:
        MissingDeviceError: cuda is wanted and torch sees none.
    """
    torch.set_num_threads(threads)
    if wanted != "cpu" and torch.backends.cuda.is_built():
        # Before CUDA starts, which looks once at what is visible; this count asks the driver alone.
        count = torch.cuda.device_count()
        if count > 1:
            visible = os.environ.get("CUDA_VISIBLE_DEVICES", ",".join(map(str, range(count))))
            os.environ["CUDA_VISIBLE_DEVICES"] = lease(visible.split(","))
    if wanted == "cpu" or (wanted == "auto" and not torch.cuda.is_available()):
        return torch.device("cpu")
    if not torch.cuda.is_available():
        visible = os.environ.get("CUDA_VISIBLE_DEVICES", "not set")
        raise MissingDeviceError(
            "training.device is cuda, but torch sees no CUDA device "
            f"(torch {torch.__version__}, CUDA_VISIBLE_DEVICES {visible}). "
            "Run on a machine with a GPU and a CUDA build of torch, or set training.device to auto."
        )
    # Only where it matters: the first of these imports torch's compiler, a second's work. cuBLAS
    # is deterministic only with a workspace of fixed size, set before its first use.
    torch.use_deterministic_algorithms(True, warn_only=True)
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.backends.cudnn.allow_tf32 = False
    return torch.device("cuda", torch.cuda.current_device())


def lease(devices: list[str]) -> str:
    """Reserve one of `devices` for this process, so that two jobs never share one by accident.

    Takes the first that no other process of this user on this machine has leased, and waits where
    all are. A lease ends with its process, however that ends.
    """
    folder = Path(tempfile.gettempdir()) / f"recall-horizon-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    while True:
        for device in devices:
            file = (folder / f"{device}.lock").open("w")
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
            else:
                LEASES.append(file)
                return device
        time.sleep(0.2)


def given() -> str:
    """What devices this process was given, for its log; nothing where nobody said."""
    devices = os.environ.get("CUDA_VISIBLE_DEVICES")
    return "" if devices is None else f", CUDA_VISIBLE_DEVICES: {devices or 'none'}"


def name(device: torch.device) -> str:
    """What `device` is called: the GPU's name, or the processor's."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
