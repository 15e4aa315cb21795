"""A few networks of a study, with their weights: what its page lets readers play with."""

import base64
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import nn

from recall_horizon.analysis import networks
from recall_horizon.analysis.replicates import final
from recall_horizon.config import playground, shown
from recall_horizon.config.outputs import datasets as dataset_files
from recall_horizon.config.study import Study
from recall_horizon.data import datasets
from recall_horizon.storage import layout, tables

SEQUENCES = 20  # held-out sequences that the page has
DECIMALS = 4  # of their elements


def exported(study: Study, results: Path, models: list[str]) -> dict[str, Any]:
    """What the page's playground needs, as values that JSON can hold; `networks` may be empty.

    `lengths` are those that the page offers. `sequences` are held-out ones of the longest of them:
    elements are independent, so the first n of one are a sequence of length n. Each of `networks`
    says which it is, how it is shown and what its forward pass needs: the `options` of its
    `architecture`, the `longest` sequence that it can read (None if any), and its `weights`, in
    base64 of little-endian float32.

    Args:
        study: the configuration.
        results: the folder of its results.
        models: those that the page can compute, by `playground.models`.
    """
    if not models:
        return {"lengths": [], "sequences": [], "networks": []}
    made = {name: tables.read(results / layout.table(name)) for name in playground.TABLES}
    lengths = playground.lengths(study)
    (file,) = dataset_files(study, lengths[-1:])
    splits, _ = datasets.read(results / file, ["test"])
    drawn = splits["test"].x[:SEQUENCES, :, 0].astype(float).round(DECIMALS)
    shown_networks = []
    for model, place in picked(study, models, made):
        replicate = median_replicate(made["losses"], model, study.places_of(model)[place])
        if replicate is not None:
            described = _described(study, results, model, place, replicate, lengths[-1])
            shown_networks.append(described)
    return {"lengths": lengths, "sequences": drawn.tolist(), "networks": shown_networks}


def picked(
    study: Study, models: list[str], made: Mapping[str, pd.DataFrame]
) -> list[tuple[str, str]]:
    """The networks to show, as (model, place), by `places_of`.

    They are those of the headline model, or of the first of `models` if it is not among them: at
    the longest length at which it recalls, and at the next longer one, or else the next shorter;
    the same network trained on all lengths; and of every other architecture its first model. If
    that is recurrent, it is trained on the same length as the first, so that only the cell differs.
    Of what reads every element directly it is the network of its longest length, which may be the
    most that it can read.

    Args:
        study: the configuration.
        models: those that the page can compute, by `playground.models`.
        made: the tables `outcomes` and `models`.
    """
    lead = study.headline_model if study.headline_model in models else models[0]
    own, outcomes = study.lengths_of(lead), made["outcomes"]
    recalls = outcomes[(outcomes["model"] == lead) & (outcomes["recalls"] == "yes")]
    first = max(recalls["length"], default=own[0])
    beside = [n for n in own if n > first][:1] or [n for n in own if n < first][-1:]
    partners = [m for m, other in shown.look_of(study).partners.items() if other == lead]
    wanted = [(lead, n) for n in (first, *beside)]
    wanted += [(m, study.lengths_of(m)[0]) for m in models if m in partners][:1]
    recurrent = made["models"].groupby("model")["recurrent"].first()
    seen = {playground.cell(study, lead)}
    for model in models:
        if playground.cell(study, model) not in seen:
            seen.add(playground.cell(study, model))
            own = study.lengths_of(model)
            near = max((n for n in own if n <= first), default=own[0])
            wanted.append((model, near if recurrent[model] else own[-1]))
    return list(dict.fromkeys((model, _place(study, model, n)) for model, n in wanted))


def _place(study: Study, model: str, length: int) -> str:
    """Where the networks of `model` are that are trained on `length`, perhaps with others."""
    return next(place for place, n in study.places_of(model).items() if length in n)


def median_replicate(losses: pd.DataFrame, model: str, lengths: list[int]) -> int | None:
    """The replicate with the median held-out score, or mean score over `lengths`, of those that
    have not diverged: the lower one of two. None if all have."""
    rows = final(losses, model)
    rows = rows[rows["length"].isin(lengths) & (rows["status"] == "ok")]
    scores = rows.groupby("replicate")["score"].mean()
    ranked = sorted(scores.index, key=lambda replicate: (scores[replicate], replicate))
    return int(ranked[(len(ranked) - 1) // 2]) if ranked else None


def _described(
    study: Study, results: Path, model: str, place: str, replicate: int, longest: int
) -> dict[str, Any]:
    """One of the networks that `exported` returns; `longest` is the longest length offered."""
    look, lengths = shown.look_of(study), study.places_of(model)[place]
    together = place == layout.TOGETHER
    network = networks.network(results, study, model, lengths[-1], replicate, "final")
    return {
        "model": model,
        # What it is trained on is said beside it: the label of its partner does not.
        "label": look.labels[look.partners.get(model, model)],
        "colour": look.colours[model],
        "architecture": playground.cell(study, model),
        "trained_on": study.training_of(model).curriculum if together else str(lengths[0]),
        "replicate": replicate,
        "options": study.model_zoo[model].options,
        "longest": _longest(network, lengths[-1], longest),
        "weights": {
            name: {
                "shape": list(tensor.shape),
                "data": base64.b64encode(tensor.numpy().astype("<f4").tobytes()).decode(),
            }
            for name, tensor in sorted(network.state_dict().items())
        },
    }


def _longest(network: nn.Module, known: int, wanted: int) -> int | None:
    """The longest sequence that `network` can read; None if it can read as many steps as `wanted`.
    So many steps as `known` it can read."""

    @torch.no_grad()
    def reads(steps: int) -> bool:
        try:
            network(torch.zeros(1, steps, 1))
        except ValueError:
            return False
        return True

    return None if reads(wanted) else next(n for n in count(known) if not reads(n + 1))
