"""What the report says of networks at other lengths than those that they were trained on: the rows
of tables that its sentences are about. Nothing is decided here."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from recall_horizon.config.look import Look

Row = dict[str, Any]

# Keys of `training` that make no difference to what is trained.
BESIDES = ("curriculum", "grow_below", "evaluate_at", "device")


class Pair(NamedTuple):
    """The same network, trained on one length each and on all at once; either may be missing."""

    alone: str | None
    together: str | None


class Transfers:
    """The tables of transfer, as sentences ask for them. False of a study that lacks them.

    Args:
        tables: the study's, by their names.
        look: order of its models, and their partners.
        study: its configuration.
    """

    def __init__(
        self, tables: Mapping[str, pd.DataFrame], look: Look, study: Mapping[str, Any]
    ) -> None:
        self.tables, self.look, self.study = tables, look, study
        self.table = tables.get("generalisation", pd.DataFrame())
        if len(self.table):
            self.table = self.table[self.table["threshold"] == self.table["threshold"].max()]

    def __bool__(self) -> bool:
        return len(self.table) > 0

    def together(self, model: str) -> Row | None:
        """The row of generalisation of a model that is trained on all lengths; None of another."""
        found = [row for row in self._rows(model) if not row["trained_on"].isdecimal()]
        return found[0] if found else None

    def learned(self, model: str) -> dict[str, list[int]]:
        """The lengths at which networks of one length have learned the same, by what it is."""
        found: dict[str, list[int]] = {}
        for row in self._rows(model):
            if row["trained_on"].isdecimal():
                found.setdefault(row["recalls"], []).append(int(row["trained_on"]))
        return found

    def pairs(self) -> list[Pair]:
        """Every model of the study once, with its partner where it has one; in order."""
        partners = self.look.partners
        known = [m for m in self.look.models if m in set(self.table["model"])]
        pairs = []
        for model in known:
            if self.together(model):
                if partners.get(model) not in known:
                    pairs.append(Pair(None, model))
                continue
            own = [name for name in known if partners.get(name) == model]
            pairs += [Pair(model, name) for name in own or [None]]
        return pairs

    def both(self) -> list[Pair]:
        """The models that are trained both ways."""
        return [pair for pair in self.pairs() if pair.alone and pair.together]

    def of(self, model: str) -> list[Pair]:
        """The pairs that a model is one of."""
        return [pair for pair in self.pairs() if model in pair]

    def timer(self, model: str) -> Row | None:
        """The longest length at which networks of one length are timers: its score `at` that length
        and the score at the `other` length beside it, the next longer one if they can read it."""
        for length in self.learned(model).get("timer", [])[-1:]:
            cells = self._cells(model, str(length))
            others = [row for row in cells if row["unread"] < row["replicates"]]
            longer = [row for row in others if row["tested_at"] > length]
            shorter = [row for row in others if row["tested_at"] < length]
            at = next(row for row in cells if row["tested_at"] == length)
            return {"at": at, "other": longer[0] if longer else shorter[-1]}
        return None

    @property
    def correlated(self) -> bool:
        """Whether correlations of answers with targets are known: not of classes, nor in tables of
        an earlier version."""
        cells = self.tables["transfer_summary"]
        return "correlation" in cells and bool(cells["correlation"].notna().any())

    def elsewhere(self, model: str) -> tuple[float, float] | None:
        """The least and the greatest median correlation of networks of one length each at all other
        lengths, where there are two at least."""
        if not self.correlated:
            return None
        cells = self.tables["transfer_summary"]
        alone = cells["trained_on"].str.isdecimal() & (cells["model"] == model)
        other = cells[alone & (cells["trained_on"] != cells["tested_at"].astype(str))]
        found = other["correlation"].dropna()
        return (found.min(), found.max()) if len(found) > 1 else None

    def trained(self, model: str) -> list[int]:
        """The lengths that a model is trained on."""
        models = self.tables["models"]
        return sorted(int(length) for length in models.loc[models["model"] == model, "length"])

    def across(self, model: str) -> list[Row]:
        """The scores of a model that is trained on all lengths, by the length tested at."""
        row = self.together(model)
        assert row
        return self._cells(model, row["trained_on"])

    def cell(self, model: str, tested_at: float) -> Row:
        """The scores of a model that is trained on all lengths at one of them or another."""
        return next(cell for cell in self.across(model) if cell["tested_at"] == tested_at)

    def tested(self, model: str) -> list[int]:
        """The lengths at which a model is tested that is trained on all."""
        return [int(cell["tested_at"]) for cell in self.across(model)]

    def beyond(self, model: str) -> list[int]:
        """The lengths, longer than those it is trained on, at which such a model is tested."""
        return [length for length in self.tested(model) if length > self.trained(model)[-1]]

    def passing(self, model: str, fails: bool = False) -> list[int]:
        """Those of its lengths at which such a model clearly passes, or clearly fails."""
        trained, bound = self.trained(model), self.table["threshold"].max()
        cells = [c for c in self.across(model) if c["tested_at"] in trained]
        if fails:
            return [int(c["tested_at"]) for c in cells if c["score_high"] < bound]
        return [int(c["tested_at"]) for c in cells if c["score_low"] >= bound]

    def recalls_all(self, model: str) -> bool:
        """Whether networks of one length each clearly recall at every one of their lengths."""
        outcomes = self.tables["outcomes"]
        return set(outcomes.loc[outcomes["model"] == model, "recalls"]) == {"yes"}

    def apart(self, pair: Pair) -> Iterator[tuple[str, Any, Any]]:
        """Keys of training that differ within a pair, with the value of either."""
        one, other = (
            {**self.study["training"], **(self.study["model_zoo"][model]["training"] or {})}
            for model in pair
        )
        for key, value in one.items():
            if key not in BESIDES and value != other.get(key):
                yield key, value, other.get(key)

    def _rows(self, model: str) -> list[Row]:
        return self.table[self.table["model"] == model].to_dict("records")

    def _cells(self, model: str, trained_on: str) -> list[Row]:
        """The scores of some networks, by the length tested at."""
        cells = self.tables["transfer_summary"]
        cells = cells[(cells["model"] == model) & (cells["trained_on"] == trained_on)]
        return cells.sort_values("tested_at").to_dict("records")
