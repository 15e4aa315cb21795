"""A finished study in Python: configuration, tables, charts, and networks with cached weights::

    import recall_horizon

    study = recall_horizon.open_study("results/default")
    study.horizons  # a DataFrame
    study.chart("models")  # an Altair chart
    study.figure("degradation")  # a matplotlib figure
    study.model("lstm", length=20, replicate=3)  # a torch module

Nothing here trains or writes anything. A study's files are data, whoever made them: code outside
the package that they name is imported only for who says so, `open_study(folder, trust=True)`.
"""

import importlib
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from recall_horizon.code import catalogue
from recall_horizon.config import finished, outputs, shown
from recall_horizon.config.look import Look
from recall_horizon.errors import RecallHorizonError, nearest
from recall_horizon.storage import layout, tables

if TYPE_CHECKING:
    import altair
    import matplotlib.figure
    import torch


def open_study(folder: str | Path, trust: bool = False) -> "FinishedStudy":
    """The finished study whose results are in `folder`, such as `results/default`.

    Args:
        folder: of its results, or of a reference that is kept of it: `report/reference/default`.
        trust: whether code outside this package that the study's files name may be imported and
            run, to build its networks. Say so only of files whose author you know.

    Raises:
        RecallHorizonError: there is no finished study in `folder`.
    """
    return FinishedStudy(Path(folder), trust)


class _Table:
    """A table of a study, read when it is first used."""

    def __init__(self, about: str) -> None:
        self.__doc__ = about

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, study: "FinishedStudy | None", owner: type) -> Any:
        return self if study is None else study.table(self.name)


class FinishedStudy:
    """What a study found. Its tables are the CSV files in `tables/`, as DataFrames."""

    losses = _Table(
        "Every evaluated loss: study, task, model, length, replicate, epoch; train_loss, test_loss "
        "(held-out), chance_loss (of the best answer that ignores the sequence); score, "
        "1 − test_loss / chance_loss, and score_error, its standard error over test sequences; "
        "accuracy, of classes; status, ok or diverged."
    )
    summary = _Table(
        "Statistics over replicates for each model, length and epoch: replicates, diverged; of "
        "train_loss, test_loss, score and accuracy the median with the ends of its interval, …_low "
        "and …_high, which covers `coverage`; solved, solved_fraction and its interval."
    )
    horizons = _Table(
        "The recall horizon of each model and threshold, a bracket of tested lengths: passes (0 "
        "where the shortest fails), fails (infinite where all pass); its interval, from low on and "
        "before high, with its coverage; versus_headline, whether it is longer or shorter."
    )
    budgets = _Table(
        "The same after each evaluated epoch, with the steps of Adam, the sequences seen and the "
        "elements read until then."
    )
    growth = _Table(
        "What the second half of training did to a horizon, in the same replicates: both brackets, "
        "the change of the score at the first length that fails, the verdict."
    )
    outcomes = _Table(
        "How the replicates of each model and length ended: counts of recalled, partly_recalled, "
        "memorised, not_started, diverged; medians with intervals, and what they show: recalls, "
        "versus_chance, versus_training, memorises."
    )
    transfer = _Table(
        "Every network at every length that it was tested at: model, trained_on (a length, or the "
        "curriculum of several), tested_at, replicate; test_loss, chance_loss, score, score_error, "
        "accuracy; correlation, of answers with targets where these are numbers; status, ok, "
        "unread (it cannot read sequences of that length) or diverged."
    )
    transfer_summary = _Table(
        "The median score of each model, by what it was trained on and the length it is tested at, "
        "with its interval: score, score_low, score_high, coverage; the same of the correlation of "
        "answers with targets, and follows, what it shows: yes, reversed, no or unclear; of "
        "classes, the same of the accuracy; replicates, and how many of them are unread."
    )
    memory = _Table(
        "The memory function, where a task asks for several numbers at once: the median score of "
        "each number of the answer (answer, from 1), with its interval; capacity, the median of "
        "their sums."
    )
    frontier = _Table(
        "What recall costs, of models of several sizes: family, width, state, parameters, elements "
        "read in training, its horizon for each threshold, and frontier, whether no other recalls "
        "as far with less state."
    )
    generalisation = _Table(
        "How far networks recall beyond what they were trained on, for each threshold: the "
        "generalisation horizon, as a bracket with its interval; recalls, what they have learned: "
        "memory, timer, part, nothing or unclear; memories and timers, of how many replicates."
    )
    models = _Table(
        "Each model at each length: architecture, width, parameters, state (numbers kept of what "
        "was read), recurrent, and score_ceiling, where the most it can score is known exactly."
    )
    datasets = _Table(
        "Each dataset: sizes of its splits, its digest, the chance level stated and measured."
    )
    examples = _Table("A held-out sequence, and its answer: a row for each number.")
    sensitivity = _Table(
        "How much the first element moves each replicate's answer: s0, relative to the last, "
        "before training; concentration, the share of all sensitivity that rests on it after "
        "training."
    )
    profiles = _Table(
        "The mean sensitivity of answers to each position, before and after training."
    )
    predictions = _Table("The horizon that each model's untrained networks predict.")
    rules = _Table(
        "What tells which recurrent models recall at which lengths: the gradient before training, "
        "the best constant answer, the best cut in length."
    )
    selection = _Table(
        "Each candidate's validation score, and which was chosen, where the study selects."
    )
    windows = _Table(
        "The learning rates at which each model solves the task, at each length or on all, where "
        "the study tries several: low, high, decades; rates, solve and gaps, how many were tried, "
        "solve, and do not solve between low and high; open, where the window may go on."
    )
    claims = _Table(
        "What others have published: a row for each model, what was measured, the verdict."
    )
    controls = _Table("What a correct pipeline must measure, what was measured, the verdict.")
    verification = _Table("Each model and length against a reference, with the verdict.")

    def __init__(self, folder: Path, trust: bool = False) -> None:
        self.folder = folder
        self.trust = trust
        self.provenance, self.config = finished.read(folder)
        self._read = cache(self._read_table)

    def __repr__(self) -> str:
        return f"<study {self.config.study!r}: {', '.join(self.config.models)}>"

    @cached_property
    def look(self) -> Look:
        """Order, labels and colours of its models, and its task's words, as figures use them."""
        return shown.look_of(self.config, self._asked["words"], self._asked.get("levels", {}))

    @property
    def question(self) -> str:
        """What its task asks, for someone who has not heard of it."""
        return self._asked["question"]

    def table(self, name: str) -> pd.DataFrame:
        """The table `tables/NAME.csv`, a copy.

        Raises:
            RecallHorizonError: the study has no such table.
        """
        return self._read(name).copy()

    @property
    def several(self) -> bool:
        """Whether its task asks for several numbers at once."""
        asked = self._asked["shapes"].values() if self.look.words["short"] == "MSE" else ()
        return any(shape["outputs"] > 1 for shape in asked)

    @property
    def optional(self) -> list[str]:
        """Those of its tables that not every study has."""
        return outputs.optional(self.config, self.several)

    def tables(self) -> dict[str, pd.DataFrame]:
        """All its tables, by name."""
        made = layout.tables(self.optional)
        if layout.is_reference(self.folder):  # which keeps some
            made = [n for n in made if layout.kept_table(self.folder, n).exists()]
        return {name: self.table(name) for name in made}

    def figure(self, name: str) -> "matplotlib.figure.Figure":
        """A figure of the study's page, such as `degradation`, drawn from its tables.

        A notebook shows it. pyplot does not know it, and keeps its settings and open figures.
        """
        from recall_horizon.presentation.figures.style import drawn

        module = self._figure(name)
        return drawn(module, self._drawn_from(module), self.look)

    def chart(self, name: str) -> "altair.LayerChart":
        """An interactive chart of the study's page.

        `name` is `degradation`, `models`, `transfer` or `sensitivity`. Its parameters,
        which controls set on the page, have their first values.

        Raises:
            RecallHorizonError: the figure of this name is not interactive.
        """
        import altair

        module = self._figure(name)
        if not hasattr(module, "chart"):
            raise RecallHorizonError(f"the figure {name!r} is not interactive; use figure()")
        chart = module.chart(self._drawn_from(module), self.look)
        return altair.Chart.from_dict(chart.specification)

    def model(
        self, name: str, length: int, replicate: int = 0, trained: bool = True
    ) -> "torch.nn.Module":
        """One replicate's network, as it was after training or before, ready to be asked.

        With a curriculum, one network is trained on all lengths: it is the same at each. It takes
        sequences of shape (batch, steps, features) and answers as the task's `Shape` says.

        Raises:
            RecallHorizonError: the study has no such model, length or replicate.
        """
        from recall_horizon.analysis import networks

        self._known("model", name, self.config.models)
        self._known("length", length, self.config.lengths_of(name))
        self._known("replicate", replicate, list(range(self.config.replicates_of(name))))
        architecture = self.config.model_zoo[name].architecture
        self._trusted(f"model {name}, {architecture},", architecture)
        stage = "final" if trained else "initial"
        return networks.network(self.folder, self.config, name, length, replicate, stage)

    def held_out(self, length: int) -> tuple["torch.Tensor", "torch.Tensor"]:
        """The held-out sequences of a length and their targets, as `model` takes and answers them.

        Raises:
            RecallHorizonError: the study has no such length.
        """
        import torch

        from recall_horizon.data import datasets

        self._known("length", length, self.config.lengths)
        splits, _ = datasets.read(self.folder / layout.dataset(length), ["test"])
        x, y = splits["test"]
        return torch.from_numpy(x), torch.from_numpy(y)

    @cached_property
    def _asked(self) -> dict[str, Any]:
        """What its task asks, by `shown.asked`: older studies have not recorded it."""
        if asked := self.provenance.get("asked"):
            return asked
        self._trusted(f"task {self.config.task.name}", self.config.task.name)
        return shown.asked(self.config)

    def _trusted(self, what: str, name: str) -> None:
        """Refuse code that the study's files name, unless it is the package's own."""
        if catalogue.is_foreign(name) and not self.trust:
            raise RecallHorizonError(
                f"{self.folder}: its {what} is code outside recall-horizon, which is not run just "
                "because a study names it. If you know who made the study: "
                f"open_study({str(self.folder)!r}, trust=True)"
            )

    def _known(self, what: str, value: Any, among: list[Any]) -> None:
        if value not in among:
            advice = nearest(value, map(str, among))
            raise RecallHorizonError(f"study {self.config.study} has no {what} {value!r}; {advice}")

    def _figure(self, name: str) -> Any:
        self._known("figure", name, catalogue.figures())
        return importlib.import_module(catalogue.figure(name))

    def _drawn_from(self, module: Any) -> dict[str, pd.DataFrame]:
        return {name: self.table(name) for name in module.TABLES}

    def _read_table(self, name: str) -> pd.DataFrame:
        return tables.read(layout.kept_table(self.folder, name))
