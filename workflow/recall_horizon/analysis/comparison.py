"""Studies side by side: where their configurations differ, how far their scores are apart, and
whether that is chance."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from recall_horizon.analysis.pairs import comparable_scores, final_scores
from recall_horizon.analysis.statistics import change, holm, median, rank_test, smallest_p
from recall_horizon.analysis.verification import ERROR_RATE
from recall_horizon.config.differences import differing, leaves, texts

# Keys of a configuration that say how a study is run or shown, not what was measured.
NOT_COMPARED = ("study", "checkpoint_seconds", "replicates_per_job", "claims")
SHOWN = ("label", "colour")
UNSET = "–"
COLUMNS = ["model", "length", "replicates", "other_replicates", "score", "score_low", "score_high"]
COLUMNS += ["coverage", "other_score", "other_score_low", "other_score_high", "other_coverage"]
COLUMNS += ["difference", "adjusted_p", "verdict"]


def differing_settings(
    configs: Sequence[Mapping[str, Any]], models: Sequence[str]
) -> Iterator[list[str]]:
    """The keys in which the configurations of studies differ, each with its value in every study.

    Of the model zoo, only `models`, which all of them run.
    """
    found = differing(*(_compared(config, models) for config in configs), unset=UNSET)
    for key, values in found.items():
        yield [key, *values]


def _compared(config: Mapping[str, Any], models: Sequence[str]) -> dict[str, str]:
    """The keys of a configuration that affect what was measured, as text; null is as if unset."""
    zoo = {
        model: {key: value for key, value in config["model_zoo"][model].items() if key not in SHOWN}
        for model in models
    }
    kept = {key: value for key, value in config.items() if key not in NOT_COMPARED}
    every = leaves({**kept, "model_zoo": zoo})
    return texts({key: value for key, value in every.items() if value is not None})


def held_out_tests(one: pd.DataFrame, other: pd.DataFrame) -> int:
    """How many held-out sequences two studies have, by their tables of datasets; 0 if they are the
    same ones."""
    digests = [table.set_index("length")["digest"] for table in (one, other)]
    shared = digests[0].index.intersection(digests[1].index)
    same = (digests[0][shared] == digests[1][shared]).all()
    return 0 if same else int(min(table["test"].min() for table in (one, other)))


def differences(
    one: pd.DataFrame, other: pd.DataFrame, tests: int, confidence: float
) -> pd.DataFrame:
    """How the models and lengths that two tables of losses have in common differ.

    Args:
        one: a study's losses.
        other: another's.
        tests: how many held-out sequences each has; 0 if they are the same ones.
        confidence: what intervals should cover.

    Returns:
        A row for each model and length. `score` and `other_score` are medians of held-out scores
        after the last epoch (−∞ for a replicate that diverged), each with the ends of its exact
        interval and what that covers; `difference` is the other's minus the first's. `verdict` is
        `identical`: the same scores; `different`: an exact permutation test on the ranks of the
        scores says so, at an error rate of 0.01 over the table; `consistent`: it does not; `too few
        to tell`: with so few replicates it could not.
    """
    rows, smallest = [], []
    theirs = dict(list(other.groupby(["model", "length"])))
    for (model, length), here in one.groupby(["model", "length"]):
        if (model, length) not in theirs:
            continue
        there = theirs[model, length]
        ends = [final_scores(side) for side in (here, there)]
        p_value, verdict = np.nan, "identical"
        if not np.array_equal(np.sort(ends[0]), np.sort(ends[1])):
            p_value, verdict = rank_test([comparable_scores(here, there, tests)]), ""
        medians = [median(scores, confidence) for scores in ends]
        apart = change(medians[0].value, medians[1].value)
        numbers = map(float, (*medians[0], *medians[1], apart, p_value))
        rows.append((model, int(length), len(ends[0]), len(ends[1]), *numbers, verdict))
        smallest.append(smallest_p([(len(ends[0]), len(ends[1]))]))
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["adjusted_p"] = holm(table["adjusted_p"])
    tested = table["verdict"] == ""
    table.loc[tested, "verdict"] = np.select(
        [table.loc[tested, "adjusted_p"] < ERROR_RATE, holm(smallest)[tested] < ERROR_RATE],
        ["different", "consistent"],
        "too few to tell",
    )
    return table


def one_side_only(one: pd.DataFrame, other: pd.DataFrame) -> dict[str, list[int]]:
    """The models and lengths that the table `one` has and `other` lacks: a model's lengths, all of
    them where the other lacks the model."""
    pairs, others = (set(zip(t["model"], t["length"], strict=True)) for t in (one, other))
    missing: dict[str, list[int]] = {}
    for model, length in sorted(pairs - others):
        missing.setdefault(model, []).append(int(length))
    return missing
