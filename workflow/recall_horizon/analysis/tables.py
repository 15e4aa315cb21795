"""The tables of a study: what follows from its losses, from probes, from tests at other lengths."""

from collections.abc import Mapping, Sequence

import pandas as pd

from recall_horizon.analysis import sensitivity
from recall_horizon.analysis.budgets import budgets, with_selected
from recall_horizon.analysis.frontier import frontier
from recall_horizon.analysis.generalisation import generalisation, transfer_summary
from recall_horizon.analysis.horizons import horizons
from recall_horizon.analysis.memory import memory
from recall_horizon.analysis.outcomes import outcomes
from recall_horizon.analysis.summary import summarise
from recall_horizon.analysis.windows import RATE, windows
from recall_horizon.storage import layout


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
) -> dict[str, pd.DataFrame]:
    """The tables summary, horizons, budgets, growth and outcomes.

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
    """
    spent = per_epoch if selection is None else with_selected(per_epoch, selection)
    summary = summarise(losses, confidence, solved_score)
    by_budget, growth = budgets(losses, thresholds, confidence, spent)
    constants = datasets.set_index("length")["baseline_loss"]
    return {
        "summary": summary,
        "horizons": horizons(losses, thresholds, confidence, headline, on_all),
        "budgets": by_budget,
        "growth": growth,
        "outcomes": outcomes(losses, constants, confidence, solved_score),
    }


def of_sizes(made: Mapping[str, pd.DataFrame], families: dict[str, str]) -> dict[str, pd.DataFrame]:
    """The table frontier, where a study has models of several sizes.

    Args:
        made: the tables horizons, generalisation, models and budgets.
        families: of each model of several sizes, what it is a size of.
    """
    if not families:
        return {}
    of = (made[name] for name in ("horizons", "generalisation", "models", "budgets"))
    return {"frontier": frontier(*of, families)}


def of_selection(
    selection: pd.DataFrame | None, models: pd.DataFrame, solved_score: float, confidence: float
) -> dict[str, pd.DataFrame]:
    """The table windows, if the study tries several learning rates."""
    if selection is None or RATE not in selection or selection[RATE].nunique() < 2:
        return {}
    return {"windows": windows(selection, models, solved_score, confidence)}


def of_probes(
    probes: pd.DataFrame, made: Mapping[str, pd.DataFrame], solved_score: float
) -> dict[str, pd.DataFrame]:
    """The tables profiles, sensitivity, predictions and rules.

    Args:
        probes: the sensitivities of all models.
        made: the tables models, horizons and outcomes.
        solved_score: the least score of a replicate that solved the task.
    """
    runs = sensitivity.of_replicates(probes, made["models"])
    return {"profiles": sensitivity.profiles(probes), **of_sensitivity(runs, made, solved_score)}


def of_sensitivity(
    runs: pd.DataFrame, made: Mapping[str, pd.DataFrame], solved_score: float
) -> dict[str, pd.DataFrame]:
    """The tables sensitivity, which `runs` is, predictions and rules."""
    models, outcomes = made["models"], made["outcomes"]
    return {
        "sensitivity": runs,
        "predictions": sensitivity.predictions(runs, models, made["horizons"]),
        "rules": sensitivity.rules(runs, models, outcomes, solved_score),
    }


def of_transfers(
    transfer: pd.DataFrame,
    lengths: Mapping[str, Sequence[int]],
    thresholds: Sequence[float],
    confidence: float,
) -> dict[str, pd.DataFrame]:
    """The tables transfer, transfer_summary and generalisation; memory, where a task asks for
    several numbers at once.

    Args:
        transfer: what the networks of all models score at every length.
        lengths: those that each model is trained on.
        thresholds: of the score, at which horizons are measured.
        confidence: what intervals should cover.
    """
    numbers = transfer.columns.difference(layout.COLUMNS["transfer"].text)
    for column in numbers.difference(["each"]):  # empty where there is none
        transfer[column] = pd.to_numeric(transfer[column], errors="coerce")
    asked = transfer["each"].str.len().any()
    several = {"memory": memory(transfer, confidence)} if asked else {}
    transfer = transfer.drop(columns="each")
    return {
        **several,
        "transfer": transfer,
        "transfer_summary": transfer_summary(transfer, confidence),
        "generalisation": generalisation(transfer, lengths, thresholds, confidence),
    }
