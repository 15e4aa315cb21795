"""All tables of a study that follow from its losses: numbers, intervals and verdicts."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from recall_horizon.analysis.budgets import budgets, with_selected
from recall_horizon.analysis.claims import judge
from recall_horizon.analysis.horizons import horizons
from recall_horizon.analysis.outcomes import outcomes
from recall_horizon.analysis.summary import summarise
from recall_horizon.config.claims import Claim


def of_losses(
    losses: pd.DataFrame,
    datasets: pd.DataFrame,
    selection: pd.DataFrame | None,
    confidence: float,
    thresholds: list[float],
    solved_score: float,
    headline: str,
    on_all: Sequence[str],
    per_epoch: Mapping[str, Mapping[str, int]],
    claims: Sequence[Mapping[str, Any]],
) -> dict[str, pd.DataFrame]:
    """The tables summary, horizons, budgets, growth, outcomes and claims.

    Args:
        losses: the losses of all replicates.
        datasets: the datasets table, for what a constant scores.
        selection: what was selected, if the study selects.
        confidence: what intervals should cover.
        thresholds: of the score, at which horizons are measured.
        solved_score: the least score of a replicate that solved the task.
        headline: the model that the others' horizons are compared with.
        on_all: the models each of whose networks is trained, and tested, on all lengths.
        per_epoch: what one epoch of each model spends, as `budgets` takes it.
        claims: those of the configuration.
    """
    spent = per_epoch if selection is None else with_selected(per_epoch, selection)
    summary = summarise(losses, confidence, solved_score)
    by_budget, growth = budgets(losses, thresholds, confidence, spent)
    constants = datasets.set_index("length")["baseline_loss"]
    judged = [Claim.model_validate(claim) for claim in claims]
    return {
        "summary": summary,
        "horizons": horizons(losses, thresholds, confidence, headline, on_all),
        "budgets": by_budget,
        "growth": growth,
        "outcomes": outcomes(losses, constants, confidence, solved_score),
        "claims": judge(judged, {"summary": summary, "budgets": by_budget}, confidence, on_all),
    }
