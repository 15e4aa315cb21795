"""A network of a finished study, built anew with the weights that a training job has cached."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError
from torch import nn

from recall_horizon.analysis.probes import give_weights
from recall_horizon.code import catalogue
from recall_horizon.config.study import Study
from recall_horizon.config.training import TrainingSpec
from recall_horizon.errors import DamagedFileError
from recall_horizon.storage import layout
from recall_horizon.storage.files import read_tensors
from recall_horizon.training.loop import build


def network(
    folder: Path, study: Study, model: str, length: int, replicate: int, stage: str
) -> nn.Module:
    """One replicate's network, ready to be asked. It imports the code of the model's architecture.

    Args:
        folder: of the study's results.
        study: its configuration, which has the model, the length and the replicate.
        model: a model of the study.
        length: a length that it is trained on.
        replicate: which one.
        stage: `initial` (before training) or `final`.

    Raises:
        DamagedFileError: the weights are not those that the configuration describes.
    """
    place, lengths = next(p for p in study.places_of(model).items() if length in p[1])
    shards = study.shards_of(model)
    first, last = next(shard for shard in shards if shard[0] <= replicate <= shard[1])
    path = folder / layout.job(model, place, first, last, ".weights.safetensors")
    tensors, about = read_tensors(path)
    spec = _spec(path, about, study, model, max(lengths))
    if replicate not in spec.replicates:
        raise DamagedFileError(f"{path} has no weights of replicate {replicate}.")
    built = build(spec, replicate)
    give_weights(built, tensors, replicate, stage)
    return built


def _spec(
    path: Path, about: dict[str, Any], study: Study, model: str, longest: int
) -> TrainingSpec:
    """What the job that wrote the weights in `path` received, which fits the configuration."""
    entry = study.model_zoo[model]
    try:
        spec = TrainingSpec.model_validate(about.get("spec"))
    except ValidationError as error:
        raise DamagedFileError(
            f"{path} does not say what its weights are of: {error.errors()[0]['msg']}."
        ) from None
    wanted = {
        "model": model,
        "length": longest,
        "architecture": catalogue.locate("architecture", entry.architecture),
        **entry.options,
    }
    found = {**spec.options, **{key: getattr(spec, key) for key in list(wanted)[:3]}}
    for key, value in wanted.items():
        if found.get(key) != value:
            raise DamagedFileError(
                f"{path} has weights of {key} {found.get(key)!r}; the study's configuration "
                f"says {value!r}. Another study has written them: delete the file, and run "
                "snakemake again."
            )
    return spec
