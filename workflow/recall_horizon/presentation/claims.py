"""What others have published, held against a study's tables.

A claim agrees with the data where their intervals show it, and disagrees where they show the
opposite; otherwise it is undecided. It never fails a run: that others disagree is a result.
"""

import math
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from recall_horizon.analysis.outcomes import NONE
from recall_horizon.config.claims import Claim
from recall_horizon.presentation.growth import spent
from recall_horizon.presentation.intervals import (
    Interval,
    exactly,
    horizon_text,
    interval,
    listed,
    reach_of,
    side,
    with_interval,
    within,
)

COLUMNS = ["source", "says", "seen", "test", "measured", "verdict"]
AGREES, UNDECIDED, DISAGREES, NOT_TESTED = "agrees", "undecided", "disagrees", "not tested"


class NotTestedError(Exception):
    """The study lacks what a claim is about; the text says what."""


class Measured(NamedTuple):
    """What was measured of one model."""

    label: str
    text: str
    """The value with its interval, as sentences show it."""
    interval: Interval


def judge(
    claims: Iterable[Claim], tables: dict[str, pd.DataFrame], look: dict[str, Any]
) -> pd.DataFrame:
    """The verdicts on `claims` by the intervals in `tables`: summary and budgets.

    A claim about several models agrees where it holds of each, and disagrees where the opposite
    holds of one; models that the study does not have are left out. Scores and accuracies are
    medians over replicates. One replicate has no interval, and decides nothing.

    Columns: source, says and seen, of the claim; test, what is compared, and after which budget;
    measured, each value with its interval; verdict: agrees, disagrees, undecided, or not tested,
    where measured says what is missing.
    """
    return pd.DataFrame([_row(claim, tables, look) for claim in claims], columns=COLUMNS)


def counted(table: pd.DataFrame) -> str:
    """How many claims have which verdict: `2 agree, 1 is undecided`."""
    counts = table["verdict"].value_counts()
    verbs = {AGREES: ("agrees", "agree"), DISAGREES: ("disagrees", "disagree")}
    verbs |= {kind: (f"is {kind}", f"are {kind}") for kind in (UNDECIDED, NOT_TESTED)}
    return ", ".join(
        f"{counts[kind]} {one if counts[kind] == 1 else more}"
        for kind, (one, more) in verbs.items()
        if kind in counts
    )


def lines(judged: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """The verdicts of several studies, by their names, as a table that fits a terminal."""
    width = max((len(study) for study in judged), default=0)
    verdict = max(map(len, (AGREES, UNDECIDED, DISAGREES, NOT_TESTED)))
    indent = " " * (verdict + width + 4)
    for study, table in judged.items():
        for row in table.itertuples():
            yield f"{row.verdict:{verdict}}  {study:{width}}  {source(row.source, row.seen)}"
            for text in (row.says, row.measured):
                yield from textwrap.wrap(text, 80, initial_indent=indent, subsequent_indent=indent)


def source(name: str, seen: bool) -> str:
    """A claim's source, as it is shown: whether it was seen is a part of it."""
    return name if seen else f"{name} (not seen by us)"


def _row(claim: Claim, tables: dict[str, pd.DataFrame], look: dict[str, Any]) -> dict[str, Any]:
    row = {"source": claim.source, "says": claim.says, "seen": claim.seen}
    judgement = _Judgement(claim, tables, look)
    try:
        test, measured, sides = judgement.made()
    except NotTestedError as missing:
        return row | {"test": "", "measured": str(missing), "verdict": NOT_TESTED}
    worst = min(sides)
    return row | {
        "test": test,
        "measured": "; ".join(f"{each.label}: {each.text}" for each in measured),
        "verdict": AGREES if worst > 0 else DISAGREES if worst < 0 else UNDECIDED,
    }


# What is compared, in words; the values; and of each comparison 1 where the intervals show what is
# claimed, −1 where they show the opposite, 0 where they show neither.
Made = tuple[str, list[Measured], list[int]]


class _Judgement:
    """How a claim is held against a study: a method for each kind of claim.

    Each raises NotTestedError where the study lacks what the claim is about.
    """

    def __init__(self, claim: Claim, tables: dict[str, pd.DataFrame], look: dict[str, Any]) -> None:
        self.claim, self.tables, self.look = claim, tables, look
        self.lengths = sorted(set(tables["summary"]["length"]))
        self.threshold = tables["budgets"]["threshold"].max()
        score = look["words"]["score"]
        self.what = {
            "score": f"median held-out {score}",
            "accuracy": "median held-out accuracy",
            "horizon": f"recall horizon at {score} ≥ {self.threshold:g}",
        }[claim.measure]
        if claim.length:
            self.what += f" at T = {claim.length}"

    def made(self) -> Made:
        task = self.tables["summary"]["task"].iloc[0]
        if self.claim.task and not same_task(self.claim.task, task):
            raise NotTestedError(f"this study's task is {task}")
        test, measured, sides = getattr(self, f"_{self.claim.kind}")()
        budgets = self.tables["budgets"]
        if self.claim.epoch is not None:
            budgets = budgets[budgets["epoch"] <= self.claim.epoch]
        after = spent(budgets, [m for m in self.claim.models if m in self.look["models"]])
        return f"{test}, after {after}", measured, sides

    def _order(self) -> Made:
        first, second = map(self._tested, self.claim.order)
        above, below = ([self._of(model) for model in models] for models in (first, second))
        return (
            f"{self.what}: {_named(above)} above {_named(below)}",
            [*above, *below],
            [side(one.interval, other.interval) for one in above for other in below],
        )

    def _bound(self) -> Made:
        bound = self.claim.bound
        cells = [self._of(model) for model in self._tested(bound.models)]
        ends = {"at least": bound.at_least, "at most": bound.at_most}
        words = " and ".join(f"{of} {end:g}" for of, end in ends.items() if end is not None)
        least = -math.inf if bound.at_least is None else bound.at_least
        most = math.inf if bound.at_most is None else bound.at_most
        return (
            f"{self.what}: {_named(cells)} {words}",
            cells,
            [within(cell.interval, least, most) for cell in cells],
        )

    def _chance(self) -> Made:
        cells = [self._of(model) for model in self._tested(self.claim.chance)]
        return (
            f"{self.what}: {_named(cells)} below {NONE:g}, which is chance to a tenth",
            cells,
            [side(exactly(NONE), cell.interval) for cell in cells],
        )

    def _falls(self) -> Made:
        models, beyond = self._tested(self.claim.falls.models), self.claim.falls.beyond
        summary = self.tables["summary"]
        lengths = [
            length
            for length in self.lengths
            if {*models} <= set(summary.loc[summary["length"] == length, "model"])
        ]
        longest = lengths[-1] if lengths else 0
        start = max((length for length in lengths if length <= beyond), default=longest)
        if start == longest:
            labels = listed(self.look["labels"][model] for model in models)
            raise NotTestedError(f"no lengths of {labels} lie on both sides of T = {beyond}")
        near, far = ([self._of(model, t) for model in models] for t in (start, longest))
        return (
            f"{self.what}: {_named(near)} lower at T = {longest} than at T = {start}",
            [
                cell._replace(label=f"{cell.label} at T = {t}")
                for pair in zip(near, far, strict=True)
                for cell, t in zip(pair, (start, longest), strict=True)
            ],
            [side(a.interval, b.interval) for a, b in zip(near, far, strict=True)],
        )

    def _tested(self, models: list[str]) -> list[str]:
        """Those of `models` that the study has."""
        found = [model for model in models if model in self.look["models"]]
        if not found:
            raise NotTestedError(f"this study has no {' and no '.join(models)}")
        return found

    def _of(self, model: str, length: int | None = None) -> Measured:
        """What was measured of `model`, at the claim's length if no other is given."""
        label, measure = self.look["labels"][model], self.claim.measure
        if measure == "horizon":
            rows = self.tables["budgets"]
            row = self._after(rows[rows["threshold"] == self.threshold], model)
            return Measured(label, horizon_text(row), reach_of(row))
        length, rows = length or self.claim.length, self.tables["summary"]
        if length not in self.lengths:
            raise NotTestedError(f"this study has no T = {length}")
        if f"{measure}_median" not in rows:
            raise NotTestedError("this study's answers are numbers, which have no accuracy")
        rows = rows[rows["length"] == length]
        if model not in set(rows["model"]):
            raise NotTestedError(f"{label} is not trained at T = {length}")
        row = self._after(rows, model)
        column = f"{measure}_median"
        return Measured(label, with_interval(row, column), interval(row, column))

    def _after(self, rows: pd.DataFrame, model: str) -> pd.Series:
        """The row of `model` after the claim's epoch, or its last."""
        rows = rows[rows["model"] == model]
        epoch = rows["epoch"].max() if self.claim.epoch is None else self.claim.epoch
        if epoch not in set(rows["epoch"]):
            raise NotTestedError(f"this study has no losses of epoch {epoch}")
        return rows[rows["epoch"] == epoch].iloc[0]


def same_task(one: str, other: str) -> bool:
    """Whether two names are of one task: `-` and `_` are the same in them."""
    return one.replace("-", "_") == other.replace("-", "_")


def _named(cells: Iterable[Measured]) -> str:
    return listed(cell.label for cell in cells)
