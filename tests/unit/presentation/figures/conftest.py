"""Small hand-made tables that figures are drawn from, with the columns of a study's tables."""

import numpy as np
import pandas as pd
import pytest

from recall_horizon import contract
from recall_horizon.presentation.figures import style

THRESHOLD = 0.9
# Okabe and Ito's, as `Study.look` hands them out.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")


@pytest.fixture
def look():
    """The look of a study of `models`; the first is the headline."""

    def make(models=("lstm",), **changes):
        labels = {model: model.upper() for model in models}
        labels |= {"lstm": "An LSTM"} if "lstm" in models else {}
        colours = {model: PALETTE[i % len(PALETTE)] for i, model in enumerate(models)}
        words = contract.words("mse", "the first element")
        made = style.Look(models[0], list(models), labels, colours, [], 0.95, words)
        return made._replace(**changes)

    return make


def bracket(medians):
    """The ends of a horizon, of a score's medians by length."""
    lengths = sorted(medians)
    failing = [t for t in lengths if not medians[t] >= THRESHOLD]
    fails = failing[0] if failing else np.inf
    return max([t for t in lengths if t < fails], default=0), fails


def with_ends(name, values):
    """The columns of a median of `values`, with all of them as its interval; one has none."""
    ends = (min(values), max(values)) if len(values) > 1 else (np.nan, np.nan)
    middle = sorted(values)[len(values) // 2]
    return dict(zip((name, f"{name}_low", f"{name}_high"), (middle, *ends), strict=True))


def cells_of(runs):
    """The values of each metric after each epoch, (model, length, epoch, values): a replicate that
    diverges, None, is worse than any other."""
    for (model, length), ends in runs.items():
        trained = any(end for (other, _), ends in runs.items() for end in ends if other == model)
        for epoch, pairs in ((0, [(1.0, 1.0)] * len(ends)), (4 if trained else 3, ends)):
            pairs = [pair or (np.inf, np.inf) for pair in pairs]
            train, test = ([pair[place] for pair in pairs] for place in (0, 1))
            scores = [1 - loss for loss in test]
            yield model, length, epoch, {"train_loss": train, "test_loss": test, "score": scores}


def losses_of(runs):
    rows = [
        ("hand-made", "first_element", model, length, replicate, epoch, train, test, 1.0, status)
        for (model, length), ends in runs.items()
        for replicate, end in enumerate(ends)
        for epoch, train, test, status in (
            (0, 1.0, 1.0, "ok"),
            (4, *end, "ok") if end else (3, np.nan, np.nan, "diverged"),
        )
    ]
    columns = ["study", "task", "model", "length", "replicate", "epoch", "train_loss", "test_loss"]
    table = pd.DataFrame(rows, columns=[*columns, "chance_loss", "status"])
    return table.assign(score=1 - table["test_loss"], accuracy=np.nan)


def tables_of(runs):
    """The tables of {(model, length): [(training loss, held-out loss) or None, …]} after 4 epochs;
    all start at a loss of 1."""
    cells = list(cells_of(runs))
    models = list(dict.fromkeys(model for model, _ in runs))
    lengths = sorted({length for _, length in runs})
    summary, outcomes = [], []
    for model, length, epoch, metrics in cells:
        number, solved = len(metrics["score"]), sum(s >= THRESHOLD for s in metrics["score"])
        diverged = sum(np.isinf(metrics["score"]))
        row = {"study": "hand-made", "task": "first_element", "model": model, "length": length}
        row |= {"epoch": epoch, "replicates": number, "diverged": diverged, "solved": solved}
        for name, values in metrics.items():
            for column, value in with_ends(name, values).items():
                end = column.removeprefix(name)
                row[f"{name}_median{end}"] = value
        summary.append(row)
        if epoch:
            counts = {"recalled": solved, "partly_recalled": 0, "memorised": 0}
            counts |= {"not_started": number - solved - diverged, "diverged": diverged}
            row = {"model": model, "length": length, "epoch": epoch, "replicates": number, **counts}
            for name, values in metrics.items():
                row |= with_ends(name, values)
            outcomes.append(row | {"chance_loss": 1.0, "memorises": "no"})
    budgets, growth, predictions = [], [], []
    for model in models:
        by_epoch = {
            epoch: {
                r["length"]: r["score_median"]
                for r in summary
                if (r["model"], r["epoch"]) == (model, epoch)
            }
            for epoch in (0, 4)
        }
        for epoch, medians in by_epoch.items():
            passes, fails = bracket(medians)
            row = {"model": model, "threshold": THRESHOLD, "epoch": epoch, "steps": 10 * epoch}
            row |= {"passes": passes, "fails": fails, "low": passes, "high": fails}
            budgets += [row, {**row, "threshold": 0.5, "passes": lengths[-1], "fails": np.inf}]
        growth.append({"model": model, "threshold": THRESHOLD, "verdict": "stopped"})
        ends = {"passes": passes, "fails": fails, "low": passes, "high": fails}
        predicted = {"predicted_passes": lengths[0], "predicted_fails": ([*lengths, np.inf])[1]}
        predictions.append(
            {"model": model, "basis": "decay rate", "critical_s0": 1.4e-3, **predicted, **ends}
        )
    datasets = pd.DataFrame({"length": lengths, "baseline_loss": 1.0})
    candidates = pd.DataFrame(
        [
            {"model": model, "length": length, "candidate": f"learning_rate-{rate}"}
            | {"learning_rate": rate, "steps": 40, "replicates": 3, "diverged": 0}
            | with_ends("score", [0.1, 0.2, rate * 50])
            | {"coverage": 0.75, "chosen": rate == 0.01, "edge": ""}
            for model, length in runs
            for rate in (0.001, 0.01)
        ]
    )
    return {
        "losses": losses_of(runs),
        "summary": pd.DataFrame(summary),
        "outcomes": pd.DataFrame(outcomes),
        "budgets": pd.DataFrame(budgets),
        "growth": pd.DataFrame(growth),
        "predictions": pd.DataFrame(predictions),
        "datasets": datasets,
        "selection": candidates,
        **probed(runs),
    }


def probed(runs):
    """The tables of probes in which every untrained profile decays and no trained one does."""
    s0 = [
        (model, length, replicate, np.exp(-0.5 * (length - 1)), 1.0, 0.5)
        for (model, length), ends in runs.items()
        for replicate in range(len(ends))
    ]
    profiles = [
        (model, length, stage, t, *[np.exp(rate * (t - length)) * k for k in (0.5, 1, 2)])
        for model, length in runs
        for stage, rate in (("initial", 0.5), ("final", 0.0))
        for t in range(1, length + 1)
    ]
    columns = ["model", "length"]
    quartiles = ["lower_quartile", "median", "upper_quartile"]
    rest = ["replicate", "s0", "concentration", "decay_rate"]
    return {
        "sensitivity": pd.DataFrame(s0, columns=columns + rest),
        "profiles": pd.DataFrame(profiles, columns=[*columns, "stage", "position", *quartiles]),
    }


@pytest.fixture
def tables():
    """`tables_of`: the tables of {(model, length): [(training loss, held-out loss) or None, …]}."""
    return tables_of


@pytest.fixture
def small_tables():
    """The tables of one model, "lstm", whose replicates end at {length: [(train, test), …]}."""
    return lambda ends: tables_of({("lstm", length): runs for length, runs in ends.items()})
