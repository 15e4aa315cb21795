"""What the tables say, in sentences. No conclusion is written down: each is computed.

A claim is decided by the intervals that its sentence cites, as they are shown: better and worse,
longer and shorter, rises and falls are said of intervals that lie apart, and where intervals
overlap neither is. One replicate has no interval; of it only values are said.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from recall_horizon.analysis.replicates import final
from recall_horizon.presentation.quantities import as_shown, number, power

CLAIM = 10  # the lesson: "significant deterioration evident beyond length 10"
# A rule that is right less often than this does not explain what it is meant to.
RIGHT = 0.75
UNDECIDED = "can neither be confirmed nor refuted with these data"


def with_interval(row: pd.Series, column: str) -> str:
    """A value of a summary row with its interval: `0.512 [0.498, 0.530]`."""
    value, low, high = (row[f"{column}{end}"] for end in ("", "_low", "_high"))
    if np.isnan(low) or np.isnan(high):
        return number(value)
    return f"{number(value)} [{number(low)}, {number(high)}]"


Sentences = dict[str, list[str]]


def of_the_lesson(task: str) -> bool:
    """Whether `task` is the lesson's: recall of the first element."""
    return task.replace("-", "_") == "first_element"


def findings(tables: dict[str, pd.DataFrame], look: dict[str, Any], solved_r2: float) -> Sentences:
    """What the tables say, for each figure that shows it: a few sentences with numbers.

    `degradation` holds the answer to the study's question. `tables` are the summary, datasets,
    horizons, models, sensitivity and predictions tables. The lesson's claim, remedy and reason are
    judged for the lesson's task alone.
    """
    rows = final(tables["summary"], look["headline"])
    baseline = tables["datasets"].set_index("length")["baseline_mse"]
    lesson = of_the_lesson(rows["task"].iloc[0])
    target = "the first element" if lesson else "its target"
    return {
        "degradation": [
            *_recall(rows, look["labels"][look["headline"]], target, solved_r2),
            *_beyond(rows, baseline, solved_r2),
            *_memorisation(rows, baseline),
        ],
        "models": [
            *(_claim(rows) if lesson else ()),
            *_comparison(tables["horizons"], look, _after(rows)),
            *(_direct_access(tables["horizons"], tables["models"], look) if lesson else ()),
        ],
        "sensitivity": list(_fading(tables["sensitivity"], look, lesson)),
        "prediction": list(_vanishing(tables, look, solved_r2)) if lesson else [],
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
    `≥ 100` where both ends are that, too, or where one replicate has no interval."""
    ends = [(row["horizon"], row["censoring"])]
    if not np.isnan(row["low"]):
        ends += [(row[end], row[f"{end}_censoring"]) for end in ("low", "high")]
    signs = {"below": "< ", "above": "≥ ", "none": ""}
    value, *interval = (f"{signs[kind]}{length:.0f}" for length, kind in ends)
    return value if set(interval) <= {value} else f"{value} [{', '.join(interval)}]"


def _recall(rows: pd.DataFrame, label: str, target: str, solved_r2: float) -> Iterator[str]:
    """How far recall reaches: of the lengths from the shortest on, to the last one recalled."""
    cells = [row for _, row in rows.iterrows()]
    r2 = [with_interval(row, "test_r2_median") for row in cells]
    after = _after(rows)
    if rows["test_r2_median_low"].isna().any():
        values = _listed(f"{x} at T = {t}" for x, t in zip(r2, rows["length"], strict=True))
        yield f"After {after}, the held-out R² of the one replicate of the {label} is {values}."
        return
    solved = [_solved(row, "test_r2_median", solved_r2) for row in cells]
    reach = _recalled(rows, solved_r2)
    shortest = f"T = {cells[0]['length']}"
    if reach:
        extent = "at every length tested, up to" if reach == len(cells) else "up to"
        text = (
            f"After {after}, the {label} recalls {target} {extent} "
            f"T = {cells[reach - 1]['length']}, where its median held-out R² is {r2[reach - 1]}"
        )
        if reach < len(cells):
            t = cells[reach]["length"]
            text += (
                f"; at T = {t} it is below {solved_r2:g} ({r2[reach]})"
                if solved[reach] < 0
                else f"; whether it reaches {solved_r2:g} at T = {t} cannot be told ({r2[reach]})"
            )
    elif all(verdict < 0 for verdict in solved):
        text = (
            f"After {after}, the {label} does not recall {target} at any length tested: its median "
            f"held-out R² stays below {solved_r2:g} (at {shortest} it is {r2[0]})"
        )
    else:
        verdict = (
            f"the {label} does not recall {target}"
            if solved[0] < 0
            else f"it cannot be told whether the {label} recalls {target}"
        )
        text = (
            f"After {after}, {verdict} even at {shortest}, the shortest length, where its median "
            f"held-out R² is {r2[0]}"
        )
    yield f"{text}."


def _beyond(rows: pd.DataFrame, baseline: pd.Series, solved_r2: float) -> Iterator[str]:
    """How the lengths beyond the reach of recall compare with predicting the mean."""
    rows = rows[_recalled(rows, solved_r2) :]
    if rows.empty or rows["test_mse_median_low"].isna().any():
        return
    told = [
        (
            _side(_interval(row, "test_mse_median"), _exactly(baseline[row["length"]])),
            f"T = {row['length']} ({with_interval(row, 'test_mse_median')} against "
            f"{number(baseline[row['length']])}; {row['solved']} of {row['replicates']} solved)",
        )
        for _, row in rows.iterrows()
    ]
    verbs = {-1: "is better at", 0: "cannot be told apart at", 1: "is worse at"}
    cases = _cases(verbs, told)
    yield f"Compared with predicting the mean, its median held-out error {cases}."


def _memorisation(rows: pd.DataFrame, baseline: pd.Series) -> Iterator[str]:
    ends = rows[["train_mse_median_high", "test_mse_median_low"]]
    known = rows[np.isfinite(ends).all(axis=1)]  # one replicate, or none left, shows no difference
    sides = [
        _side(_interval(row, "test_mse_median"), _interval(row, "train_mse_median"))
        for _, row in known.iterrows()
    ]
    if 1 not in sides:
        if sides and -1 not in sides:
            some = _listed(f"T = {t}" for t in known["length"])
            where = "any length" if len(known) == len(rows) else some
            yield f"Training and held-out loss cannot be told apart at {where}."
        return
    row = [row for side, (_, row) in zip(sides, known.iterrows(), strict=True) if side == 1][-1]
    t = row["length"]
    train, test = (with_interval(row, f"{split}_mse_median") for split in ("train", "test"))
    mean = _exactly(baseline[t])
    if (
        _side(_interval(row, "train_mse_median"), mean) == -1
        and _side(_interval(row, "test_mse_median"), mean) == 1
    ):
        yield (
            f"The training loss tells another story: at T = {t} it is {train} while the held-out "
            f"loss is {test}, above the {number(baseline[t])} that predicting the mean scores: the "
            "network memorises, it does not recall."
        )
    else:
        yield f"At T = {t} the training loss, {train}, is below the held-out loss, {test}."


def _claim(rows: pd.DataFrame) -> Iterator[str]:
    within, beyond = rows[rows["length"] <= CLAIM], rows[rows["length"] > CLAIM]
    if within.empty or beyond.empty:
        return
    near, far = within.iloc[-1], beyond.iloc[-1]
    if np.isnan(near["test_mse_median_high"]):
        return  # one replicate shows no significance
    side = _side(_interval(far, "test_mse_median"), _interval(near, "test_mse_median"))
    verdict = {1: "holds in these data", 0: UNDECIDED, -1: "does not hold in these data"}[side]
    yield (
        f"The lesson's claim, a significant deterioration beyond length {CLAIM}, {verdict}: after "
        f"{_after(rows)}, held-out error goes from {with_interval(near, 'test_mse_median')} at "
        f"T = {near['length']} to {with_interval(far, 'test_mse_median')} at T = {far['length']}."
    )


def _comparison(horizons: pd.DataFrame, look: dict[str, Any], after: str) -> Iterator[str]:
    """Which models' horizons are longer and shorter than the headline model's, clear of chance."""
    rows, others = _rivals(horizons, look)
    own = rows.loc[look["headline"]]
    text = (
        f"The recall horizon of the {look['labels'][look['headline']]} after {after}, at R² ≥ "
        f"{own['threshold']:g}, is {horizon_text(own)}."
    )
    if others and not np.isnan(own["low"]):
        longer, shorter = (
            "; ".join(f"{look['labels'][m]} ({horizon_text(rows.loc[m])})" for m in models)
            for models in _longer_and_shorter(rows, others, own)
        )
        text += f" Clearly longer: {longer}." if longer else " No other model's is clearly longer."
        text += f" Clearly shorter: {shorter}." if shorter else ""
    yield text


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
    own = rows.loc[look["headline"]]
    if np.isnan(own["low"]):
        return
    longer, shorter = _longer_and_shorter(rows, direct, own)
    through = [m for m in direct if rows.loc[m, "low_censoring"] == "above"]
    verdict = (
        "holds in these data"
        if len(longer) == len(direct)
        else "holds for some models in these data"
        if longer
        else "does not hold in these data"
        if len(shorter) == len(direct)
        else "does not hold for some models in these data"
        if shorter
        else UNDECIDED
    )
    yield (
        f"The lesson's remedy, access to every position instead of a carried state, {verdict}: of "
        f"the {len(direct)} models that have it, {len(longer)} reach clearly further than the "
        f"{look['labels'][look['headline']]}, {len(shorter)} clearly less far, and {len(through)} "
        "as far as was tested."
    )


def _rivals(horizons: pd.DataFrame, look: dict[str, Any]) -> tuple[pd.DataFrame, list[str]]:
    """Horizons by model at the highest threshold, and the models to compare with the headline's."""
    rows = horizons[horizons["threshold"] == horizons["threshold"].max()]
    others = [m for m in look["models"] if m != look["headline"] and m not in look["controls"]]
    return rows.set_index("model", drop=False), others


def _fading(sensitivity: pd.DataFrame, look: dict[str, Any], lesson: bool) -> Iterator[str]:
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
        perfect = "; perfect recall would be 100 %" if lesson else ""
        yield (
            "After training, the share of all sensitivity that rests on the first element is "
            f"{' and '.join(shares)}{perfect}."
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
        (s0[(m, row["length"])] >= critical, _solved(row, "test_r2_median", solved_r2))
        for m in recurrent
        for _, row in final(tables["summary"], m).iterrows()
    ]
    alive = [solved for lives, solved in cells if lives]
    faded = [solved for lives, solved in cells if not lives]
    if not alive or not faded or tables["summary"]["test_r2_median_low"].isna().any():
        return
    right = alive.count(1) + faded.count(-1)
    least = right / len(cells)
    most = (right + alive.count(0) + faded.count(0)) / len(cells)
    if least >= RIGHT and 1 in alive and -1 in faded:
        verdict = "fits these data"
    elif most < RIGHT or max(alive) < 0 or min(faded) > 0:
        verdict = "does not fit these data"
    else:
        verdict = UNDECIDED
    share = f"{100 * least:.0f} %" if least == most else f"{100 * least:.0f} to {100 * most:.0f} %"
    yield (
        f"The lesson's reason, vanishing gradients, {verdict}: of the {len(alive)} combinations of "
        f"a recurrent model and a length whose untrained s0 is at least {critical:g}, "
        f"{alive.count(1)} end with a median R² of {solved_r2:g} or more, {alive.count(-1)} with "
        f"less, and {alive.count(0)} cannot be told; of the {len(faded)} below it, "
        f"{faded.count(1)}, {faded.count(-1)} and {faded.count(0)}. The rule, fixed beforehand, is "
        f"right in {share} of them."
    )
    correlation = predictions["rank_correlation"].iloc[0]
    if not np.isnan(correlation):
        judged = int((predictions["basis"] == "decay rate").sum())
        yield (
            f"Between the horizons that untrained networks predict and those measured, the rank "
            f"correlation over {judged} recurrent models is {number(correlation)}."
        )


def _budget(summary: pd.DataFrame, look: dict[str, Any], solved_r2: float) -> Iterator[str]:
    """How the headline model changed in the last half of training where it has not succeeded."""
    rows = summary[summary["model"] == look["headline"]]
    last = rows["epoch"].max()
    earlier = rows.loc[rows["epoch"] <= last / 2, "epoch"].max()
    if not earlier > 0 or rows["test_r2_iqm_low"].isna().any():
        return
    before, after = (rows[rows["epoch"] == epoch].set_index("length") for epoch in (earlier, last))
    changes = [
        (
            _side(_interval(row, "test_r2_iqm"), _interval(before.loc[t], "test_r2_iqm")),
            f"T = {t} (from {with_interval(before.loc[t], 'test_r2_iqm')} to "
            f"{with_interval(row, 'test_r2_iqm')})",
        )
        for t, row in after.iterrows()
        if _solved(row, "test_r2_iqm", solved_r2) < 1
    ]
    if not changes:
        return
    verbs = {1: "rises clearly at", -1: "falls clearly at", 0: "does not clearly change at"}
    yield (
        f"From epoch {earlier} to {last} the interquartile mean R² of the "
        f"{look['labels'][look['headline']]}, where it does not end clearly at {solved_r2:g} or "
        f"more, {_cases(verbs, changes)}."
    )


# The ends of an interval: numbers, or pairs of them that compare in order.
Interval = tuple[Any, Any]


def _interval(row: pd.Series, column: str) -> Interval:
    """The interval of a value of a summary row, as sentences show it: NaN of one replicate."""
    return as_shown(row[f"{column}_low"]), as_shown(row[f"{column}_high"])


def _exactly(value: float) -> Interval:
    """The interval of a value that is known."""
    return as_shown(value), as_shown(value)


def _reach(row: pd.Series) -> Interval:
    """The interval of a horizon, as `horizon_text` shows it: `< 5` may be anything below 5."""
    low, high = round(row["low"]), round(row["high"])
    return (
        (-np.inf if row["low_censoring"] == "below" else low, 0),
        (high, -1 if row["high_censoring"] == "below" else 0),
    )


def _side(one: Interval, other: Interval) -> int:
    """1 where `one` lies wholly above `other`, −1 where wholly below, 0 where they meet."""
    return int(one[0] > other[1]) - int(one[1] < other[0])


def _solved(row: pd.Series, column: str, solved_r2: float) -> int:
    """1 where the whole interval is at least `solved_r2`, −1 where all is below, 0 otherwise."""
    low, high = _interval(row, column)
    return int(low >= solved_r2) - int(high < solved_r2)


def _recalled(rows: pd.DataFrame, solved_r2: float) -> int:
    """How many lengths are recalled, from the shortest on, before the first that is not."""
    verdicts = [_solved(row, "test_r2_median", solved_r2) for _, row in rows.iterrows()]
    return next((i for i, verdict in enumerate(verdicts) if verdict < 1), len(verdicts))


def _longer_and_shorter(
    rows: pd.DataFrame, others: list[str], own: pd.Series
) -> tuple[list[str], list[str]]:
    """Which of `others` have a horizon clearly longer than `own`, and which a shorter one."""
    sides = {m: _side(_reach(rows.loc[m]), _reach(own)) for m in others}
    return [m for m in others if sides[m] > 0], [m for m in others if sides[m] < 0]


def _after(rows: pd.DataFrame) -> str:
    """The budget that the `rows` of a model after its last epoch were measured with."""
    epochs = rows["epoch"].max()
    return f"{epochs} epoch{'s' if epochs != 1 else ''}"


def _cases(verbs: dict[int, str], told: list[tuple[int, str]]) -> str:
    """What is `told`, (case, text) each, by case: `rises at A and B; falls at C`."""
    by_case = {case: [text for of, text in told if of == case] for case in verbs}
    return "; ".join(f"{verbs[case]} {_listed(texts)}" for case, texts in by_case.items() if texts)


def _listed(texts: Iterable[str]) -> str:
    """`A, B and C`."""
    *most, last = texts
    return f"{', '.join(most)} and {last}" if most else last
