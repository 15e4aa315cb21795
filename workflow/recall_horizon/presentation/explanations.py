"""Why a model recalls or not, in sentences: how training ends, and what answers depend on."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from recall_horizon.analysis.replicates import final
from recall_horizon.presentation.growth import spent
from recall_horizon.presentation.intervals import UNDECIDED, listed, solved
from recall_horizon.presentation.quantities import number, power

# A rule that is right less often than this does not explain what it is meant to.
RIGHT = 0.75


# How a replicate ended, as sentences say it, in the order of the table's columns.
ENDED = {
    "recalled": "recalled",
    "partly_recalled": "partly recalled",
    "memorised": "memorised",
    "not_started": "not started",
    "diverged": "diverged",
}


def beyond_the_horizon(tables: dict[str, pd.DataFrame], look: dict[str, Any]) -> Iterator[str]:
    """How the headline model's replicates end at the lengths beyond its horizon: counts."""
    model, horizons = look["headline"], tables["horizons"]
    horizons = horizons[horizons["model"] == model]
    own = horizons.loc[horizons["threshold"].idxmax()]
    rows = tables["outcomes"][tables["outcomes"]["model"] == model].sort_values("length")
    if own["censoring"] != "below":
        rows = rows[rows["length"] > (np.inf if own["censoring"] == "above" else own["horizon"])]
    if rows.empty:
        return
    told = [f"at T = {row['length']}, {ended(row)}" for _, row in rows.iterrows()]
    replicates, after = rows["replicates"].iloc[0], spent(tables["budgets"], [model])
    yield (
        f"Beyond its horizon at {look['words']['score']} ≥ {own['threshold']:g}, after {after}, "
        f"the {replicates} replicate{'s' if replicates != 1 else ''} of the "
        f"{look['labels'][model]} ended as follows: {'; '.join(told)}."
    )


def ended(row: pd.Series) -> str:
    """How the replicates of a row of the outcomes table ended: `6 memorised and 4 not started`."""
    counts = sorted(((row[name], name) for name in ENDED if row[name]), key=lambda c: -c[0])
    return listed(f"{count} {ENDED[name]}" for count, name in counts)


def fading(sensitivity: pd.DataFrame, look: dict[str, Any], lesson: bool) -> Iterator[str]:
    """How much of the first step reaches the headline model's answer before training."""
    runs = sensitivity[sensitivity["model"] == look["headline"]]
    s0 = runs.groupby("length")["s0"].median()
    after = runs.groupby("length")["concentration"].median()
    near, far = s0.index[0], s0.index[-1]
    text = (
        f"Before any training, {look['words']['first']} moves the answer of the "
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
            f"After training, the share of all sensitivity that rests on {look['words']['first']} "
            f"is {' and '.join(shares)}{perfect}."
        )


def vanishing(
    tables: dict[str, pd.DataFrame], look: dict[str, Any], solved_score: float
) -> Iterator[str]:
    """Whether recurrent models fail where the first element's influence has vanished."""
    models, sensitivity, predictions = (
        tables[name] for name in ("models", "sensitivity", "predictions")
    )
    critical = predictions["critical_s0"].iloc[0]
    summary = tables["summary"]
    single = set(summary.loc[summary["score_median_low"].isna(), "model"])  # one shows no interval
    remembering = set(models.loc[models["recurrent"], "model"])
    recurrent = [m for m in look["models"] if m in remembering - single]
    left_out = [look["labels"][m] for m in look["models"] if m in remembering & single]
    s0 = sensitivity.groupby(["model", "length"])["s0"].median()
    cells = [
        (s0[(m, row["length"])] >= critical, solved(row, "score_median", solved_score))
        for m in recurrent
        for _, row in final(summary, m).iterrows()
    ]
    alive = [verdict for lives, verdict in cells if lives]
    faded = [verdict for lives, verdict in cells if not lives]
    if not alive or not faded:
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
    after = spent(tables["budgets"], recurrent)
    share = f"{100 * least:.0f} %" if least == most else f"{100 * least:.0f} to {100 * most:.0f} %"
    yield (
        f"The lesson's reason, vanishing gradients, {verdict}: of the {len(alive)} combinations of "
        f"a recurrent model and a length whose untrained s0 is at least {critical:g}, "
        f"{alive.count(1)} end, after {after}, with a median R² of {solved_score:g} or more, "
        f"{alive.count(-1)} with less, and {alive.count(0)} cannot be told; of the {len(faded)} "
        f"below it, {faded.count(1)}, {faded.count(-1)} and {faded.count(0)}. The rule, fixed "
        f"beforehand, is right in {share} of them."
        + (f" Not judged, with one replicate: {', '.join(left_out)}." if left_out else "")
    )
    correlation = predictions["rank_correlation"].iloc[0]
    if not np.isnan(correlation):
        predicted = set(predictions.loc[predictions["basis"] == "decay rate", "model"])
        yield (
            f"Between the horizons that untrained networks predict and those measured after "
            f"{spent(tables['budgets'], predicted)}, the rank correlation over {len(predicted)} "
            f"recurrent models is {number(correlation)}."
        )
