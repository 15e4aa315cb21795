"""How horizons grow with the budget, in sentences; and the budget that a statement holds for."""

from collections.abc import Collection, Iterator
from typing import Any

import pandas as pd

from recall_horizon.presentation.intervals import (
    exactly,
    horizon_text,
    interval,
    listed,
    side,
    with_interval,
)

# A horizon has stopped growing where it is known to have changed by less than this factor.
STOPPED = 1.1
# What the last doubling of the budget did to a horizon.
GROWS, SHRINKS, STOPS, UNKNOWN, BEYOND = 1, -1, 2, 0, 3
VERBS = {
    GROWS: "still grows clearly for the",
    SHRINKS: "shrinks clearly for the",
    STOPS: "has stopped growing, to within a tenth, for the",
    UNKNOWN: "cannot be told to grow or to have stopped for the",
    BEYOND: "ends beyond the model's longest length, where growth cannot be told, for the",
}


def spent(budgets: pd.DataFrame, models: Collection[str]) -> str:
    """The budget of `models` after their last epochs: `100 epochs of one batch of 1,000 sequences`,
    or the steps of models that differ."""
    ends = {_end(budgets, model) for model in models}
    if len(ends) > 1:
        rows = budgets[budgets["model"].isin(models)]
        last = rows[rows["epoch"] == rows.groupby("model")["epoch"].transform("max")]
        least = int(last["fewest_steps" if "fewest_steps" in last else "steps"].min())
        most = int(last["steps"].max())
        return f"their budgets, {least:,} to {most:,} steps" if least < most else f"{least:,} steps"
    ((epochs, steps, sequences),) = ends
    own = budgets[budgets["model"].isin(models)]
    by_length = "fewest_steps" in own and (own["fewest_steps"] < own["steps"]).any()
    bound = "at most " if by_length else ""
    text = f"{epochs:,} epoch{'s' if epochs != 1 else ''}"
    if not epochs:
        return text
    batches, seen = steps // epochs, f"{sequences // epochs:,} sequences"
    each = f"{seen} in {bound}{batches:,} batches" if batches > 1 else f"one batch of {seen}"
    return f"{text} of {each}"


def stated(tables: dict[str, pd.DataFrame], row: pd.Series) -> str:
    """A horizon, a row of the horizons table, as it is always stated: `14 [11, 18]`, and
    `14 [11, 18] and still growing` where the last doubling of its budget made it grow clearly."""
    growing = growth_of(tables, row["model"], row["threshold"]) == GROWS
    return f"{horizon_text(row)}{' and still growing' if growing else ''}"


def growth_of(tables: dict[str, pd.DataFrame], model: str, threshold: float) -> int:
    """What the last doubling of its budget did to a horizon, as the interval of the factor shows.

    UNKNOWN of one that was not evaluated halfway. Growth is seen up to the longest length, not
    BEYOND it; of a horizon whose interval is censored nobody knows that it STOPS.
    """
    row = _of(tables["growth"], model, threshold)
    if row is None:
        return UNKNOWN
    if row["censoring"] == "above":
        return BEYOND
    factor = interval(row, "growth")
    clear = side(factor, exactly(1))
    if clear:
        return clear
    ends = [_of(tables["budgets"], model, threshold, row[end]) for end in ("from_epoch", "epoch")]
    kinds = {end[kind] for end in ends for kind in ("low_censoring", "high_censoring")}
    within = max(1 / factor[0], factor[1]) < STOPPED
    return STOPS if within and kinds == {"none"} else UNKNOWN


def growth(tables: dict[str, pd.DataFrame], look: dict[str, Any]) -> Iterator[str]:
    """Whose horizon, at the highest threshold, still grows with the budget, and whose has stopped;
    controls are left out."""
    threshold = tables["horizons"]["threshold"].max()
    models = [m for m in look["models"] if m == look["headline"] or m not in look["controls"]]
    horizons = tables["horizons"]
    single = set(horizons.loc[horizons["low"].isna(), "model"])
    if look["headline"] in single:
        return  # one replicate shows no growth
    models = [model for model in models if model not in single]
    told: dict[tuple[int, int], list[tuple[int, str]]] = {}
    for model in models:
        row = _of(tables["growth"], model, threshold)
        if row is None:
            continue
        case = growth_of(tables, model, threshold)
        epochs = int(row["from_epoch"]), int(row["epoch"])
        before, after = (
            horizon_text(_of(tables["budgets"], model, threshold, epoch)) for epoch in epochs
        )
        text = f"{look['labels'][model]} (from {before} to {after}"
        censored = {row["from_censoring"], row["censoring"]} != {"none"}
        if case in (GROWS, SHRINKS) or not censored:
            bound = (" at least" if case == GROWS else " at most") if censored else ""
            text += f", a factor of{bound} {with_interval(row, 'growth')}"
        told.setdefault(epochs, []).append((case, f"{text})"))
    for case, verb in VERBS.items():
        for (start, end), items in told.items():
            texts = [text for of, text in items if of == case]
            if texts:
                yield (
                    f"From epoch {start} to {end}, the recall horizon at {look['words']['score']} "
                    f"≥ {threshold:g} {verb} {listed(texts)}."
                )
    if _of(tables["growth"], look["headline"], threshold) is None:
        yield (
            f"Whether the recall horizon of the {look['labels'][look['headline']]} still grows "
            "cannot be told: no losses were evaluated in the first half of its training."
        )


def _of(
    table: pd.DataFrame, model: str, threshold: float, epoch: int | None = None
) -> pd.Series | None:
    """The row of a model and threshold, and an epoch where there are several; None if there is
    none."""
    rows = table[(table["model"] == model) & (table["threshold"] == threshold)]
    rows = rows if epoch is None else rows[rows["epoch"] == epoch]
    return None if rows.empty else rows.iloc[0]


def _end(budgets: pd.DataFrame, model: str) -> tuple[int, int, int]:
    """What a model had spent after its last epoch: epochs, steps and sequences."""
    rows = budgets[budgets["model"] == model]
    row = rows.loc[rows["epoch"].idxmax()]
    return int(row["epoch"]), int(row["steps"]), int(row["sequences"])
