"""A study made by hand: small tables in which every verdict is said once, and what names it."""

from itertools import product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from recall_horizon.config.load import load
from recall_horizon.config.look import Look
from recall_horizon.contract import words
from recall_horizon.presentation.content import content
from recall_horizon.presentation.sentences import Report

LENGTHS = (5, 10, 20)
LABELS = {"lstm": "LSTM", "chrono": "LSTM, chrono", "attention": "Attention", "blind": "Blind"}
INF, NAN = np.inf, np.nan

BOUNDS = ("passes", "fails", "low", "high")
# The horizons, those after half of the budget, and growth.
HORIZONS = pd.DataFrame(
    [
        ("lstm", 5, 10, 5, 20, "headline", 0, 5, "grows"),
        ("chrono", 10, 20, 5, INF, "unclear", 10, 20, "unclear"),
        ("attention", 20, INF, 20, INF, "longer", 20, INF, "beyond"),
        ("blind", 0, 5, 0, 5, "shorter", 0, 5, "stopped"),
    ],
    columns=["model", *BOUNDS, "versus_headline", "from_passes", "from_fails", "verdict"],
)
# The scores of the LSTM, and what its intervals show.
OUTCOMES = {
    5: (0.98, "yes", "better", "unclear", "no"),
    10: (0.6, "unclear", "better", "higher", "no"),
    20: (-0.3, "no", "worse", "higher", "yes"),
}


def frame(*rows):
    return pd.DataFrame(list(rows))


def horizons():
    found = HORIZONS[["model", *BOUNDS, "versus_headline"]]
    thresholds = frame({"threshold": 0.9}, {"threshold": 0.5})
    return found.assign(replicates=6, coverage=0.96875).merge(thresholds, how="cross")


def budgets():
    return horizons().assign(epoch=100, steps=400, sequences=100_000, elements=2_000_000)


def growth():
    found = HORIZONS.drop(columns=["low", "high", "versus_headline"])
    found = found.assign(threshold=0.9, replicates=6, coverage=0.96875)
    found = found.assign(from_epoch=50, epoch=100, from_steps=200, steps=400)
    found = found.assign(change=0.25, change_low=0.1, change_high=0.5)
    found["at_length"] = found["from_fails"]
    found.loc[found["fails"] == INF, ["change", "change_low", "change_high", "at_length"]] = NAN
    return found


def outcomes():
    rows = []
    for model in LABELS:
        for length in LENGTHS:
            value, recalls, chance, training, memorises = OUTCOMES[length]
            memorised = 4 if memorises == "yes" else 0
            recalled = {"yes": 6, "unclear": 2, "no": 0}[recalls]
            row = {"model": model, "length": length, "epoch": 100, "replicates": 6}
            row |= {"recalled": recalled, "partly_recalled": 0, "memorised": memorised}
            row |= {"not_started": 6 - recalled - memorised, "diverged": 0, "coverage": 0.96875}
            for name, at in (("score", value), ("train_loss", 0.2), ("test_loss", 1 - value)):
                row |= {name: at, f"{name}_low": at - 0.01, f"{name}_high": at + 0.01}
            row |= {"chance_loss": 1.0, "recalls": recalls, "versus_chance": chance}
            rows.append(row | {"versus_training": training, "memorises": memorises})
    return frame(*rows)


def rules():
    columns = ("rule", "setting", "answer", "cells", "right", "share", "p_value", "verdict")
    return pd.DataFrame(
        [
            ("gradient", 0.0014, "", 6, 5, 5 / 6, NAN, "unclear"),
            ("constant", NAN, "recalled", 6, 4, 4 / 6, 0.5, ""),
            ("length", 10.0, "", 6, 6, 1.0, 1.0, ""),
        ],
        columns=columns,
    )


def selection():
    columns = ["model", "length", "learning_rate"]
    found = pd.DataFrame(product(LABELS, LENGTHS, (0.003, 0.01, 0.03)), columns=columns)
    found["candidate"] = found["learning_rate"].map("learning_rate-{}".format)
    at_edge = (found["model"] == "lstm") & (found["length"] == 20)
    found["chosen"] = found["learning_rate"] == np.where(at_edge, 0.03, 0.01)
    found["edge"] = np.where(at_edge & found["chosen"], "highest learning_rate", "")
    found = found.assign(steps=400, replicates=3, diverged=0)
    return found.assign(score=0.5, score_low=0.4, score_high=0.6)


# Of the windows of a model: which rates solve, the ends' decades, gaps, where it is open.
WINDOWS = {
    "lstm": [("0.003 0.01 0.03", 1.0, 0, "both"), ("0.003 0.03", 1.0, 1, "both"), ("", NAN, 0, "")],
    "chrono": [("0.003 0.01 0.03", 1.0, 0, "both")] * 2 + [("0.01", 0.0, 0, "")],
    "attention": [("0.003 0.01 0.03", 1.0, 0, "both")] * 3,
    "blind": [("", NAN, 0, "")] * 3,
}


def windows():
    rows = []
    for model, found in WINDOWS.items():
        for length, (solves, decades, gaps, open_) in zip(LENGTHS, found, strict=True):
            rates = [float(rate) for rate in solves.split()]
            row = {"model": model, "length": length, "trained_on": str(length), "rates": 3}
            row |= {"solve": len(rates), "solves": solves, "decades": decades, "gaps": gaps}
            row |= {"low": min(rates, default=NAN), "high": max(rates, default=NAN)}
            rows.append(row | {"open": open_, "chosen": 0.01, "bounded": 0, "exponent": NAN})
    return frame(*rows)


def claims():
    about = {"source": "Somebody 1997", "seen": True, "measure": "score", "at_least": NAN}
    about |= {"at_most": NAN, "threshold": NAN, "fails": NAN, "epoch": 100, "steps": 400}
    about |= {"coverage": 0.96875, "why": ""}
    near = {"measured": 0.98, "low": 0.97, "high": 0.99}
    far = {"measured": -0.3, "low": -0.31, "high": -0.29}
    order = {"claim": 1, "says": "Chrono is better.", "kind": "order", "length": 20.0}
    fall = {"claim": 2, "says": "It falls.", "kind": "falls", "model": "lstm"}
    lacks = {"claim": 3, "says": "Mamba wins.", "kind": "order", "model": "mamba lstm", "role": ""}
    horizon = {"claim": 4, "says": "Attention reaches furthest.", "kind": "order", "seen": False}
    horizon |= {"measure": "horizon", "threshold": 0.9, "length": NAN}
    bound = {"claim": 5, "says": "It recalls.", "kind": "bound", "model": "lstm", "role": ""}
    return frame(
        about | order | far | {"model": "chrono", "role": "above", "verdict": "disagrees"},
        about | order | near | {"model": "lstm", "role": "below", "verdict": "disagrees"},
        about | fall | near | {"role": "near", "length": 5.0, "verdict": "agrees"},
        about | fall | far | {"role": "far", "length": 20.0, "verdict": "agrees"},
        about | lacks | {"verdict": "not tested", "why": "model"},
        about
        | horizon
        | {"model": "attention", "role": "above", "measured": 20, "low": 20, "high": INF}
        | {"fails": INF, "verdict": "agrees"},
        about
        | horizon
        | {"model": "lstm", "role": "below", "measured": 5, "low": 5, "high": 20}
        | {"fails": 10, "verdict": "agrees"},
        about | bound | near | {"length": 5.0, "at_least": 0.9, "verdict": "undecided"},
    )


def verification():
    row = {"model": "lstm", "replicates": 6, "reference_replicates": 6, "reference": "kept"}
    row |= {"early_difference": NAN, "p_value": 0.001, "adjusted_p": 0.01, "differs": ""}
    unknown = dict.fromkeys(("score_median", "reference_median", "difference"), NAN)
    known = {"score_median": 0.5, "reference_median": 0.75, "difference": -0.25}
    return frame(
        row | known | {"length": "5", "verdict": "different"},
        row | unknown | {"length": "10", "verdict": "identical", "adjusted_p": NAN},
        row | unknown | {"length": "all", "verdict": "different"},
    )


def controls():
    bounds = {"low": 0.0, "high": 0.1, "at_least": 0.0, "at_most": 0.1}
    ceiling = {"control": "R² against its exact ceiling", "model": "blind", "expected": "≤ 0.2"}
    baseline = {"control": "MSE of predicting the mean", "model": "", "expected": "1"}
    return frame(
        {**baseline, "length": 5, "measured": 1.0, **bounds, "verdict": "holds"},
        {**ceiling, "length": 5, "measured": 0.05, **bounds, "verdict": "not reached"},
        {**ceiling, "length": 10, "measured": 0.1, **bounds, "verdict": "holds"},
    )


def datasets():
    sizes = {"pool": 10_000, "validation": 1000, "test": 2000, "digest": "0123456789abcdef" * 4}
    return pd.DataFrame({"length": LENGTHS, **sizes, "chance_loss": 1.0, "baseline_loss": 1.01})


def models():
    found = pd.DataFrame(product(LABELS, LENGTHS), columns=["model", "length"])
    found["parameters"] = 1000 + 100 * found["model"].str.len()
    found["state"] = np.where(found["model"] == "attention", 16 * found["length"], 64)
    found["recurrent"] = found["model"].isin(["lstm", "chrono"])
    return found


def sensitivity():
    rows = product(LABELS, LENGTHS, range(3))
    found = pd.DataFrame(rows, columns=["model", "length", "replicate"])
    found["s0"] = 10.0 ** -found["length"] * (1 + found["replicate"])
    return found.assign(concentration=1 / found["length"])


def tables():
    return {
        **{"horizons": horizons(), "budgets": budgets(), "growth": growth(), "rules": rules()},
        **{"outcomes": outcomes(), "selection": selection(), "claims": claims()},
        **{"windows": windows(), "controls": controls(), "verification": verification()},
        **{"models": models(), "sensitivity": sensitivity(), "datasets": datasets()},
        **transferred(),
    }


# What networks of one length score at LENGTHS, and what they have learned.
LEARNED = {
    "lstm": {
        5: ((0.98, -1.2, -3.9), "timer"),
        10: ((0.24, 0.6, -0.1), "unclear"),
        20: ((-0.4, -0.3, -0.3), "nothing"),
    },
    "attention": {
        5: ((0.99, NAN, NAN), "unclear"),
        10: ((0.99, 0.99, NAN), "memory"),
        20: ((0.99, 0.2, 0.99), "part"),
    },
}


def transfer_rows(model, trained_on, scores, lengths=LENGTHS):
    """Rows of transfer_summary: scores at lengths, of which none is one that cannot be read. The
    longer a length, the less answers correlate with targets."""
    rows = []
    for length, score in zip(lengths, scores, strict=True):
        unread = np.isnan(score)
        medians = {"score": score, "correlation": NAN if unread else 0.8 - length / 100}
        row = {"model": model, "trained_on": trained_on, "tested_at": length, "replicates": 6}
        row |= {"unread": 6 if unread else 0, "coverage": 0.96875}
        row |= {
            f"{name}{end}": value + shift
            for name, value in medians.items()
            for end, shift in (("", 0), ("_low", -0.01), ("_high", 0.01))
        }
        rows.append(row | {"follows": "" if unread else "yes"})
    return rows


def generalisation_rows(model, trained_on, recalls, ends, memories=0, timers=0):
    """Rows of generalisation, with the same horizon at both thresholds."""
    row = {"model": model, "trained_on": trained_on, "replicates": 6, "coverage": 0.96875}
    row |= dict(zip(BOUNDS, ends, strict=True))
    row |= {"recalls": recalls, "memories": memories, "timers": timers}
    return [{**row, "threshold": threshold} for threshold in (0.9, 0.5)]


def transferred():
    scored, ended = [], []
    for model, learned in LEARNED.items():
        for length, (scores, recalls) in learned.items():
            scored += transfer_rows(model, str(length), scores)
            ended += generalisation_rows(model, str(length), recalls, (5, 10, 5, 10))
    return {"transfer_summary": frame(*scored), "generalisation": frame(*ended)}


LOOK = Look(
    headline="lstm",
    models=list(LABELS),
    labels=LABELS,
    colours=dict.fromkeys(LABELS, "#000000"),
    controls=["blind"],
    confidence=0.95,
    words=words("mse", "the first element"),
    levels={"knowing which elements occurred, but not their order": 0.25},
)


@pytest.fixture
def made(settings):
    """The study: its tables, its look, its provenance, and what it says, all to be changed."""
    zoo = {
        "lstm": {"architecture": "lstm", "label": "LSTM"},
        "chrono": {"architecture": "lstm", "options": {"forget_bias": "chrono"}},
        "attention": {"architecture": "attention", "training": {"epochs": 100}},
        "blind": {"architecture": "feedforward", "control": True},
    }
    settings |= {"models": list(zoo), "model_zoo": zoo, "lengths": list(LENGTHS), "claims": []}
    settings["controls"]["shuffled_models"] = ["lstm"]
    settings["selection"] = {"grid": {"learning_rate": [0.003, 0.01, 0.03]}, "replicates": 3}
    machine = {"platform": "Linux", "cores": 2, "versions": {"python": "3.99.0"}}
    trained = {"jobs": 12, "replicates": 72, "seconds": 7200.0, "arithmetic": {}, "warnings": {}}
    trained["devices"] = {"A processor (cpu)": 12}
    trained["versions"] = {"torch 2.99": 10, "torch 2.98": 2}
    made = SimpleNamespace(tables=tables(), look=LOOK)
    made.provenance = {
        "study": load(settings).model_dump(mode="json"),
        "code": {"commit": "abc", "changed": False},
        "training": trained,
        "machine": machine,
    }
    made.report = lambda: Report(made.tables, made.look, made.provenance)
    made.content = lambda: content(made.tables, made.provenance, made.look, 0.9, "Recall it.")
    return made


@pytest.fixture
def paired(made):
    """The same study with one LSTM that is trained on all lengths, tested up to T = 100 as well."""
    mixed = "lstm-mixed"
    for name in ("horizons", "budgets", "growth", "outcomes", "models"):
        table = made.tables[name]
        rows = table[table["model"] == "attention"].assign(model=mixed)
        made.tables[name] = pd.concat([table, rows], ignore_index=True)
    budgets = made.tables["budgets"]
    budgets.loc[budgets["model"] == mixed, ["steps", "elements"]] = 1200, 3_500_000
    scores = (0.99, 0.99, 0.98, 0.95, 0.5)
    grown = transfer_rows(mixed, "mixed", scores, (*LENGTHS, 50, 100))
    horizon = generalisation_rows(mixed, "mixed", "memory", (50, 100, 50, 100), 5)
    for name, rows in (("transfer_summary", grown), ("generalisation", horizon)):
        made.tables[name] = pd.concat([made.tables[name], frame(*rows)], ignore_index=True)
    zoo = made.provenance["study"]["model_zoo"]
    zoo[mixed] = {**zoo["lstm"], "training": {"curriculum": "mixed", "gradient_clip": 1.0}}
    made.look = made.look._replace(
        models=[*LABELS, mixed],
        labels={**LABELS, mixed: "LSTM, all lengths"},
        colours={**made.look.colours, mixed: "#000000"},
        partners={mixed: "lstm"},
    )
    return made
