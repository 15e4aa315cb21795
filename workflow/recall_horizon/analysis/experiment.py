"""What a study trained, and on what: where the losses of two studies can be compared."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from recall_horizon.analysis.replicates import last_epochs
from recall_horizon.config.differences import differing, leaves, text, texts

# Keys of `training` that do not affect any loss.
NO_MATTER = ("evaluate_at", "device")
# Keys of `dataset` that affect none, unless training settings are selected.
NOT_READ = ("validation",)
# Keys of `match` that decide only whether a width is refused.
NOT_SOLVED = ("tolerance",)


class Trained(NamedTuple):
    """What a study trained: what verification reads of it.

    `losses` is its table of losses. `experiment` is `jobs.experiment`, or `recorded` of its
    provenance, even from an older version of this project. `chosen` is what its selection chose, by
    `selection.chosen_settings`: {(model, length): {key of training: value}}; empty if the study
    selects nothing.
    """

    losses: pd.DataFrame
    experiment: dict[str, Any]
    chosen: Mapping[tuple[str, int], Mapping[str, Any]]


class Obstacle(NamedTuple):
    """Why losses cannot be compared: the verdict, and the keys that differ with both values."""

    verdict: str
    differs: str = ""


def recorded(provenance: dict[str, Any]) -> dict[str, Any]:
    """The experiment of a finished study, from its provenance: its whole configuration, and the
    files that its models have read."""
    study, files = provenance["study"], provenance.get("files", {})
    zoo = {
        model: {**entry, "files": files[model]} if model in files else entry
        for model, entry in study["model_zoo"].items()
    }
    return {**study, "model_zoo": zoo}


def obstacles(model: str, ours: Trained, theirs: Trained) -> dict[int, Obstacle]:
    """The lengths at which the losses of `model` cannot be compared with a reference, and why."""
    here, there = (side.losses[side.losses["model"] == model] for side in (ours, theirs))
    lengths = sorted(set(here["length"]))
    if there.empty or model not in theirs.experiment["model_zoo"]:
        return dict.fromkeys(lengths, Obstacle("not in the reference"))
    differs = differing_keys(*(settings(side.experiment, model) for side in (ours, theirs)))
    differs = differs or _trained_otherwise(here, there)
    if differs:
        return dict.fromkeys(lengths, Obstacle("another experiment", differs))
    known, found = set(there["length"]), {}
    if _together(ours, model) and known != set(lengths):
        ends = [", ".join(map(str, sorted(side))) for side in (set(lengths), known)]
        differs = f"trained on T = {ends[0]} here, {ends[1]} in the reference"
        return dict.fromkeys(lengths, Obstacle("another experiment", differs))
    for length in lengths:
        chosen = (_chosen(side, model, length) for side in (ours, theirs))
        differs = differing_keys(*(leaves(each, "training") for each in chosen))
        if length not in known:
            found[length] = Obstacle("not in the reference")
        elif differs:
            found[length] = Obstacle("other settings chosen", differs)
    return found


def settings(experiment: dict[str, Any], model: str) -> dict[str, Any]:
    """What `model` was trained on, and how: {key: value}, with the keys of the config.

    Of a folder that it has read, what counts is the content, not where it is.
    """
    entry = experiment["model_zoo"][model]
    files = entry.get("files", {})
    training = _training(experiment, model)
    selection = experiment.get("selection") or {}
    return {
        **leaves(experiment["task"], "task"),
        **leaves(_without(experiment["dataset"], () if selection else NOT_READ), "dataset"),
        **leaves(_without(training, (*NO_MATTER, *selection.get("grid", ()))), "training"),
        "architecture": entry["architecture"].replace("_", "-"),
        **leaves(_without(entry.get("options", {}), tuple(files)), "options"),
        **leaves(files, "files"),
        **leaves(selection, "selection"),
        **leaves(_without(entry.get("match") or {}, NOT_SOLVED), "match"),
    }


def device(study: Trained, model: str) -> str:
    """The kind of device that `model` was trained on: cpu or cuda."""
    return _training(study.experiment, model).get("device", "cpu")


def steps_per_epoch(study: Trained, model: str, length: int) -> int:
    """The steps of Adam in an epoch, one a batch."""
    training = {**_training(study.experiment, model), **_chosen(study, model, length)}
    samples = training["samples"]
    lengths = len(_lengths(study, model)) if _together(study, model) else 1
    return lengths * -(-samples // (training.get("batch_size") or samples))


def _training(experiment: dict[str, Any], model: str) -> dict[str, Any]:
    """How `model` was trained, apart from what a selection chose."""
    return {**experiment["training"], **experiment["model_zoo"][model].get("training", {})}


def _chosen(study: Trained, model: str, length: int) -> Mapping[str, Any]:
    """What was chosen for a model and a length: on several lengths, for the longest."""
    if _together(study, model):
        length = max(_lengths(study, model))
    return study.chosen.get((model, length), {})


def _together(study: Trained, model: str) -> bool:
    """Whether a network of `model` is trained on all of its lengths."""
    return _training(study.experiment, model).get("curriculum", "none") != "none"


def _lengths(study: Trained, model: str) -> set[int]:
    return set(study.losses.loc[study.losses["model"] == model, "length"])


def _trained_otherwise(ours: pd.DataFrame, theirs: pd.DataFrame) -> str:
    """The last epochs, if one table was trained for longer, regardless of what the configs say."""
    here, there = (last_epochs(table) for table in (ours, theirs))
    if not here or not there or here == there:
        return ""
    ends = [", ".join(map(str, sorted(side))) for side in (here, there)]
    return f"last epoch: {ends[0]} here, {ends[1]} in the reference"


def _without(section: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in section.items() if key not in keys}


def differing_keys(here: dict[str, Any], there: dict[str, Any]) -> str:
    """The keys that differ, with both values as the config writes them."""
    found = differing(texts(here), texts(there), unset=text(...))
    return "; ".join(
        f"{key}: {one} here, {other} in the reference"
        for key, (one, other) in sorted(found.items())
    )
