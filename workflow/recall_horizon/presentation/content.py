"""The content that page and paper share, as plain text and formatted numbers."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from recall_horizon.config.look import Look
from recall_horizon.presentation.intervals import with_interval
from recall_horizon.presentation.quantities import number
from recall_horizon.presentation.sentences import Report, Section, glued

# The sections that stand beside figures, and those of their own: macros of sentences.j2.
BESIDE_FIGURES = ("degradation", "transfer", "models", "growth", "progress", "outcomes")
BESIDE_FIGURES += ("sensitivity", "prediction", "selection", "windows", "memory", "frontier")
OF_THEIR_OWN = ("answer", "asked", "glossary", "abstract", "numbers", "kinds", "confounded")
OF_THEIR_OWN += ("definition", "horizons", "claims", "checks", "verification", "method", "origin")


def content(
    tables: dict[str, pd.DataFrame],
    provenance: dict[str, Any],
    look: Look,
    solved_score: float,
    question: str,
) -> dict[str, Any]:
    """All content about a study, as values that JSON can hold.

    Args:
        tables: the study's, by their names.
        provenance: where its numbers come from, by `provenance.gather`.
        look: order, labels and colours of the models, and the task's words.
        solved_score: the least score of a replicate that solved the task.
        question: what the task asks, in a few sentences.
    """
    study = provenance["study"]
    report = Report(tables, look, provenance)
    return {
        "title": report.text.title,
        "lengths": report.text.lengths(),
        "question": question,
        "words": look.words,
        "sections": {
            name: _glued(report.section(name)) for name in (*BESIDE_FIGURES, *OF_THEIR_OWN)
        },
        "results": list(_results(tables["outcomes"], look)),
        "cited": _cited(study),
        "datasets": [
            {**row, **{loss: number(row[loss]) for loss in ("chance_loss", "baseline_loss")}}
            for row in tables["datasets"].to_dict("records")
        ],
        "label": look.labels[look.headline],
        "solved_score": solved_score,
        "study": study,
    }


def _glued(section: Section) -> dict[str, Any]:
    return {
        "sentences": [glued(sentence) for sentence in section.sentences],
        "table": [[glued(cell) for cell in row] for row in section.table],
        "lead": [glued(sentence) for sentence in section.lead],
    }


def _results(outcomes: pd.DataFrame, look: Look) -> Iterator[dict[str, Any]]:
    """A row a model and length after its last epoch; each metric as a number and as a text."""
    for model in look.models:
        for row in outcomes[outcomes["model"] == model].to_dict("records"):
            yield {
                "label": look.labels[model],
                **{key: int(row[key]) for key in ("length", "recalled", "replicates", "diverged")},
                "recalls": row["recalls"],
                "values": {
                    metric: {
                        "text": with_interval(row, metric),
                        "value": str(row[metric]).replace("inf", "Infinity"),
                    }
                    for metric in ("score", "test_loss", "train_loss")
                },
            }


def _cited(study: dict[str, Any]) -> list[str]:
    """What the paper's text can cite: the architectures of the study, and what was varied."""
    entries = [study["model_zoo"][model] for model in study["models"]]
    found = {entry["architecture"] for entry in entries}
    biases = {str(entry["options"].get("forget_bias", "")) for entry in entries} - {"", "None"}
    found |= {"chrono" if bias == "chrono" else "forget-bias" for bias in biases}
    return sorted(found)
