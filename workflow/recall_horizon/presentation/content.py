"""The content that page and paper share, as plain text and formatted numbers.

It contains no conclusions: `findings` computes those.
"""

import math
import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from recall_horizon.analysis.replicates import final
from recall_horizon.config.training import Training
from recall_horizon.presentation import claims, findings, verdicts
from recall_horizon.presentation.findings import horizon_cells
from recall_horizon.presentation.intervals import with_interval, with_replicates
from recall_horizon.presentation.quantities import duration, number
from recall_horizon.presentation.settings import setting

TITLE = "How far back can a sequence model remember?"
HORIZON = (
    "The recall horizon is the longest length up to which every length's held-out {score} passes a "
    "threshold: the interquartile mean over replicates, interpolated between lengths on a "
    "logarithmic scale."
)
CLAIMS = (
    "What others have published, held against these data. A claim agrees where the intervals show "
    "it of every model that it names, and disagrees where they show the opposite of one; where "
    "they show neither it is undecided. Scores and accuracies are medians over replicates. Of "
    "{count} claims, {counted}."
)
CONTROLS = (
    "Some results are known beforehand, regardless of training: the most that a network can recall "
    "if it sees only a part of the sequence, or not its order; that nothing recalls targets that "
    "were shuffled among the sequences; what {chance} scores. The run stops where more "
    "is measured than can be."
)
REFERENCE = (
    "Compared with the reference of the study “{name}”, where both trained the same model in the "
    "same way on the same task{chosen}. With the same seed, a replicate starts from the same data "
    "and the same weights, and its losses up to step 10 of Adam must agree on any x86 processor, "
    "to one part in 10,000. Later losses, and those of another seed, are compared by permutation "
    "tests on the ranks of the replicates' held-out {score}, corrected for their number: of each "
    "length after the last epoch, and of each model over all lengths and epochs at once."
)


# What the score is, by its name.
CHANCE = {
    "R²": (
        "Predicting the mean of the targets for every sequence has a mean squared error equal to "
        "their variance. R² is 1 minus held-out error over that variance: 1 is perfect recall, 0 "
        "is no better than the mean."
    ),
    "skill": (
        "Giving each class that can be the answer the same probability has a cross-entropy of the "
        "logarithm of their number. Skill is 1 minus held-out cross-entropy over that: 1 is "
        "perfect recall, 0 is no better than guessing."
    ),
}
COUNTS = ("length", "replicates", "solved", "diverged")


def content(
    tables: dict[str, pd.DataFrame],
    provenance: dict[str, Any],
    look: dict[str, Any],
    solved_score: float,
    question: str,
) -> dict[str, Any]:
    """All content about a study, as values that JSON can hold.

    Args:
        tables: the study's, by their names.
        provenance: where its numbers come from, by `provenance.gather`.
        look: order, labels and colours of the models.
        solved_score: the least score of a replicate that solved the task.
        question: what the task asks, in a few sentences.
    """
    study = provenance["study"]
    thresholds = sorted(set(tables["horizons"]["threshold"]), reverse=True)
    sizes = tables["models"].groupby("model")[["parameters", "state"]].agg(["min", "max"])
    return {
        "title": TITLE,
        "question": question,
        "words": look["words"],
        "findings": {
            figure: [glued(sentence) for sentence in sentences]
            for figure, sentences in findings.findings(tables, look, solved_score).items()
        },
        "headline": list(_rows(tables["summary"], look, [look["headline"]], "median")),
        "results": list(_rows(tables["summary"], look, look["models"], "iqm")),
        "definition": HORIZON.format(**look["words"]),
        "thresholds": thresholds,
        "horizons": [
            {
                "label": with_replicates(look["labels"][model], tables["summary"], model),
                "control": model in look["controls"],
                **{size: _range(*sizes.loc[model, size]) for size in ("parameters", "state")},
                "cells": cells,
            }
            for model, cells in horizon_cells(tables, thresholds)
        ],
        "claims": _claims(tables["claims"]),
        "controls": _controls(tables["controls"], look),
        "verification": _verification(tables["verification"], study, look),
        "method": list(_method(study, look)),
        "spoken_of": _citations(study),
        "provenance": list(_provenance(provenance)),
        "datasets": [
            {
                **row,
                "chance_loss": number(row["chance_loss"]),
                "baseline_loss": number(row["baseline_loss"]),
            }
            for row in tables["datasets"].to_dict("records")
        ],
        "label": look["labels"][look["headline"]],
        "confidence": f"{100 * look['confidence']:g} %",
        "solved_score": solved_score,
        "study": study,
    }


def glued(sentence: str) -> str:
    """`sentence` with the spaces unbreakable that no line should end at: `T = 20`, `92 %`, and
    those within an interval."""
    unbreakable = r" (?=[=≥<%])|(?<=[=≥<]) |(?<=\d,) (?=[^ \]]+\])"
    return re.sub(unbreakable, "\N{NO-BREAK SPACE}", sentence)


def _rows(
    summary: pd.DataFrame, look: dict[str, Any], models: list[str], statistic: str
) -> Iterator[dict[str, Any]]:
    """A row a model and length after its last epoch; each metric as a number and as a text."""
    for model in models:
        for _, row in final(summary, model).iterrows():
            yield {
                "label": look["labels"][model],
                **{name: int(row[name]) for name in COUNTS},
                "values": {
                    metric: {
                        "text": with_interval(row, f"{metric}_{statistic}"),
                        "value": str(row[f"{metric}_{statistic}"]).replace("inf", "Infinity"),
                    }
                    for metric in ("train_loss", "test_loss", "score")
                },
            }


def _claims(table: pd.DataFrame) -> dict[str, Any]:
    """The claims with their verdicts, a row for each."""
    return {
        "about": CLAIMS.format(count=len(table), counted=claims.counted(table)),
        "rows": [
            {
                "source": claims.source(row["source"], row["seen"]),
                **{key: glued(row[key]) for key in ("says", "test", "measured")},
                "verdict": row["verdict"],
            }
            for row in table.to_dict("records")
        ],
    }


def _controls(controls: pd.DataFrame, look: dict[str, Any]) -> dict[str, Any]:
    """The controls with a row for each control and model, and a cell for each length."""
    lengths = sorted(set(controls["length"]))
    rows = []
    for (control, model), cells in controls.groupby(["control", "model"], sort=False):
        by_length = {cell["length"]: cell for cell in cells.to_dict("records")}
        label = f"{look['labels'].get(model, model)}: " if model else ""
        rows.append(
            {
                "label": f"{label}{control}",
                "cells": [
                    {
                        "measured": number(cell["measured"]),
                        "expected": str(cell["expected"]),
                        "reached": cell["verdict"] != "not reached",
                    }
                    if (cell := by_length.get(length))
                    else None
                    for length in lengths
                ],
            }
        )
    short = int((controls["verdict"] == "not reached").sum())
    count = (
        f"Of the {len(controls)} controls of this study, {short} "
        f"{'is' if short == 1 else 'are'} not reached, marked “!”: the model recalls less than it "
        "can after enough training, so its results say more about the training than about it."
        if short
        else f"All {len(controls)} controls of this study hold."
    )
    return {
        "about": f"{CONTROLS.format(**look['words'])} {count}",
        "lengths": lengths,
        "rows": rows,
    }


def _verification(table: pd.DataFrame, study: dict[str, Any], look: dict[str, Any]) -> str:
    """The verdicts, and what was compared with which reference."""
    chosen = " and chose the same training settings" if study["selection"] else ""
    about = REFERENCE.format(name=verdicts.reference(table), chosen=chosen, **look["words"])
    return f"{verdicts.counted(table)} {about}"


def _method(study: dict[str, Any], look: dict[str, Any]) -> Iterator[str]:
    """How it was done, a paragraph each."""
    words = look["words"]
    splits, training, analysis = (study[key] for key in ("dataset", "training", "analysis"))
    grid = (study["selection"] or {}).get("grid", {})
    batches = (
        "in batches of the selected size"
        if "batch_size" in grid
        else f"in batches of {training['batch_size']}"
        if training["batch_size"]
        else "all sequences in one batch"
    )
    rate = (
        "the selected learning rate"
        if "learning_rate" in grid
        else f"learning rate {training['learning_rate']}"
    )
    clip = training["gradient_clip"]
    clipped = (
        ", gradients clipped to the selected norm, if any"
        if "gradient_clip" in grid
        else f", gradients clipped to a norm of {clip}"
        if clip
        else ""
    )
    yield (
        f"For each length, {splits['pool']:,} sequences make a pool and {splits['test']:,} others "
        f"a held-out test set; the task is {_task_name(study)}. Each of "
        f"{study['replicates']} replicates draws {training['samples']:,} training sequences from "
        f"the pool without replacement, and its own initial weights. It is trained for "
        f"{training['epochs']} epochs with Adam ({rate}) on "
        f"the {words['loss']}, {batches}{clipped}: {_steps(training, grid)}. Losses are then "
        "evaluated without gradients, on the training sequences and on the held-out ones."
    )
    if grid:
        tried = "; ".join(
            f"{key.replace('_', ' ')} {', '.join(setting(key, value) for value in values)}"
            for key, values in grid.items()
        )
        rates = "learning_rate" in grid
        first = "that with the smaller learning rate" if rates else "the first by name"
        yield (
            f"Training settings are selected for each model and length on {splits['validation']:,} "
            f"validation sequences: every combination of {tried} trains "
            f"{study['selection']['replicates']} replicates with seeds of their own, and the "
            f"highest interquartile mean of {words['score']} is chosen, of equal ones {first}. The "
            "replicates that are reported train anew with that choice."
        )
    yield from _taking_part(study, look)
    otherwise = [
        f"{look['labels'][model]} ({', '.join(_keys(changes))}: "
        f"{_steps({**training, **changes}, grid)})"
        for model in look["models"]
        if (changes := study["model_zoo"][model].get("training"))
    ]
    if otherwise:
        yield f"Trained differently: {'; '.join(otherwise)}."
    yield (
        f"{CHANCE[words['score']]} Intervals are percentile bootstraps over replicates with "
        f"{analysis['bootstrap_draws']:,} draws; they show how much another set of replicates "
        "might differ."
    )


def _taking_part(study: dict[str, Any], look: dict[str, Any]) -> Iterator[str]:
    """Which models are trained at fewer lengths than the study has, or with other replicates."""
    found = []
    for model in look["models"]:
        entry, said = study["model_zoo"][model], []
        if entry.get("replicates") not in (None, study["replicates"]):
            said.append(f"{entry['replicates']} replicates")
        if entry.get("lengths") not in (None, study["lengths"]):
            said.append(f"T = {', '.join(map(str, entry['lengths']))}")
        if said:
            found.append(f"{look['labels'][model]} ({'; '.join(said)})")
    if found:
        yield f"Not at every length, or with another number of replicates: {'; '.join(found)}."


def _steps(training: dict[str, Any], grid: dict[str, Any]) -> str:
    """What a replicate's training spends: `100 steps, which see 100,000 sequences`."""
    sizes = grid.get("batch_size", [training["batch_size"]])
    tried = [Training.model_validate({**training, "batch_size": size}) for size in sizes]
    steps = sorted(training["epochs"] * each.an_epoch()["steps"] for each in tried)
    number = f"{steps[0]:,} to {steps[-1]:,}" if steps[0] < steps[-1] else f"{steps[0]:,}"
    sequences = training["epochs"] * training["samples"]
    return f"{number} step{'s' if steps[-1] != 1 else ''}, which see {sequences:,} sequences"


def _keys(changes: dict[str, Any]) -> list[str]:
    return [f"{key.replace('_', ' ')} {value}" for key, value in changes.items()]


def _task_name(study: dict[str, Any]) -> str:
    """The task's name as people read it, of one outside the package without its module."""
    return study["task"]["name"].rpartition(":")[2].replace("_", " ").replace("-", " ")


def _citations(study: dict[str, Any]) -> list[str]:
    """What the paper's text can speak of: the architectures of the study, and what was varied."""
    entries = [study["model_zoo"][model] for model in study["models"]]
    spoken = {entry["architecture"] for entry in entries}
    biases = {str(entry["options"].get("forget_bias", "")) for entry in entries} - {"", "None"}
    spoken |= {"chrono" if bias == "chrono" else "forget-bias" for bias in biases}
    return sorted(spoken)


def _provenance(provenance: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Where the numbers come from: what, and the answer."""
    code, training, machine = (provenance[key] for key in ("code", "training", "machine"))
    commit = f"commit {code['commit']}" if code["commit"] else "not under version control"
    yield "Code", commit + (", with changes that are not committed" if code["changed"] else "")
    yield (
        "Training",
        f"{training['replicates']} replicates in {training['jobs']} jobs, "
        f"{duration(training['seconds'])} of training in all{_of_what(provenance['study'])}, on "
        f"{_each_with_count(training['devices'])}",
    )
    seed = provenance["study"]["seed"]
    derived = "each random number derives from it, its stream, the length and the replicate"
    yield "Seed", f"{seed}; {derived}"
    yield "Trained with", _each_with_count(training["versions"])
    if training.get("arithmetic"):
        yield "Arithmetic", _each_with_count(training["arithmetic"])
    if training.get("warnings"):
        yield "Warnings", _each_with_count(training["warnings"])
    made_with = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    yield "Tables made on", f"{machine['platform']}, {machine['cores']} cores, with {made_with}"


def _of_what(study: dict[str, Any]) -> str:
    return " (search jobs not counted)" if study["selection"] else ""


def _each_with_count(counts: dict[str, int]) -> str:
    """What jobs have in common; where they differ, how many have which."""
    if len(counts) == 1:
        return next(iter(counts))
    return "; ".join(f"{what} ({count} jobs)" for what, count in counts.items())


def _range(low: float, high: float) -> str:
    """Whole numbers from `low` to `high`; nothing where they are not known."""
    if math.isnan(low):
        return ""
    low, high = int(low), int(high)
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"
