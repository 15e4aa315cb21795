"""How replicates end: recalled, partly recalled, memorised, not started, or diverged."""

import numpy as np
import pandas as pd

from recall_horizon.analysis.replicates import by_replicate, final

# Less R² than this is none: a loss at the mean, to a tenth of the targets' variance.
NONE = 0.1
OUTCOMES = ("recalled", "partly_recalled", "memorised", "not_started", "diverged")


def outcome(train_r2: np.ndarray, test_r2: np.ndarray, solved_r2: float) -> np.ndarray:
    """How replicates ended, by the first of these rules that holds of one:

    * `diverged`: its held-out R² is −∞;
    * `recalled`: its held-out R² is at least `solved_r2`;
    * `partly_recalled`: its held-out R² is at least NONE;
    * `memorised`: R² on training sequences is at least NONE, and at least NONE above that on
      held-out ones: it learned its training set and nothing of the task;
    * `not_started`: none of these. Both losses are near the mean, or above it (a plateau).

    Args:
        train_r2: shape (n,), 1 − training loss / variance of the training targets.
        test_r2: shape (n,), R² on held-out sequences; −∞ of replicates that diverged.
        solved_r2: the least R² of a replicate that solved the task.

    Returns:
        Shape (n,), of OUTCOMES.
    """
    rules = {
        "diverged": np.isneginf(test_r2),
        "recalled": test_r2 >= solved_r2,
        "partly_recalled": test_r2 >= NONE,
        "memorised": train_r2 >= NONE + np.maximum(test_r2, 0),
    }
    return np.select(list(rules.values()), list(rules), "not_started")


def outcomes(losses: pd.DataFrame, solved_r2: float) -> pd.DataFrame:
    """How many replicates of each model and length ended how, after the model's last epoch.

    The variance of a replicate's training targets is taken as that of the held-out targets times
    the ratio of its two losses before training, when its answers know neither: of 1,000 sequences
    it is off by 4.5 % (√(2/n)), of 50 by a fifth, which would else count as learned. Without
    losses before training the two variances are taken as equal.

    Columns: model, length, epoch, replicates, and a count for each of OUTCOMES.
    """
    metrics = by_replicate(losses)
    key = ["model", "length", "replicate"]
    held_out = losses.groupby("length")["target_variance"].first()
    untrained = losses[(losses["epoch"] == 0) & (losses["status"] == "ok")].set_index(key)
    ratios = untrained["train_mse"] / untrained["test_mse"]
    rows = []
    for model in sorted(set(losses["model"])):
        train, test = (
            final(metrics[metric].reset_index(), model) for metric in ("train_mse", "test_r2")
        )
        replicates = list(metrics["test_r2"].columns)
        for (_, mse), (_, r2) in zip(train.iterrows(), test.iterrows(), strict=True):
            length = mse["length"]
            cells = pd.MultiIndex.from_product([[model], [length], replicates], names=key)
            variances = held_out[length] * ratios.reindex(cells).fillna(1).to_numpy()
            train_r2 = 1 - mse[replicates].to_numpy(dtype=float) / variances
            ends = outcome(train_r2, r2[replicates].to_numpy(dtype=float), solved_r2)
            row = {"model": model, "length": length, "epoch": mse["epoch"]}
            row |= {"replicates": len(replicates)}
            rows.append(row | {name: int((ends == name).sum()) for name in OUTCOMES})
    return pd.DataFrame(rows)
