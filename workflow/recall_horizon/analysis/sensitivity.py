"""What probes show about memory: how much of the first element reaches the answer."""

import numpy as np
import pandas as pd

from recall_horizon.analysis.horizons import censored, horizon

# The prediction rule, fixed from pilot runs before any default study was looked at. In those, every
# run whose first element moved the untrained answer at least 2e-3 times as much as its last element
# did was solved after long training, and every one below 1e-3 failed. This is the midpoint of the
# logarithms.
CRITICAL_S0 = 1.4e-3


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


def predictions(
    runs: pd.DataFrame, models: pd.DataFrame, horizons: pd.DataFrame, threshold: float
) -> pd.DataFrame:
    """Predicted against measured horizons.

    The rule: a length is predicted to be recalled where the median over replicates of s0, before
    any training, is at least CRITICAL_S0; for recurrent models s0 is taken from the fit, exp(−r
    (steps − 1)). Between lengths the crossing is interpolated, in log s0 and log length, like that
    of a measured horizon.

    Columns: model; basis (decay rate, or s0 itself); predicted and predicted_censoring; measured,
    measured_low, measured_high and measured_censoring at the `threshold` of the score; and, the
    same in every row, critical_s0 and rank_correlation: Spearman's, over the recurrent models.
    """
    rows = []
    steps = models.drop_duplicates("length").set_index("length")["steps"]
    for model, of_model in runs.groupby("model"):
        recurrent = of_model["decay_rate"].notna().any()
        distance = of_model["length"].map(steps) - 1
        fitted = np.exp(-of_model["decay_rate"] * distance)
        s0 = (fitted if recurrent else of_model["s0"]).groupby(of_model["length"]).median()
        lengths = s0.index.to_numpy()
        with np.errstate(divide="ignore"):
            crossing = horizon(lengths, np.log(s0.to_numpy()), np.log(CRITICAL_S0))
        value, censoring = censored(lengths, float(crossing))
        rows.append(
            {
                "model": model,
                "basis": "decay rate" if recurrent else "s0",
                "predicted": value,
                "predicted_censoring": censoring,
            }
        )
    measured = horizons[horizons["threshold"] == threshold].rename(
        columns={
            "horizon": "measured",
            "low": "measured_low",
            "high": "measured_high",
            "censoring": "measured_censoring",
        }
    )
    columns = ["measured", "measured_low", "measured_high", "measured_censoring"]
    table = pd.DataFrame(rows).merge(measured[["model", *columns]], on="model")
    table["critical_s0"] = CRITICAL_S0
    judged = table[table["basis"] == "decay rate"]
    table["rank_correlation"] = (
        judged["predicted"].corr(judged["measured"], method="spearman")
        if len(judged) > 2
        else np.nan
    )
    return table
