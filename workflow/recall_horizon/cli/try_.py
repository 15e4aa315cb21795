"""Try a model of your own: train it as a kept study was, and show it beside that study."""

import logging
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import torch
import yaml
from pydantic import BaseModel

from recall_horizon.cli import _snakemake
from recall_horizon.cli._reports import report
from recall_horizon.cli.compare import kept
from recall_horizon.code import catalogue
from recall_horizon.config import jobs
from recall_horizon.config.load import load
from recall_horizon.data.datasets import Split, generate
from recall_horizon.errors import RecallHorizonError
from recall_horizon.explore import FinishedStudy, open_study
from recall_horizon.presentation import comparison
from recall_horizon.presentation.figures import style
from recall_horizon.storage.files import write_text
from recall_horizon.training.loop import train_shard

# What the model has from the study that it is tried beside.
SHARED = ("task", "seed", "lengths", "replicates", "replicates_per_job", "dataset", "training")
SHARED += ("selection", "analysis")
# A short training, in which every fault of a model shows.
SHORT = {"dataset": {"pool": 64, "validation": 2, "test": 64}, "selection": None}
SHORT_TRAINING = {"samples": 64, "epochs": 1, "batch_size": 64, "evaluate_at": [], "device": "cpu"}
HEAD = "# Written by recall-horizon try; change it, and run it as any other study.\n"


def main(
    model: str,
    *,
    beside: str = "default",
    options: dict[str, Any] | None = None,
    alone: bool = False,
    check: bool = False,
    cores: str = "all",
) -> None:
    """Try a model of your own: train it as a kept study was, and show it beside that study.

    It is trained on one length at a time and on all, on the kept study's sequences, with its steps
    and at the size of its first model, where the width can be chosen. The kept study is not trained
    again.

    Args:
        model: its class, as module:ClassName, of a module in this folder or an installed one.
        beside: the kept study, by its name or its folder.
        options: options of the class, which then also has the width that they say, or its own.
        alone: do not train it on all lengths, for a model that reads one length only.
        check: only look for faults, which takes seconds.
        cores: how many to use.
    """
    if str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))
    reference = open_study(kept(Path(beside)))
    overlay = _overlay(model, reference, options, alone)
    _check({**reference.config.model_dump(mode="json"), **overlay})
    logging.info("%s answers as a model should, and learns", model)
    if check:
        return
    file = Path(f"{overlay['study']}.yaml")
    if file.exists() and not file.read_text(encoding="utf-8").startswith(HEAD):
        raise RecallHorizonError(f"{file} is there already, and another's: move it")
    write_text(file, HEAD + yaml.safe_dump(overlay, sort_keys=False, allow_unicode=True))
    words = _snakemake.of_run([str(file), "--cores", cores])
    command = [sys.executable, "-P", "-m", "snakemake", *words]
    status = subprocess.call(command, env=_snakemake.environment())
    if status:
        sys.exit(status)
    _show(Path("results", overlay["study"]), reference)


def _overlay(
    model: str, reference: FinishedStudy, options: dict[str, Any] | None, alone: bool
) -> dict[str, Any]:
    """The study of the model, as what differs from the default study."""
    if not catalogue.is_foreign(model):
        raise RecallHorizonError(f"{model!r} should be a class, as module:ClassName")
    label = model.rpartition(":")[2]
    name = re.sub(r"[^A-Za-z0-9]+", "-", label).strip("-").lower()
    entry: dict[str, Any] = {"architecture": model, "options": options or {}, "label": label}
    width = catalogue.width(model)
    declared = catalogue.options("architecture", model, BaseModel).model_fields
    if width in declared and width not in entry["options"]:
        sizes = reference.models[reference.models["model"] == reference.look.headline]
        size = int(sizes.sort_values("length")["parameters"].iloc[-1])
        entry["match"] = {"parameters": size, "tolerance": 0.1}
    zoo = {name: entry}
    if not alone:
        mixed = {"curriculum": "mixed", "gradient_clip": 1.0}
        zoo[f"{name}-mixed"] = {**entry, "training": mixed, "label": f"{label}, all lengths"}
    recorded = reference.config.model_dump(mode="json")
    shared = {key: recorded[key] for key in SHARED}
    shared["analysis"]["headline_model"] = name
    shared["controls"] = {**recorded["controls"], "shuffled_models": []}
    return {"study": f"try-{name}", "models": [*zoo], "model_zoo": zoo, **shared, "claims": []}


def _check(config: dict[str, Any]) -> None:
    """Train the models of a configuration for one batch, wherever they will be trained.

    Raises:
        RecallHorizonError: what is wrong with it.
    """
    training = {**config["training"], **SHORT_TRAINING}
    study = load({**config, **SHORT, "training": training})
    logging.getLogger("recall_horizon.training").setLevel(logging.WARNING)  # its losses say nothing
    data: dict[int, dict[str, Split]] = {}
    for name in study.models:
        for place, lengths in study.places_of(name).items():
            for length in lengths:
                if length not in data:
                    made = generate(jobs.dataset_spec(study, length))
                    data[length] = {
                        split: Split(made[f"{split}_x"], made[f"{split}_y"])
                        for split in ("pool", "test")
                    }
            spec = jobs.training_spec(study, name, place, 0, 0)
            try:
                shard = train_shard(spec, {t: data[t] for t in lengths}, torch.device("cpu"))
            except RecallHorizonError:
                raise
            except Exception as error:  # whatever its code may raise
                raise RecallHorizonError(
                    f"{name} cannot be trained at length {lengths[-1]}: "
                    f"{type(error).__name__}: {error}"
                ) from error
            for warning in shard.warnings:
                logging.warning("Warning: %s", warning)


def _show(results: Path, reference: FinishedStudy) -> None:
    """Print the horizons of both studies, and draw them in one figure."""
    name = reference.config.study
    sides = [report(results), report(reference.folder)]
    parts = comparison.comparison(sides)
    print(*comparison.lines(parts[1:2]), sep="\n")  # the horizons
    stem = results / f"beside-{name}"
    write_text(stem.with_suffix(".html"), comparison.page(parts, sides))
    figure = comparison.horizons(sides)
    style.save(figure, stem)
    print(f"\nThe figure  {stem.with_suffix('.png').resolve().as_uri()}")
    print(f"The page    {stem.with_suffix('.html').resolve().as_uri()}")
