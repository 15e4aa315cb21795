"""How replicates end: recalled, partly recalled, memorised, not started, or diverged."""

import numpy as np
import pandas as pd

from recall_horizon.analysis.replicates import by_replicate, final

# A lower score than this is none: a loss at chance, to a tenth of it.
NONE = 0.1
OUTCOMES = ("recalled", "partly_recalled", "memorised", "not_started", "diverged")


def outcome(train_score: np.ndarray, score: np.ndarray, solved_score: float) -> np.ndarray:
    """How replicates ended, by the first of these rules that holds of one:

    * `diverged`: its held-out score is −∞;
    * `recalled`: its held-out score is at least `solved_score`;
    * `partly_recalled`: its held-out score is at least NONE;
    * `memorised`: the score on training sequences is at least NONE, and at least NONE above that on
      held-out ones: it learned its training set and nothing of the task;
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
        "partly_recalled": score >= NONE,
        "memorised": train_score >= NONE + np.maximum(score, 0),
    }
    return np.select(list(rules.values()), list(rules), "not_started")


def outcomes(losses: pd.DataFrame, solved_score: float) -> pd.DataFrame:
    """How many replicates of each model and length ended how, after the model's last epoch.

    The chance level of a replicate's training targets is taken as that of the held-out targets
    times the ratio of its two losses before training, when its answers know neither: the variance
    of 1,000 targets is off by 4.5 % (√(2/n)), of 50 by a fifth, which would else count as learned.
    Without losses before training the two levels are taken as equal.

    Columns: model, length, epoch, replicates, and a count for each of OUTCOMES.
    """
    metrics = by_replicate(losses)
    key = ["model", "length", "replicate"]
    held_out = losses.groupby("length")["chance_loss"].first()
    untrained = losses[(losses["epoch"] == 0) & (losses["status"] == "ok")].set_index(key)
    ratios = untrained["train_loss"] / untrained["test_loss"]
    rows = []
    for model in sorted(set(losses["model"])):
        train, test = (
            final(metrics[metric].reset_index(), model) for metric in ("train_loss", "score")
        )
        replicates = list(test[metrics["score"].columns].dropna(axis="columns").columns)
        for (_, loss), (_, score) in zip(train.iterrows(), test.iterrows(), strict=True):
            length = loss["length"]
            cells = pd.MultiIndex.from_product([[model], [length], replicates], names=key)
            chance = held_out[length] * ratios.reindex(cells).fillna(1).to_numpy()
            train_score = 1 - loss[replicates].to_numpy(dtype=float) / chance
            ends = outcome(train_score, score[replicates].to_numpy(dtype=float), solved_score)
            row = {"model": model, "length": length, "epoch": loss["epoch"]}
            row |= {"replicates": len(replicates)}
            rows.append(row | {name: int((ends == name).sum()) for name in OUTCOMES})
    return pd.DataFrame(rows)
