"""What probes show about memory: how much of the first element reaches the answer."""

import numpy as np
import pandas as pd

from recall_horizon.analysis.horizons import bracket
from recall_horizon.analysis.statistics import sign_test

# The prediction rule, fixed from pilot runs before any default study was looked at. In those, every
# run whose first element moved the untrained answer at least 2e-3 times as much as its last element
# did was solved after long training, and every one below 1e-3 failed. This is the midpoint of the
# logarithms.
CRITICAL_S0 = 1.4e-3
# A rule that does so much better in fewer than one of twenty cases by chance, does better.
BY_CHANCE = 0.05
PREDICTED = ["model", "basis", "critical_s0", "predicted_passes", "predicted_fails"]
MEASURED = ["passes", "fails", "low", "high"]
RULES = ["rule", "setting", "answer", "cells", "right", "share", "p_value", "verdict"]


def of_replicates(probes: pd.DataFrame, models: pd.DataFrame) -> pd.DataFrame:
    """One row per run, computed from its profiles.

    Columns: model, length, replicate;
    `s0`: |∂ŷ/∂x_1| / |∂ŷ/∂x_T| before training;
    `concentration`: |∂ŷ/∂x_1| / Σ_t |∂ŷ/∂x_t| after training, 1 for perfect recall;
    `decay_rate`: for recurrent models (`recurrent` in the models table), before training, the rate
    r in |∂ŷ/∂x_t| ∝ exp(−r (T − t)), per step, fitted by least squares to the logarithm.
    """
    runs = ["model", "length", "replicate"]
    ordered = probes.sort_values([*runs, "position"])
    initial = ordered[ordered["stage"] == "initial"].groupby(runs)["sensitivity"]
    trained = ordered[ordered["stage"] == "final"].groupby(runs)["sensitivity"]
    with np.errstate(divide="ignore", invalid="ignore"):
        table = pd.DataFrame(
            {
                "s0": initial.first() / initial.last(),
                "concentration": trained.first() / trained.sum(),
                "decay_rate": initial.apply(lambda profile: decay_rate(profile.to_numpy())),
            }
        ).reset_index()
    recurrent = set(models.loc[models["recurrent"], "model"])
    table.loc[~table["model"].isin(recurrent), "decay_rate"] = np.nan
    return table


def profiles(probes: pd.DataFrame) -> pd.DataFrame:
    """Median and quartiles over replicates of every profile: model, length, stage, position."""
    cells = probes.groupby(["model", "length", "stage", "position"])["sensitivity"]
    quantiles = cells.quantile([0.25, 0.5, 0.75]).unstack()
    quantiles.columns = ["lower_quartile", "median", "upper_quartile"]
    return quantiles.reset_index()


def decay_rate(profile: np.ndarray) -> float:
    """The rate r, per step, of a profile ∝ exp(−r · distance from the end), by least squares.

    Positions whose sensitivity is 0 (too small for float32) do not count; NaN if fewer than two are
    left.
    """
    distance = np.arange(len(profile))[::-1]
    seen = profile > 0
    if seen.sum() < 2:
        return float("nan")
    slope, _ = np.polyfit(distance[seen], np.log(profile[seen]), 1)
    return float(-slope)


def predictions(runs: pd.DataFrame, models: pd.DataFrame, horizons: pd.DataFrame) -> pd.DataFrame:
    """Predicted against measured horizons.

    The rule: a length is predicted to be recalled where the median over replicates of s0, before
    any training, is at least CRITICAL_S0; for recurrent models s0 is taken from the fit, exp(−r
    (steps − 1)).

    Columns: model; basis (decay rate, or s0 itself); critical_s0; predicted_passes and
    predicted_fails, the bracket of tested lengths that the rule gives; passes, fails, low and high
    of the measured horizon at the highest threshold of the score.
    """
    rows = []
    steps = models.drop_duplicates("length").set_index("length")["steps"]
    for model, of_model in runs.groupby("model"):
        recurrent = of_model["decay_rate"].notna().any()
        distance = of_model["length"].map(steps) - 1
        fitted = np.exp(-of_model["decay_rate"] * distance)
        s0 = (fitted if recurrent else of_model["s0"]).groupby(of_model["length"]).median()
        predicted = bracket(s0.index.to_numpy(), s0.to_numpy() >= CRITICAL_S0)
        rows.append((model, "decay rate" if recurrent else "s0", CRITICAL_S0, *predicted))
    measured = horizons[horizons["threshold"] == horizons["threshold"].max()]
    return pd.DataFrame(rows, columns=PREDICTED).merge(measured[["model", *MEASURED]], on="model")


def rules(
    runs: pd.DataFrame, models: pd.DataFrame, outcomes: pd.DataFrame, solved_score: float
) -> pd.DataFrame:
    """What tells which recurrent models recall at which lengths: s0, or what needs no gradient.

    A cell is a recurrent model at a length; it is recalled where the median score after training is
    at least `solved_score`. The rule of the gradient, fixed beforehand, says that it is where s0
    before training is at least CRITICAL_S0. It is compared with the best constant answer and with
    the best single cut in length, which are chosen on these very cells.

    Columns: rule (gradient, constant, length); setting: the critical s0, nothing, the longest
    length that the cut calls recalled; answer, of the constant; cells; right, how many it tells
    right, and the share; p_value, how likely the gradient's rule does so much better than this one
    by chance, by an exact sign test of the cells on which they disagree; verdict, in the row of the
    gradient: `fits` where it beats both by more than chance, `does not fit` where it tells no more
    right than the constant or one of them beats it by more than chance, else `unclear`. No rows
    where there is no recurrent model, or where all its cells end alike.
    """
    recurrent = set(models.loc[models["recurrent"], "model"])
    cells = outcomes[outcomes["model"].isin(recurrent)]
    s0 = runs.groupby(["model", "length"])["s0"].median()
    recalled = (cells["score"] >= solved_score).to_numpy()
    if recalled.all() or not recalled.any():  # also where there are none
        return pd.DataFrame(columns=RULES)
    lengths = cells["length"].to_numpy()
    keys = pd.MultiIndex.from_frame(cells[["model", "length"]])
    gradient = (s0.reindex(keys) >= CRITICAL_S0).to_numpy()
    constant = bool(2 * recalled.sum() >= len(recalled))
    cuts = [0, *sorted(set(lengths))]
    cut = max(cuts, key=lambda length: int(((lengths <= length) == recalled).sum()))
    answers = {
        "gradient": (CRITICAL_S0, "", gradient),
        "constant": (np.nan, "recalled" if constant else "not recalled", constant),
        "length": (cut, "", lengths <= cut),
    }
    own = gradient == recalled
    rows, beaten = [], []
    for rule, (setting, answer, says) in answers.items():
        right = np.broadcast_to(says == recalled, own.shape)
        row = {"rule": rule, "setting": setting, "answer": answer, "cells": len(own)}
        row |= {"right": int(right.sum()), "share": float(right.mean())}
        better, worse = int((own & ~right).sum()), int((right & ~own).sum())
        row["p_value"] = np.nan if rule == "gradient" else sign_test(better, worse)
        beaten.append(sign_test(worse, better) <= BY_CHANCE)
        rows.append(row | {"verdict": ""})
    beats_both = max(row["p_value"] for row in rows[1:]) <= BY_CHANCE
    worse_than_one = any(beaten) or rows[0]["right"] <= rows[1]["right"]
    rows[0]["verdict"] = "fits" if beats_both else "does not fit" if worse_than_one else "unclear"
    return pd.DataFrame(rows, columns=RULES)
