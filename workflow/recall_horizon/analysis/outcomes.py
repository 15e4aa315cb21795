"""How replicates end: recalled, partly recalled, memorised, not started, or diverged."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from recall_horizon.analysis.replicates import by_replicate, final
from recall_horizon.analysis.statistics import LEAST_COVERAGE, median

# The least score that counts as some recall, or as some learning of the training set.
LEAST_SCORE = 0.1
OUTCOMES = ("recalled", "partly_recalled", "memorised", "not_started", "diverged")


def outcome(train_score: np.ndarray, score: np.ndarray, solved_score: float) -> np.ndarray:
    """How replicates ended, by the first of these rules that holds of one:

    * `diverged`: its held-out score is −∞;
    * `recalled`: its held-out score is at least `solved_score`;
    * `partly_recalled`: its held-out score is at least LEAST_SCORE;
    * `memorised`: the score on training sequences is at least LEAST_SCORE, and as much above that
      on held-out ones: it learned its training set and nothing of the task;
    * `not_started`: none of these. Both losses are near chance, or above it (a plateau).

    Args:
        train_score: shape (n,), 1 − training loss / chance level of the training targets.
        score: shape (n,), the score on held-out sequences; −∞ of replicates that diverged.
        solved_score: the least score of a replicate that solved the task.

    Returns:
        Shape (n,), of OUTCOMES.
    """
    rules = {
        "diverged": np.isneginf(score),
        "recalled": score >= solved_score,
        "partly_recalled": score >= LEAST_SCORE,
        "memorised": train_score >= LEAST_SCORE + np.maximum(score, 0),
    }
    return np.select(list(rules.values()), list(rules), "not_started")


def outcomes(
    losses: pd.DataFrame, constants: Mapping[int, float], confidence: float, solved_score: float
) -> pd.DataFrame:
    """How the replicates of each model and length ended, after the model's last epoch.

    The chance level of a replicate's training targets is taken as that of the held-out targets
    times the ratio of its two losses before training, when its answers know neither: the variance
    of 1,000 targets is off by 4.5 % (√(2/n)), of 50 by a fifth, which would else count as learned.
    Without losses before training the two levels are taken as equal.

    Columns: model, length, epoch, replicates, and a count for each of OUTCOMES; the median score,
    train_loss and test_loss, each with the ends of its interval, which covers `coverage`;
    chance_loss, the held-out loss of the best constant, by `constants` of each length; and what the
    intervals show, `unclear` where they show neither or cover less than nine tenths: `recalls`,
    whether the median score is at least `solved_score` (yes, no); `versus_chance`, whether it is
    above 0 (better), below (worse) or its interval contains 0 (at chance); `versus_training`,
    whether the held-out loss is higher or lower than the training loss; `memorises`, yes where the
    training loss is below `chance_loss` and the held-out loss above it, else no.
    """
    metrics = by_replicate(losses)
    key = ["model", "length", "replicate"]
    held_out = losses.groupby("length")["chance_loss"].first()
    untrained = losses[(losses["epoch"] == 0) & (losses["status"] == "ok")].set_index(key)
    ratios = untrained["train_loss"] / untrained["test_loss"]
    rows = []
    for model in sorted(set(losses["model"])):
        cells = {
            metric: final(metrics[metric].reset_index(), model).set_index("length")
            for metric in ("score", "train_loss", "test_loss")
        }
        replicates = list(cells["score"][metrics["score"].columns].dropna(axis="columns").columns)
        for length, epoch in cells["score"]["epoch"].items():
            at = {m: c.loc[length, replicates].to_numpy(dtype=float) for m, c in cells.items()}
            runs = pd.MultiIndex.from_product([[model], [length], replicates], names=key)
            chance = held_out[length] * ratios.reindex(runs).fillna(1).to_numpy()
            ends = outcome(1 - at["train_loss"] / chance, at["score"], solved_score)
            row = {"model": model, "length": length, "epoch": epoch, "replicates": len(replicates)}
            row |= {name: int((ends == name).sum()) for name in OUTCOMES}
            medians = {metric: median(values, confidence) for metric, values in at.items()}
            row["coverage"] = medians["score"].coverage
            for metric, found in medians.items():
                row |= found.columns(metric)
            row["chance_loss"] = constants[length]
            rows.append(row | _verdicts(row, solved_score))
    return pd.DataFrame(rows)


def _verdicts(row: Mapping[str, Any], solved_score: float) -> dict[str, str]:
    """What the intervals of a row show."""
    if not row["coverage"] >= LEAST_COVERAGE:
        known = {"recalls": "unclear", "versus_chance": "unclear", "versus_training": "unclear"}
        return {**known, "memorises": "no"}
    low, high = row["score_low"], row["score_high"]
    apart = int(row["test_loss_low"] > row["train_loss_high"])
    apart -= int(row["test_loss_high"] < row["train_loss_low"])
    chance = row["chance_loss"]
    memorises = row["train_loss_high"] < chance < row["test_loss_low"]
    return {
        "recalls": "yes" if low >= solved_score else "no" if high < solved_score else "unclear",
        "versus_chance": "better" if low > 0 else "worse" if high < 0 else "at chance",
        "versus_training": {1: "higher", -1: "lower", 0: "unclear"}[apart],
        "memorises": "yes" if memorises else "no",
    }
