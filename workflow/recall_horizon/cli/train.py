"""Train one shard: some replicates of one model, at one length or on several together."""

import argparse
import json
import logging
from contextlib import nullcontext
from pathlib import Path

from recall_horizon.training.allocator import keep_freed_memory

keep_freed_memory()  # before torch, which reads a part of the settings when it is imported

import torch  # noqa: E402

from recall_horizon.config.training import TrainingSpec  # noqa: E402
from recall_horizon.data import datasets  # noqa: E402
from recall_horizon.storage.files import write_tensors, write_text  # noqa: E402
from recall_horizon.storage.provenance import training_versions  # noqa: E402
from recall_horizon.training import device, loop, losses  # noqa: E402
from recall_horizon.training.checkpoint import Checkpoint, alone, is_done  # noqa: E402
from recall_horizon.training.progress import Progress  # noqa: E402
from recall_horizon.training.width import resolved  # noqa: E402


def main(arguments: list[str]) -> None:
    """Train the shard that --options describes on --dataset; write its losses, weights and run."""
    parser = argparse.ArgumentParser(prog="recall_horizon train", description=__doc__)
    parser.add_argument("--options", required=True, type=TrainingSpec.model_validate_json)
    parser.add_argument(
        "--dataset", required=True, type=Path, nargs="+", help="one a length, in their order"
    )
    parser.add_argument("--losses", required=True, type=Path, help="CSV to write")
    parser.add_argument("--weights", required=True, type=Path, help="safetensors to write")
    parser.add_argument("--run", required=True, type=Path, help="JSON to write: where, how long")
    parser.add_argument("--threads", default=1, type=int)
    parser.add_argument(
        "--checkpoint", type=Path, help="file to keep its state in, and resume from"
    )
    parser.add_argument("--every", default=60.0, type=float, help="seconds between checkpoints")
    parser.add_argument(
        "--code", default="", help="digest of the code, to know one's checkpoint by"
    )
    parsed = parser.parse_args(arguments)
    with alone(parsed.checkpoint) if parsed.checkpoint else nullcontext(False) as waited:
        _train(parsed, waited)


def _train(parsed: argparse.Namespace, waited: bool) -> None:
    """Train, unless another process, for which this one `waited`, has done it."""
    spec: TrainingSpec = resolved(parsed.options)
    on = device.prepare(spec.training.device, parsed.threads)
    logging.info(
        "%s, T = %s, replicates %d to %d: %d epochs on %s (%s), threads: %d%s",
        *(spec.model, ", ".join(str(at.length) for at in spec.lengths)),
        *(spec.first_replicate, spec.last_replicate),
        *(spec.training.epochs, on, device.name(on), parsed.threads, device.given()),
    )
    read = [datasets.read(path, ("pool", spec.held_out)) for path in parsed.dataset]
    pairs = zip(spec.lengths, read, strict=True)
    splits = {at.length: found for at, (found, _) in pairs}
    fingerprint = {
        "spec": spec.model_dump(),
        "dataset": " ".join(digest for _, digest in read),
        "code": parsed.code,
        "torch": torch.__version__,
        "device": device.arithmetic(on),
        "threads": parsed.threads,
    }
    outputs = [parsed.losses, parsed.weights]
    if waited and is_done(parsed.run, outputs, fingerprint):
        logging.info("the other process has finished it: nothing to do")
        return
    checkpoint = progress = None
    if parsed.checkpoint:
        checkpoint = Checkpoint(parsed.checkpoint, fingerprint, parsed.every)
        progress = Progress(parsed.checkpoint, spec)
    try:
        with checkpoint.heeding_signals() if checkpoint else nullcontext():
            shard = loop.train_shard(spec, splits, on, checkpoint, progress)
    finally:
        if progress:
            progress.remove()
    for warning in shard.warnings:
        logging.warning("warning: %s", warning)
    write_tensors(parsed.weights, shard.weights, {"spec": spec.model_dump()})
    run = {
        "device": on.type,
        "device_name": device.name(on),
        "threads": parsed.threads,
        "versions": training_versions(),
        "seconds": shard.seconds,
        "warnings": shard.warnings,
        "fingerprint": fingerprint,
    }
    write_text(parsed.run, json.dumps(run, indent=2) + "\n")
    write_text(parsed.losses, losses.as_csv(shard.losses))
    if checkpoint:
        checkpoint.remove()
    logging.info("%.1f s in all, losses in %s", sum(shard.seconds), parsed.losses)
