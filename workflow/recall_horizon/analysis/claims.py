"""What others have published, held against a study's tables.

A claim agrees with the data where intervals show it of every model that it names, and disagrees
where they show the opposite of one; otherwise it is undecided. One that names a model, a length or
an epoch which the study lacks is not tested. A verdict never fails a run: that others disagree is a
result.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pandas as pd

from recall_horizon.analysis.horizons import versus
from recall_horizon.analysis.outcomes import LEAST_SCORE
from recall_horizon.analysis.statistics import LEAST_COVERAGE
from recall_horizon.config.claims import OF_SEARCH, Claim

COLUMNS = [
    *("claim", "source", "says", "seen", "kind", "measure", "model", "role", "length"),
    *("threshold", "epoch", "steps", "measured", "low", "high", "fails", "coverage"),
    *("at_least", "at_most", "verdict", "why"),
]
AGREES, UNDECIDED, DISAGREES, NOT_TESTED = "agrees", "undecided", "disagrees", "not tested"


class NotTestedError(Exception):
    """The study lacks what a claim is about; the text says what, in one word."""


def judge(
    claims: Iterable[Claim],
    tables: Mapping[str, pd.DataFrame],
    confidence: float,
    shared: Collection[str] = (),
) -> pd.DataFrame:
    """The verdicts on `claims` by the intervals in `tables`: summary, budgets; for scores of
    networks on several lengths at a length beyond them, transfer_summary; and for learning rates,
    windows.

    A row for each model that a claim names, two where it compares two lengths. Columns: claim, its
    number, from 1; source, says, seen, kind and measure, of the claim; model; role, on which side
    of a comparison it stands (above, below; near, far); length, of all but a horizon;
    threshold, of a horizon; epoch and steps (the most of all lengths), the budget; measured, with
    low and high: a median with its interval, or the passes of a horizon's bracket with its own;
    fails, of a horizon; coverage, of the interval; at_least and at_most, which are claimed; verdict
    (agrees, disagrees, undecided, not tested), the same in each row of a claim; why, of one that is
    not tested: the study has no such task, model, length, epoch, accuracy, rates, or no two such
    lengths.
    `shared` are the models each of whose networks is tested at several lengths.
    """
    rows: list[dict[str, Any]] = []
    for number, claim in enumerate(claims, start=1):
        about = {"claim": number, "source": claim.source, "says": claim.says, "seen": claim.seen}
        about |= {"kind": claim.kind, "measure": claim.measure, "role": ""}
        try:
            found, verdict = _Judgement(claim, tables, confidence, shared).made()
        except NotTestedError as missing:
            unknown = {"model": " ".join(claim.models), "verdict": NOT_TESTED, "why": str(missing)}
            rows.append({**about, **unknown})
        else:
            rows += [{**about, **row, "verdict": verdict, "why": ""} for row in found]
    return pd.DataFrame(rows, columns=COLUMNS)


def same_task(one: str, other: str) -> bool:
    """Whether two names are of one task: `-` and `_` are the same in them."""
    return one.replace("-", "_") == other.replace("-", "_")


Rows = list[dict[str, Any]]


class _Judgement:
    """How one claim is held against a study: a method for each kind of claim.

    Each returns the rows of the models, and of each comparison 1 where the intervals show what is
    claimed, −1 where they show the opposite, 0 where they show neither.
    """

    def __init__(
        self,
        claim: Claim,
        tables: Mapping[str, pd.DataFrame],
        confidence: float,
        shared: Collection[str],
    ) -> None:
        self.claim, self.confidence, self.shared = claim, confidence, set(shared)
        self.summary, self.budgets = tables["summary"], tables["budgets"]
        self.tested, self.windows = tables.get("transfer_summary"), tables.get("windows")
        self.threshold = float(self.budgets["threshold"].max())

    def made(self) -> tuple[Rows, str]:
        """The rows of the claim, and its verdict."""
        if self.claim.task and not same_task(self.claim.task, self.summary["task"].iloc[0]):
            raise NotTestedError("task")
        if not {*self.claim.models} <= {*self.summary["model"]}:
            raise NotTestedError("model")
        rows, sides = getattr(self, f"_{self.claim.kind}")()
        worst = min(sides)
        return rows, AGREES if worst > 0 else DISAGREES if worst < 0 else UNDECIDED

    def _order(self) -> tuple[Rows, list[int]]:
        above, below = ([self._of(model) for model in models] for models in self.claim.order)
        pairs = [(one, other) for one in above for other in below]
        if self.claim.measure == "horizon":
            relations = [
                versus(one, other, len(pairs), self.confidence, self._shared(one, other))
                for one, other in pairs
            ]
            sides = [{"longer": 1, "shorter": -1}.get(word, 0) for word in relations]
        else:
            sides = [_apart(one, other) for one, other in pairs]
        return _with_role(above, "above") + _with_role(below, "below"), sides

    def _shared(self, *rows: Mapping[str, Any]) -> bool:
        return not self.shared.isdisjoint(row["model"] for row in rows)

    def _bound(self) -> tuple[Rows, list[int]]:
        bound = self.claim.bound
        return self._between(bound.models, bound.at_least, bound.at_most)

    def _chance(self) -> tuple[Rows, list[int]]:
        """At chance to a tenth: the interval lies within LEAST_SCORE of 0, on both sides."""
        return self._between(self.claim.chance, -LEAST_SCORE, LEAST_SCORE)

    def _between(
        self, models: Iterable[str], at_least: float | None, at_most: float | None
    ) -> tuple[Rows, list[int]]:
        """Whether the interval of each of `models` keeps these bounds; None is no bound."""
        ends = {"at_least": at_least, "at_most": at_most}
        rows = [{**self._of(model), **ends} for model in models]
        least = -math.inf if at_least is None else at_least
        most = math.inf if at_most is None else at_most
        return rows, [_within(row, least, most) for row in rows]

    def _falls(self) -> tuple[Rows, list[int]]:
        models, beyond = self.claim.falls.models, self.claim.falls.beyond
        tested = [set(self.summary.loc[self.summary["model"] == m, "length"]) for m in models]
        lengths = sorted(set.intersection(*tested))
        longest = lengths[-1] if lengths else 0
        start = max((length for length in lengths if length <= beyond), default=longest)
        if start == longest:
            raise NotTestedError("lengths")
        near, far = ([self._of(model, t) for model in models] for t in (start, longest))
        sides = [_apart(a, b) for a, b in zip(near, far, strict=True)]
        return _with_role(near, "near") + _with_role(far, "far"), sides

    def _of(self, model: str, length: int | None = None) -> dict[str, Any]:
        """What was measured of `model`, at the claim's length if no other is given."""
        budgets = self.budgets[self.budgets["threshold"] == self.threshold]
        budget = self._after(budgets, model)
        spent = {"model": model, "epoch": int(budget["epoch"]), "steps": int(budget["steps"])}
        if self.claim.measure == "horizon":
            ends = {name: budget[name] for name in ("low", "high", "fails", "coverage")}
            spent["replicates"] = budget["replicates"]
            return {**spent, "threshold": self.threshold, "measured": budget["passes"], **ends}
        length, column = length or self.claim.length, f"{self.claim.measure}_median"
        if self.claim.measure in OF_SEARCH:
            return {**spent, "length": length, **self._window(model, length)}
        if column not in self.summary:
            raise NotTestedError("accuracy")
        rows = self.summary[self.summary["length"] == length]
        if model not in set(rows["model"]):
            return {**spent, "length": length, **self._beyond(model, length)}
        return {**spent, "length": length, **_interval(self._after(rows, model), column)}

    def _window(self, model: str, length: int) -> dict[str, Any]:
        """What replicates of the search measured at a length, or of networks on all lengths."""
        column = {"rates": "solving_median", "highest_rate": "highest_median"}[self.claim.measure]
        if self.windows is None or column not in self.windows:
            raise NotTestedError("rates")
        of_model = self.windows[self.windows["model"] == model]
        if length not in set(of_model["length"]):
            raise NotTestedError("length")
        return _interval(of_model[of_model["length"] == length].iloc[0], column)

    def _beyond(self, model: str, length: int) -> dict[str, Any]:
        """What a network on several lengths scores at one that it was not trained on."""
        measure = self.claim.measure
        if self.tested is None or self.claim.epoch is not None or measure not in self.tested:
            raise NotTestedError("length")
        rows = self.tested[(self.tested["model"] == model) & (self.tested["tested_at"] == length)]
        rows = rows[~rows["trained_on"].str.isdecimal() & rows["score"].notna()]
        if rows.empty:
            raise NotTestedError("length")
        return _interval(rows.iloc[0], measure)

    def _after(self, rows: pd.DataFrame, model: str) -> pd.Series:
        """The row of `model` after the claim's epoch, or its last."""
        rows = rows[rows["model"] == model]
        epoch = rows["epoch"].max() if self.claim.epoch is None else self.claim.epoch
        if epoch not in set(rows["epoch"]):
            raise NotTestedError("epoch")
        return rows[rows["epoch"] == epoch].iloc[0]


def _interval(row: pd.Series, column: str) -> dict[str, Any]:
    """The median in a column of a table, with its interval."""
    ends = {"measured": row[column], "low": row[f"{column}_low"], "high": row[f"{column}_high"]}
    return {**ends, "coverage": row["coverage"]}


def _with_role(rows: Rows, role: str) -> Rows:
    return [{**row, "role": role} for row in rows]


def _decides(*rows: Mapping[str, Any]) -> bool:
    return min(row["coverage"] for row in rows) >= LEAST_COVERAGE


def _apart(one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    """1 where the interval of `one` lies above that of `other`, −1 below, 0 where they meet."""
    if not _decides(one, other):
        return 0
    return int(one["low"] > other["high"]) - int(one["high"] < other["low"])


def _within(row: Mapping[str, Any], least: float, most: float) -> int:
    """1 where an interval lies from `least` to `most`, −1 where outside, 0 where neither."""
    if not _decides(row):
        return 0
    low, high = row["low"], row["high"]
    return int(least <= low and high <= most) - int(high < least or low > most)
