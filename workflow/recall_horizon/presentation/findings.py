"""What the tables say, in sentences. No conclusion is written down: each is computed.

Each sentence keeps to what `intervals` says of a claim.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from recall_horizon.analysis.replicates import final
from recall_horizon.presentation.claims import same_task
from recall_horizon.presentation.explanations import beyond_the_horizon, fading, vanishing
from recall_horizon.presentation.growth import growth, spent, stated
from recall_horizon.presentation.intervals import (
    cases,
    exactly,
    interval,
    listed,
    reach_of,
    side,
    solved,
    unusual_replicates,
    with_interval,
)
from recall_horizon.presentation.progress import changes
from recall_horizon.presentation.quantities import number
from recall_horizon.presentation.settings import selected

Sentences = dict[str, list[str]]


def findings(
    tables: dict[str, pd.DataFrame], look: dict[str, Any], solved_score: float
) -> Sentences:
    """What the tables say, for each figure that shows it: a few sentences with numbers.

    `degradation` holds the answer to the study's question. `tables` are the summary, datasets,
    horizons, budgets, growth, outcomes, models, sensitivity and predictions tables. The lesson's
    reason is judged for the lesson's task alone.
    """
    rows = final(tables["summary"], look["headline"])
    baseline = tables["datasets"].set_index("length")["baseline_loss"]
    lesson = same_task(rows["task"].iloc[0], "first_element")
    after = spent(tables["budgets"], [look["headline"]])
    return {
        "degradation": [
            *_recall(rows, look["labels"][look["headline"]], look["words"], after, solved_score),
            *_beyond(rows, baseline, look["words"], solved_score),
            *_memorisation(rows, baseline, look["words"]),
        ],
        "models": [
            *_comparison(tables, look),
        ],
        "growth": list(growth(tables, look)),
        "outcomes": list(beyond_the_horizon(tables, look)),
        "sensitivity": list(fading(tables["sensitivity"], look, lesson)),
        "prediction": list(vanishing(tables, look, solved_score)) if lesson else [],
        "progress": list(changes(tables["summary"], look, solved_score)),
        "selection": list(selected(tables["selection"], look)) if "selection" in tables else [],
    }


def horizon_cells(
    tables: dict[str, pd.DataFrame], thresholds: list[float]
) -> list[tuple[str, list[str]]]:
    """A row a model, its horizon as stated at each of `thresholds`, the longest first, and last
    those below the shortest length of their model."""
    by_model = tables["horizons"].set_index(["threshold", "model"], drop=False).sort_index()
    # Beyond the longest length of a model is longer than at it.
    sides = {"below": 0, "none": 1, "above": 1.001}
    reach = by_model["horizon"] * by_model["censoring"].map(sides)
    order = reach.loc[thresholds[0]].sort_values(ascending=False, kind="stable").index
    return [(m, [stated(tables, by_model.loc[(t, m)]) for t in thresholds]) for m in order]


def _recall(
    rows: pd.DataFrame, label: str, words: dict[str, str], after: str, solved_score: float
) -> Iterator[str]:
    """How far recall reaches: of the lengths from the shortest on, to the last one recalled."""
    cells = [row for _, row in rows.iterrows()]
    score, target = words["score"], words["target"]
    scores = [with_interval(row, "score_median") for row in cells]
    if rows["score_median_low"].isna().any():
        values = listed(f"{x} at T = {t}" for x, t in zip(scores, rows["length"], strict=True))
        yield (
            f"After {after}, the held-out {score} of the one replicate of the {label} is {values}."
        )
        return
    verdicts = [solved(row, "score_median", solved_score) for row in cells]
    reach = _recalled(rows, solved_score)
    shortest = f"T = {cells[0]['length']}"
    if reach:
        extent = "at every length tested, up to" if reach == len(cells) else "up to"
        text = (
            f"After {after}, the {label} recalls {target} {extent} T = "
            f"{cells[reach - 1]['length']}, where its median held-out {score} is "
            f"{scores[reach - 1]}"
        )
        if reach < len(cells):
            t = cells[reach]["length"]
            text += (
                f"; at T = {t} it is below {solved_score:g} ({scores[reach]})"
                if verdicts[reach] < 0
                else (
                    f"; whether it reaches {solved_score:g} at T = {t} cannot be told "
                    f"({scores[reach]})"
                )
            )
    elif all(verdict < 0 for verdict in verdicts):
        text = (
            f"After {after}, the {label} does not recall {target} at any length tested: its median "
            f"held-out {score} stays below {solved_score:g} (at {shortest} it is {scores[0]})"
        )
    else:
        verdict = (
            f"the {label} does not recall {target}"
            if verdicts[0] < 0
            else f"it cannot be told whether the {label} recalls {target}"
        )
        text = (
            f"After {after}, {verdict} even at {shortest}, the shortest length, where its median "
            f"held-out {score} is {scores[0]}"
        )
    yield f"{text}."


def _beyond(
    rows: pd.DataFrame, baseline: pd.Series, words: dict[str, str], solved_score: float
) -> Iterator[str]:
    """How the lengths beyond the reach of recall compare with answering without knowledge."""
    rows = rows[_recalled(rows, solved_score) :]
    if rows.empty or rows["test_loss_median_low"].isna().any():
        return
    told = [
        (
            side(interval(row, "test_loss_median"), exactly(baseline[row["length"]])),
            f"T = {row['length']} ({with_interval(row, 'test_loss_median')} against "
            f"{number(baseline[row['length']])}; {row['solved']} of {row['replicates']} solved)",
        )
        for _, row in rows.iterrows()
    ]
    verbs = {-1: "is better at", 0: "cannot be told apart at", 1: "is worse at"}
    yield f"Compared with {words['chance']}, its median held-out error {cases(verbs, told)}."


def _memorisation(rows: pd.DataFrame, baseline: pd.Series, words: dict[str, str]) -> Iterator[str]:
    ends = rows[["train_loss_median_high", "test_loss_median_low"]]
    known = rows[np.isfinite(ends).all(axis=1)]  # one replicate, or none left, shows no difference
    sides = [
        side(interval(row, "test_loss_median"), interval(row, "train_loss_median"))
        for _, row in known.iterrows()
    ]
    if 1 not in sides:
        if sides and -1 not in sides:
            some = listed(f"T = {t}" for t in known["length"])
            where = "any length" if len(known) == len(rows) else some
            yield f"Training and held-out loss cannot be told apart at {where}."
        return
    row = [row for side, (_, row) in zip(sides, known.iterrows(), strict=True) if side == 1][-1]
    t = row["length"]
    train, test = (with_interval(row, f"{split}_loss_median") for split in ("train", "test"))
    mean = exactly(baseline[t])
    if (
        side(interval(row, "train_loss_median"), mean) == -1
        and side(interval(row, "test_loss_median"), mean) == 1
    ):
        yield (
            f"The training loss tells another story: at T = {t} it is {train} while the held-out "
            f"loss is {test}, above the {number(baseline[t])} that {words['chance']} scores: the "
            "network memorises, it does not recall."
        )
    else:
        yield f"At T = {t} the training loss, {train}, is below the held-out loss, {test}."


def _comparison(tables: dict[str, pd.DataFrame], look: dict[str, Any]) -> Iterator[str]:
    """Which models' horizons are longer and shorter than the headline model's, clear of chance."""
    rows, others = _rivals(tables["horizons"], look)
    own = rows.loc[look["headline"]]
    after = spent(tables["budgets"], [look["headline"]])
    text = (
        f"The recall horizon of the {look['labels'][look['headline']]} after {after}, at "
        f"{look['words']['score']} ≥ {own['threshold']:g}, is {stated(tables, own)}."
    )
    if others and not np.isnan(own["low"]):

        def told(models: list[str]) -> str:
            return "; ".join(f"{look['labels'][m]} ({', '.join(facts(m))})" for m in models)

        def facts(model: str) -> Iterator[str]:
            yield stated(tables, rows.loc[model])
            if (its := spent(tables["budgets"], [model])) != after:
                yield f"after {its}"
            if number := unusual_replicates(tables["summary"], model):
                yield f"of {number}"

        longer, shorter = map(told, _longer_and_shorter(rows, others, own))
        text += f" Clearly longer: {longer}." if longer else " No other model's is clearly longer."
        text += f" Clearly shorter: {shorter}." if shorter else ""
    yield text


def _rivals(horizons: pd.DataFrame, look: dict[str, Any]) -> tuple[pd.DataFrame, list[str]]:
    """Horizons by model at the highest threshold, and the models to compare with the headline's."""
    rows = horizons[horizons["threshold"] == horizons["threshold"].max()]
    others = [m for m in look["models"] if m != look["headline"] and m not in look["controls"]]
    return rows.set_index("model", drop=False), others


def _recalled(rows: pd.DataFrame, solved_score: float) -> int:
    """How many lengths are recalled, from the shortest on, before the first that is not."""
    verdicts = [solved(row, "score_median", solved_score) for _, row in rows.iterrows()]
    return next((i for i, verdict in enumerate(verdicts) if verdict < 1), len(verdicts))


def _longer_and_shorter(
    rows: pd.DataFrame, others: list[str], own: pd.Series
) -> tuple[list[str], list[str]]:
    """Which of `others` have a horizon clearly longer than `own`, and which a shorter one."""
    sides = {m: side(reach_of(rows.loc[m]), reach_of(own)) for m in others}
    return [m for m in others if sides[m] > 0], [m for m in others if sides[m] < 0]
