"""The device that a job trains on, set up so that the same job gives the same numbers."""

import os
import platform
import stat
import tempfile
import time
from pathlib import Path

import torch

from recall_horizon.errors import MissingDeviceError, RecallHorizonError
from recall_horizon.training.precision import float32_throughout, instructions

try:
    import fcntl
except ImportError:  # Windows, where all jobs train on the first GPU
    fcntl = None

# Descriptors of locked files, open until the process ends.
LEASES: list[int] = []


def prepare(wanted: str, threads: int) -> torch.device:
    """The device `wanted` (cpu or cuda), with settings that make it deterministic.

    Raises:
        MissingDeviceError: cuda is wanted, but torch sees no CUDA device.
    """
    torch.set_num_threads(threads)
    float32_throughout()
    # Gradients that vanish over 200 steps get smaller than normal floats, with which a processor
    # computes 10 times more slowly. As zeros they change no weight: they are less than 1e-37.
    torch.set_flush_denormal(True)
    if wanted == "cpu":
        return torch.device("cpu")
    if torch.backends.cuda.is_built():
        # Before CUDA starts, since it reads once which devices are visible; this count asks only
        # the driver.
        count = torch.cuda.device_count()
        if count > 1 and fcntl:
            visible = os.environ.get("CUDA_VISIBLE_DEVICES", ",".join(map(str, range(count))))
            os.environ["CUDA_VISIBLE_DEVICES"] = lease(visible.split(","))
    if not torch.cuda.is_available():
        visible = os.environ.get("CUDA_VISIBLE_DEVICES", "not set")
        raise MissingDeviceError(
            "training.device is cuda, but torch sees no CUDA device "
            f"(torch {torch.__version__}, CUDA_VISIBLE_DEVICES {visible}). "
            "Run on a machine with a GPU and a CUDA build of torch, or set training.device to cpu."
        )
    # Only on a GPU: this imports torch's compiler, which takes a second.
    torch.use_deterministic_algorithms(True, warn_only=True)
    return torch.device("cuda", torch.cuda.current_device())


def lease(devices: list[str]) -> str:
    """Reserve one of `devices` for this process, so that two jobs never share one by accident.

    Takes the first that no other process of this user on this machine has leased, and waits if all
    are leased. A lease ends with its process, even if that is killed.

    Raises:
        RecallHorizonError: the folder of the leases does not belong to this user.
    """
    folder = _private_folder()
    while True:
        for device in devices:
            # Do not follow a link, and do not change an existing file.
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            try:
                file = os.open(folder / f"{device.replace('/', '-')}.lock", flags, 0o600)
            except OSError as error:
                raise RecallHorizonError(
                    f"{error.filename} cannot be opened: {error.strerror}."
                ) from None
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (BlockingIOError, PermissionError):
                os.close(file)
            else:
                LEASES.append(file)
                return device
        time.sleep(0.2)


def _private_folder() -> Path:
    """A folder that only this user can write to, and that all of the user's processes find."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    home = Path(runtime) if runtime and Path(runtime).is_dir() else Path(tempfile.gettempdir())
    folder = home / f"recall-horizon-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    except OSError:  # a file or a dangling link of that name, or nowhere to write
        own = False
    if not own or found.st_mode & 0o022:
        raise RecallHorizonError(
            f"{folder} should be a folder that you own and no other user can write to: another "
            "user may have made it. Remove it, or set XDG_RUNTIME_DIR or TMPDIR to your own folder."
        )
    return folder


def given() -> str:
    """The devices this process was given, for its log; empty if the variable is not set."""
    devices = os.environ.get("CUDA_VISIBLE_DEVICES")
    return "" if devices is None else f", CUDA_VISIBLE_DEVICES: {devices or 'none'}"


def arithmetic(device: torch.device) -> str:
    """What changes the last bits of results: the processor's instruction set, or the GPU; and the
    type of the numbers."""
    numbers = str(torch.get_default_dtype()).removeprefix("torch.")
    if device.type == "cuda":
        return f"cuda: {name(device)}, {numbers}"
    return f"cpu: {torch.backends.cpu.get_cpu_capability()}, {numbers}{instructions()}"


def name(device: torch.device) -> str:
    """The name of `device`: the GPU's, or the processor's."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
