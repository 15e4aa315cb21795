"""Train one shard: some replicates of one model at one length."""

import argparse
import json
import logging
from contextlib import nullcontext
from pathlib import Path

from recall_horizon.allocator import keep_freed_memory

keep_freed_memory()  # before torch, which reads a part of the settings when it is imported

import torch  # noqa: E402

from recall_horizon import datasets, device, losses, training  # noqa: E402
from recall_horizon.checkpoint import Checkpoint, alone, is_done  # noqa: E402
from recall_horizon.config.training import TrainingSpec  # noqa: E402
from recall_horizon.files import write_tensors, write_text  # noqa: E402


def main(arguments: list[str]) -> None:
    """Train the shard that --spec describes on --dataset; write its losses, weights and run."""
    parser = argparse.ArgumentParser(prog="recall_horizon train", description=__doc__)
    parser.add_argument("--spec", required=True, type=TrainingSpec.model_validate_json)
    parser.add_argument("--dataset", required=True, type=Path)
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
    options = parser.parse_args(arguments)
    with alone(options.checkpoint) if options.checkpoint else nullcontext(False) as waited:
        _train(options, waited)


def _train(options: argparse.Namespace, waited: bool) -> None:
    """Train, unless another process, for which this one `waited`, has done it."""
    spec: TrainingSpec = options.spec
    on = device.prepare(spec.training.device, options.threads)
    logging.info(
        "%s, T = %d, replicates %d to %d: %d epochs on %s (%s), threads: %d%s",
        *(spec.model, spec.length, spec.first_replicate, spec.last_replicate),
        *(spec.training.epochs, on, device.name(on), options.threads, device.given()),
    )
    splits, digest = datasets.read(options.dataset)
    fingerprint = {
        "spec": spec.model_dump(),
        "dataset": digest,
        "code": options.code,
        "torch": torch.__version__,
        "device": on.type,
        "threads": options.threads,
    }
    outputs = [options.losses, options.weights]
    if waited and is_done(options.run, outputs, fingerprint):
        logging.info("the other process has finished it: nothing to do")
        return
    checkpoint = None
    if options.checkpoint:
        checkpoint = Checkpoint(options.checkpoint, fingerprint, options.every)
    with checkpoint.heeding_signals() if checkpoint else nullcontext():
        shard = training.train_shard(spec, splits, on, checkpoint)
    write_tensors(options.weights, shard.weights, {"spec": spec.model_dump()})
    run = {
        "device": on.type,
        "device_name": device.name(on),
        "threads": options.threads,
        "torch": torch.__version__,
        "seconds": shard.seconds,
        "fingerprint": fingerprint,
    }
    write_text(options.run, json.dumps(run, indent=2) + "\n")
    write_text(options.losses, losses.as_csv(shard.losses))
    if checkpoint:
        checkpoint.remove()
    logging.info("%.1f s in all, losses in %s", sum(shard.seconds), options.losses)
