"""What the tables say, in sentences. No conclusion is written down: each is computed."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from recall_horizon.quantities import number, power
from recall_horizon.replicates import final

CLAIM = 10  # the lesson: "significant deterioration evident beyond length 10"
# A rule that is right less often than this does not explain what it is meant to.
RIGHT = 0.75


def with_interval(row: pd.Series, column: str) -> str:
    """A value of a summary row with its interval: `0.512 [0.498, 0.530]`."""
    value, low, high = (row[f"{column}{end}"] for end in ("", "_low", "_high"))
    if np.isnan(low) or np.isnan(high):
        return number(value)
    return f"{number(value)} [{number(low)}, {number(high)}]"


Sentences = dict[str, list[str]]


def findings(tables: dict[str, pd.DataFrame], look: dict[str, Any], solved_r2: float) -> Sentences:
    """What the tables say, for each figure that shows it: a few sentences with numbers.

    `degradation` holds the answer to the study's question. `tables` are the summary, datasets,
    horizons, models, sensitivity and predictions tables.
    """
    rows = final(tables["summary"], look["headline"])
    baseline = tables["datasets"].set_index("length")["baseline_mse"]
    label = look["labels"][look["headline"]]
    return {
        "degradation": [
            *_recall(rows, baseline, label, solved_r2),
            *_memorisation(rows, baseline),
        ],
        "models": [
            *_claim(rows),
            *_comparison(tables["horizons"], look),
            *_direct_access(tables["horizons"], tables["models"], look),
        ],
        "sensitivity": list(_fading(tables["sensitivity"], look)),
        "prediction": list(_vanishing(tables, look, solved_r2)),
        "budget": list(_budget(tables["summary"], look, solved_r2)),
    }


def horizon_cells(horizons: pd.DataFrame, thresholds: list[float]) -> list[tuple[str, list[str]]]:
    """A row a model, its horizon with interval at each of `thresholds`, the longest first."""
    by_model = horizons.set_index(["threshold", "model"]).sort_index()
    # Beyond the longest length is longer than at it, below the shortest shorter.
    reach = by_model["horizon"] * by_model["censoring"].map({"below": 0, "none": 1, "above": 2})
    order = reach.loc[thresholds[0]].sort_values(ascending=False, kind="stable").index
    return [(m, [horizon_text(by_model.loc[(t, m)]) for t in thresholds]) for m in order]


def horizon_text(row: pd.Series) -> str:
    """A horizon with its interval, honestly censored: `14 [11, 18]`, `≥ 100 [62, ≥ 100]`, and
    `≥ 100` where both ends are that, too."""
    ends = [(row["horizon"], row["censoring"])]
    ends += [(row[end], row[f"{end}_censoring"]) for end in ("low", "high")]
    signs = {"below": "< ", "above": "≥ ", "none": ""}
    value, low, high = (f"{signs[kind]}{length:.0f}" for length, kind in ends)
    return value if value == low == high else f"{value} [{low}, {high}]"


def _recall(rows: pd.DataFrame, baseline: pd.Series, label: str, solved_r2: float) -> Iterator[str]:
    passed = rows["test_r2_median"] >= solved_r2
    reach = int(passed.cumprod().sum())  # lengths passed before the first that is not
    lost = ~(rows["test_r2_median_low"].fillna(rows["test_r2_median"]) > 0)
    first_lost = len(rows) - int(lost[::-1].cumprod().sum())  # lost at this length and all beyond
    first_lost = max(first_lost, reach)
    if reach == 0:
        text = (
            f"The {label} does not recall the first element at any length from "
            f"T = {rows['length'].iloc[0]}: its median held-out R² stays below {solved_r2:g}"
        )
    else:
        last = rows.iloc[reach - 1]
        extent = "at every length tested, up to" if reach == len(rows) else "up to"
        text = (
            f"The {label} recalls the first element {extent} T = {last['length']}: there its "
            f"median held-out error is {with_interval(last, 'test_mse_median')}, where predicting "
            f"the mean scores {number(baseline[last['length']])}"
        )
    parts = [
        f"at T = {row['length']}, {row['solved']} of {row['replicates']} replicates solve the "
        f"task (median R² {with_interval(row, 'test_r2_median')})"
        for _, row in rows.iloc[reach:first_lost].iterrows()
    ]
    yield f"{'; '.join([text, *parts])}."
    if first_lost < len(rows):
        row = rows.iloc[first_lost]
        on = first_lost + 1 < len(rows)
        yield (
            f"{'From' if on else 'At'} T = {row['length']}{' on' if on else ''} its median "
            f"held-out error cannot be told from that of predicting the mean: "
            f"{with_interval(row, 'test_mse_median')} against {number(baseline[row['length']])}, "
            f"with {row['solved']} of {row['replicates']} replicates solving the task there."
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
    rows, others = _rivals(horizons, look)
    own = rows.loc[look["headline"]]
    longer = [m for m in others if _beyond(rows.loc[m], own)]
    shorter = [m for m in others if _beyond(own, rows.loc[m])]

    def listed(models: list[str]) -> str:
        return "; ".join(f"{look['labels'][m]} ({horizon_text(rows.loc[m])})" for m in models)

    text = (
        f"The recall horizon of the {look['labels'][look['headline']]}, at R² ≥ "
        f"{own['threshold']:g}, is {horizon_text(own)}."
    )
    if others:
        text += (
            f" Clearly longer: {listed(longer)}."
            if longer
            else " No other model's is clearly longer."
        )
    yield text + (f" Clearly shorter: {listed(shorter)}." if shorter else "")


def _direct_access(
    horizons: pd.DataFrame, models: pd.DataFrame, look: dict[str, Any]
) -> Iterator[str]:
    """Whether the models that reach every element directly have longer horizons."""
    rows, others = _rivals(horizons, look)
    recurrent = set(models.loc[models["recurrent"], "model"])
    if look["headline"] not in recurrent:
        return
    direct = [m for m in others if m not in recurrent]
    if not direct:
        return
    longer = [m for m in direct if _beyond(rows.loc[m], rows.loc[look["headline"]])]
    through = [m for m in direct if rows.loc[m, "censoring"] == "above"]
    verdict = (
        "holds in these data"
        if len(longer) == len(direct)
        else "does not hold in these data"
        if not longer
        else "holds for some models in these data"
    )
    yield (
        f"The lesson's remedy, access to every position instead of a carried state, {verdict}: of "
        f"the {len(direct)} models that have it, {len(longer)} reach clearly further than the "
        f"{look['labels'][look['headline']]}, and {len(through)} as far as was tested."
    )


def _rivals(horizons: pd.DataFrame, look: dict[str, Any]) -> tuple[pd.DataFrame, list[str]]:
    """Horizons by model at the highest threshold, and the models to compare with the headline's."""
    rows = horizons[horizons["threshold"] == horizons["threshold"].max()]
    others = [m for m in look["models"] if m != look["headline"] and m not in look["controls"]]
    return rows.set_index("model", drop=False), others


def _fading(sensitivity: pd.DataFrame, look: dict[str, Any]) -> Iterator[str]:
    """How much of the first element reaches the headline model's answer before training."""
    runs = sensitivity[sensitivity["model"] == look["headline"]]
    s0 = runs.groupby("length")["s0"].median()
    after = runs.groupby("length")["concentration"].median()
    near, far = s0.index[0], s0.index[-1]
    text = (
        f"Before any training, the first element moves the answer of the "
        f"{look['labels'][look['headline']]} {power(s0[near])} times as much as the last one does "
        f"at T = {near}"
    )
    text += f", and {power(s0[far])} times at T = {far}" if far != near else ""
    yield f"{text}."
    known = after[np.isfinite(after)]
    if len(known):
        shares = [f"{100 * known[t]:.0f} % at T = {t}" for t in sorted({*known.index[[0, -1]]})]
        yield (
            "After training, the share of all sensitivity that rests on the first element is "
            f"{' and '.join(shares)}; perfect recall would be 100 %."
        )


def _vanishing(
    tables: dict[str, pd.DataFrame], look: dict[str, Any], solved_r2: float
) -> Iterator[str]:
    """Whether recurrent models fail where the first element's influence has vanished."""
    models, sensitivity, predictions = (
        tables[name] for name in ("models", "sensitivity", "predictions")
    )
    critical = predictions["critical_s0"].iloc[0]
    recurrent = [m for m in look["models"] if m in set(models.loc[models["recurrent"], "model"])]
    s0 = sensitivity.groupby(["model", "length"])["s0"].median()
    cells = [
        (s0[(m, row["length"])] >= critical, row["test_r2_median"] >= solved_r2)
        for m in recurrent
        for _, row in final(tables["summary"], m).iterrows()
    ]
    alive = [solved for lives, solved in cells if lives]
    faded = [solved for lives, solved in cells if not lives]
    if not alive or not faded:
        return
    right = (sum(alive) + len(faded) - sum(faded)) / len(cells)
    verdict = "fits" if right >= RIGHT and sum(alive) and not all(faded) else "does not fit"
    yield (
        f"The lesson's reason, vanishing gradients, {verdict} these data: of the {len(alive)} "
        f"combinations of a recurrent model and a length whose untrained s0 is at least "
        f"{critical:g}, {sum(alive)} end with a median R² of {solved_r2:g} or more; of the "
        f"{len(faded)} below it, {sum(faded)} do. The rule, fixed beforehand, is right in "
        f"{100 * right:.0f} % of them."
    )
    correlation = predictions["rank_correlation"].iloc[0]
    if not np.isnan(correlation):
        judged = int((predictions["basis"] == "decay rate").sum())
        yield (
            f"Between the horizons that untrained networks predict and those measured, the rank "
            f"correlation over {judged} recurrent models is {number(correlation)}."
        )


def _budget(summary: pd.DataFrame, look: dict[str, Any], solved_r2: float) -> Iterator[str]:
    """Whether the headline model was still getting better where it had not succeeded."""
    rows = summary[summary["model"] == look["headline"]]
    last = rows["epoch"].max()
    earlier = rows.loc[rows["epoch"] <= last / 2, "epoch"].max()
    if earlier == 0:
        return
    before = rows[rows["epoch"] == earlier].set_index("length")
    after = rows[rows["epoch"] == last].set_index("length")
    open_ = after.index[after["test_r2_iqm"] < solved_r2]
    if open_.empty or after["test_r2_iqm_low"].isna().any():
        return
    rising = [t for t in open_ if after["test_r2_iqm_low"][t] > before["test_r2_iqm_high"][t]]
    changes = "; ".join(
        f"T = {t}, from {with_interval(before.loc[t], 'test_r2_iqm')} to "
        f"{with_interval(after.loc[t], 'test_r2_iqm')}"
        for t in (rising or open_)
    )
    label = look["labels"][look["headline"]]
    if rising:
        yield (
            f"More training would still mend something: from epoch {earlier} to {last} the R² of "
            f"the {label} rises clearly at {changes}."
        )
    else:
        yield (
            f"From epoch {earlier} to {last} the R² of the {label} rises clearly at none of the "
            f"lengths it has not solved: {changes}."
        )


def _beyond(longer: pd.Series, shorter: pd.Series) -> bool:
    """Whether one horizon's lower end lies beyond the other's upper end."""
    place = {"below": -1, "none": 0, "above": 1}
    return (place[longer["low_censoring"]], longer["low"]) > (
        place[shorter["high_censoring"]],
        shorter["high"],
    )
