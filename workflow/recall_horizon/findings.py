"""What the tables say, in sentences. No conclusion is written down: each is computed."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from recall_horizon.replicates import final

CLAIM = 10  # the lesson: "significant deterioration evident beyond length 10"


def number(value: float) -> str:
    """`value` for reading: three digits or so that count, never in scientific notation."""
    if np.isinf(value):
        return "∞" if value > 0 else "−∞"
    magnitude = abs(value)
    digits = 0 if magnitude >= 100 else 1 if magnitude >= 10 else 2 if magnitude >= 1 else 3
    return f"{value:.{digits}f}".replace("-", "−")


def with_interval(row: pd.Series, column: str) -> str:
    """A value of a summary row with its interval: `0.512 [0.498, 0.530]`."""
    value, low, high = (row[f"{column}{end}"] for end in ("", "_low", "_high"))
    if np.isnan(low) or np.isnan(high):
        return number(value)
    return f"{number(value)} [{number(low)}, {number(high)}]"


def findings(tables: dict[str, pd.DataFrame], look: dict[str, Any], solved_r2: float) -> list[str]:
    """The answer to the study's question, in a few sentences with numbers and intervals.

    `tables` holds the summary, datasets and horizons tables.
    """
    rows = final(tables["summary"], look["headline"])
    baseline = tables["datasets"].set_index("length")["baseline_mse"]
    label = look["labels"][look["headline"]]
    return [
        *_recall(rows, baseline, label, solved_r2),
        *_memorisation(rows, baseline),
        *_claim(rows),
        *_comparison(tables["horizons"], look),
    ]


def horizon_cells(horizons: pd.DataFrame, thresholds: list[float]) -> list[tuple[str, list[str]]]:
    """A row a model, its horizon with interval at each of `thresholds`, the longest first."""
    by_model = horizons.set_index(["threshold", "model"]).sort_index()
    # Beyond the longest length is longer than at it, below the shortest shorter.
    reach = by_model["horizon"] * by_model["censoring"].map({"below": 0, "none": 1, "above": 2})
    order = reach.loc[thresholds[0]].sort_values(ascending=False, kind="stable").index
    return [(m, [horizon_text(by_model.loc[(t, m)]) for t in thresholds]) for m in order]


def horizon_text(row: pd.Series) -> str:
    """A horizon with its interval, honestly censored: `14 [11, 18]`, `≥ 100 [62, ≥ 100]`."""
    ends = [(row["horizon"], row["censoring"])]
    ends += [(row[end], row[f"{end}_censoring"]) for end in ("low", "high")]
    signs = {"below": "< ", "above": "≥ ", "none": ""}
    value, low, high = (f"{signs[kind]}{length:.0f}" for length, kind in ends)
    return f"{value} [{low}, {high}]"


def _recall(rows: pd.DataFrame, baseline: pd.Series, label: str, solved_r2: float) -> Iterator[str]:
    passed = rows["test_r2_median"] >= solved_r2
    reach = int(passed.cumprod().sum())  # lengths passed before the first that is not
    if reach == 0:
        yield (
            f"The {label} does not recall the first element at any length from "
            f"T = {rows['length'].iloc[0]}: its median held-out R² stays below {solved_r2:g}."
        )
    else:
        last = rows.iloc[reach - 1]
        extent = "at every length tested, up to" if reach == len(rows) else "up to"
        yield (
            f"The {label} recalls the first element {extent} T = {last['length']}: there its "
            f"median held-out error is {with_interval(last, 'test_mse_median')}, where predicting "
            f"the mean scores {number(baseline[last['length']])}."
        )
    lost = ~(rows["test_r2_median_low"].fillna(rows["test_r2_median"]) > 0)
    first_lost = len(rows) - int(lost[::-1].cumprod().sum())  # lost at this length and all beyond
    first_lost = max(first_lost, reach)
    between = rows.iloc[reach:first_lost]
    if len(between):
        parts = [
            f"at T = {row['length']} {row['solved']} of {row['replicates']} replicates solve the "
            f"task (median R² {with_interval(row, 'test_r2_median')})"
            for _, row in between.iterrows()
        ]
        yield f"Between success and failure: {'; '.join(parts)}."
    if first_lost < len(rows):
        row = rows.iloc[first_lost]
        at = f"{'From' if first_lost + 1 < len(rows) else 'At'} T = {row['length']}"
        at += " on" if first_lost + 1 < len(rows) else ""
        yield (
            f"{at} its median held-out error cannot be told from that "
            f"of predicting the mean: {with_interval(row, 'test_mse_median')} against "
            f"{number(baseline[row['length']])}, with {row['solved']} of {row['replicates']} "
            "replicates solving the task there."
        )


def _memorisation(rows: pd.DataFrame, baseline: pd.Series) -> Iterator[str]:
    ends = rows[["train_mse_median_high", "test_mse_median_low"]]
    rows = rows[np.isfinite(ends).all(axis=1)]  # one replicate, or none left, shows no difference
    if rows.empty:
        return
    gap = rows[rows["train_mse_median_high"] < rows["test_mse_median_low"]]
    if gap.empty:
        yield "Training and held-out loss cannot be told apart at any length."
        return
    row = gap.iloc[-1]
    text = (
        f"The training loss tells another story: at T = {row['length']} it falls to "
        f"{with_interval(row, 'train_mse_median')} while the held-out loss is "
        f"{with_interval(row, 'test_mse_median')}"
    )
    if row["test_mse_median"] >= baseline[row["length"]] > row["train_mse_median_high"]:
        text += ", above what predicting the mean scores: the network memorises, it does not recall"
    yield f"{text}."


def _claim(rows: pd.DataFrame) -> Iterator[str]:
    within, beyond = rows[rows["length"] <= CLAIM], rows[rows["length"] > CLAIM]
    if within.empty or beyond.empty:
        return
    near, far = within.iloc[-1], beyond.iloc[-1]
    if np.isnan(near["test_mse_median_high"]):
        return  # one replicate shows no significance
    worse = far["test_mse_median_low"] > near["test_mse_median_high"]
    yield (
        f"The lesson's claim, a significant deterioration beyond length {CLAIM}, "
        f"{'holds' if worse else 'does not hold'} in these data: held-out error goes from "
        f"{with_interval(near, 'test_mse_median')} at T = {near['length']} to "
        f"{with_interval(far, 'test_mse_median')} at T = {far['length']}."
    )


def _comparison(horizons: pd.DataFrame, look: dict[str, Any]) -> Iterator[str]:
    """Which models' horizons are longer and shorter than the headline model's, clear of chance."""
    threshold = horizons["threshold"].max()
    rows = horizons[horizons["threshold"] == threshold].set_index("model")
    own = rows.loc[look["headline"]]
    others = [m for m in look["models"] if m != look["headline"] and m not in look["controls"]]
    if not others:
        return
    longer = [m for m in others if _beyond(rows.loc[m], "low", own, "high")]
    shorter = [m for m in others if _beyond(own, "low", rows.loc[m], "high")]

    def listed(models: list[str]) -> str:
        return "; ".join(f"{look['labels'][m]} ({horizon_text(rows.loc[m])})" for m in models)

    text = (
        f"The recall horizon of the {look['labels'][look['headline']]}, at R² ≥ {threshold:g}, is "
        f"{horizon_text(own)}. "
    )
    text += (
        f"Clearly longer: {listed(longer)}. " if longer else "No other model's is clearly longer. "
    )
    text += f"Clearly shorter: {listed(shorter)}." if shorter else ""
    yield text.strip()


def _beyond(longer: pd.Series, low: str, shorter: pd.Series, high: str) -> bool:
    """Whether one horizon's lower end lies beyond the other's upper end."""
    place = {"below": -1, "none": 0, "above": 1}
    return (place[longer[f"{low}_censoring"]], longer[low]) > (
        place[shorter[f"{high}_censoring"]],
        shorter[high],
    )
