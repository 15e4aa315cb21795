"""Where a training job is, in a small file for people who watch a run.

No rule knows of it, and nothing depends on it: a job that cannot write it trains on.
"""

import json
import os
import socket
import time
from contextlib import suppress
from pathlib import Path

from recall_horizon.config.training import TrainingSpec
from recall_horizon.errors import RecallHorizonError
from recall_horizon.storage.files import write_text
from recall_horizon.training.losses import Loss

SUFFIX = ".progress.json"
EVERY = 1.0  # seconds between two writes, at least


class Progress:
    """The progress file of one job, next to its checkpoint.

    Args:
        checkpoint: the job's checkpoint, whose name decides its own.
        spec: what the job trains.
    """

    def __init__(self, checkpoint: Path, spec: TrainingSpec) -> None:
        self.path = checkpoint.with_suffix(SUFFIX)
        self.job = {
            "model": spec.model,
            "length": spec.length,
            "replicates": [spec.first_replicate, spec.last_replicate],
            "epochs": spec.training.epochs,
            "search": spec.search,
            "process": os.getpid(),
            "host": socket.gethostname(),
            "started": time.time(),
        }
        self.written = -EVERY

    def report(self, replicate: int, epoch: int, last: Loss) -> None:
        """Write that `replicate` has done `epoch`, and its last losses, unless it did just now."""
        if time.monotonic() - self.written < EVERY:
            return
        self.written = time.monotonic()
        at = {"replicate": replicate, "epoch": epoch, "at": time.time()}
        at |= {name: f"{getattr(last, name):.4g}" for name in ("train_loss", "test_loss", "score")}
        with suppress(RecallHorizonError):
            write_text(self.path, json.dumps({**self.job, **at}) + "\n")

    def remove(self) -> None:
        """Delete the file: the job has ended."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
