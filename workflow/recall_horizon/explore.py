"""A finished study in Python: configuration, tables, charts, and networks with cached weights.

    import recall_horizon

    study = recall_horizon.open_study("results/default")
    study.horizons  # a DataFrame
    study.chart("models")  # an Altair chart
    study.figure("degradation")  # a matplotlib figure
    study.model("lstm", length=20, replicate=3)  # a torch module

Nothing here trains or writes anything.
"""

import importlib
import json
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from recall_horizon.config.load import load
from recall_horizon.config.study import Study
from recall_horizon.errors import RecallHorizonError, nearest
from recall_horizon.storage import tables

if TYPE_CHECKING:
    import altair
    import matplotlib.figure
    import torch

# Keys that a study's provenance leaves out, since they affect no number.
LEFT_OUT = {"checkpoint_seconds": 60}


def open_study(folder: str | Path) -> "FinishedStudy":
    """The finished study whose results are in `folder`, such as `results/default`.

    Raises:
        RecallHorizonError: there is no finished study in `folder`.
    """
    return FinishedStudy(Path(folder))


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
        "1 − test_loss / chance_loss; accuracy, of classes; status, ok or diverged."
    )
    summary = _Table(
        "Statistics over replicates for each model, length and epoch: replicates, diverged; of "
        "train_loss, test_loss, score and accuracy the median and the iqm (interquartile mean), "
        "each with the ends of its interval, …_low and …_high; solved, solved_fraction and its "
        "interval."
    )
    horizons = _Table(
        "The recall horizon of each model and threshold: horizon, low, high (lengths), and whether "
        "each is censored: none, below (less than the shortest length) or above (at least the "
        "longest)."
    )
    budgets = _Table(
        "The same after each evaluated epoch, with the steps of Adam and the sequences seen until "
        "then."
    )
    growth = _Table(
        "What the last doubling of the budget did to a horizon: from_epoch, epoch, the horizons at "
        "both, and growth, the factor between them, with its interval."
    )
    outcomes = _Table(
        "How the replicates of each model and length ended: counts of recalled, partly_recalled, "
        "memorised, not_started, diverged."
    )
    models = _Table(
        "Each model at each length: architecture, width, parameters, state (numbers kept of what "
        "was read), recurrent, and score_ceiling, where the most it can score is known exactly."
    )
    datasets = _Table(
        "Each dataset: sizes of its splits, its digest, the chance level stated and measured."
    )
    sensitivity = _Table(
        "How much the first element moves each replicate's answer: s0, relative to the last, "
        "before training; concentration, the share of all sensitivity that rests on it after "
        "training."
    )
    profiles = _Table(
        "The mean sensitivity of answers to each position, before and after training."
    )
    predictions = _Table("The horizon that each model's untrained networks predict.")
    selection = _Table(
        "Each candidate's validation score, and which was chosen, where the study selects."
    )
    claims = _Table("What others have published: source, what was measured, the verdict.")
    controls = _Table("What a correct pipeline must measure, what was measured, the verdict.")
    verification = _Table("Each model and length against a reference, with the verdict.")

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = folder / "provenance.json"
        try:
            self.provenance = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise RecallHorizonError(
                f"{folder} is not the folder of a finished study: it has no provenance.json. "
                "`snakemake` writes it at the end of a run."
            ) from error
        self.config: Study = load({**LEFT_OUT, **self.provenance["study"]}, to_run=False)
        self._read = cache(self._read_table)

    def __repr__(self) -> str:
        return f"<study {self.config.study!r}: {', '.join(self.config.models)}>"

    @cached_property
    def look(self) -> dict[str, Any]:
        """Order, labels and colours of its models, and its task's words, as figures use them."""
        return self.config.look()

    def table(self, name: str) -> pd.DataFrame:
        """The table `tables/NAME.csv`, a copy.

        Raises:
            RecallHorizonError: the study has no such table.
        """
        return self._read(name).copy()

    def tables(self) -> dict[str, pd.DataFrame]:
        """All its tables, by name."""
        names = sorted(path.stem for path in (self.folder / "tables").glob("*.csv"))
        return {name: self.table(name) for name in names}

    def figure(self, name: str) -> "matplotlib.figure.Figure":
        """A figure of the study's page, such as `degradation`, drawn from its tables.

        A notebook shows it. pyplot does not know it, and keeps its settings and open figures.
        """
        from recall_horizon.presentation.figures.style import Look, drawn

        module = self._figure(name)
        return drawn(module, self._drawn_from(module), Look(**self.look))

    def chart(self, name: str) -> "altair.LayerChart":
        """An interactive chart of the study's page, `models` or `sensitivity`.

        Its parameters, which controls set on the page, have their first values.

        Raises:
            RecallHorizonError: the figure of this name is not interactive.
        """
        import altair

        from recall_horizon.presentation.figures.style import Look

        module = self._figure(name)
        if not hasattr(module, "chart"):
            raise RecallHorizonError(f"the figure {name!r} is not interactive; use figure()")
        chart = module.chart(self._drawn_from(module), Look(**self.look))
        return altair.Chart.from_dict(chart.specification)

    def model(
        self, name: str, length: int, replicate: int = 0, trained: bool = True
    ) -> "torch.nn.Module":
        """One replicate's network, as it was after training or before, ready to be asked.

        It takes sequences of shape (batch, steps, features) and answers as the task's `Shape` says.

        Raises:
            RecallHorizonError: the study has no such model, length or replicate.
        """
        from recall_horizon.analysis.probes import give_weights
        from recall_horizon.config.training import TrainingSpec
        from recall_horizon.storage.files import read_tensors
        from recall_horizon.training.loop import build

        tensors, about = read_tensors(self._weights(name, length, replicate))
        network = build(TrainingSpec.model_validate(about["spec"]), replicate)
        give_weights(network, tensors, replicate, "final" if trained else "initial")
        return network

    def held_out(self, length: int) -> tuple["torch.Tensor", "torch.Tensor"]:
        """The held-out sequences of a length and their targets, as `model` takes and answers them.

        Raises:
            RecallHorizonError: the study has no such length.
        """
        import torch

        from recall_horizon.data import datasets

        self._known("length", length, self.config.lengths)
        splits, _ = datasets.read(self.folder / "datasets" / f"T{length}.safetensors", ["test"])
        x, y = splits["test"]
        return torch.from_numpy(x), torch.from_numpy(y)

    def _weights(self, name: str, length: int, replicate: int) -> Path:
        self._known("model", name, self.config.models)
        self._known("length", length, self.config.lengths_of(name))
        self._known("replicate", replicate, list(range(self.config.replicates_of(name))))
        shards = self.config.shards_of(name)
        first, last = next(shard for shard in shards if shard[0] <= replicate <= shard[1])
        job = f"seeds-{first}-{last}.weights.safetensors"
        return self.folder / "runs" / name / f"T{length}" / job

    def _known(self, what: str, value: Any, among: list[Any]) -> None:
        if value not in among:
            advice = nearest(value, map(str, among))
            raise RecallHorizonError(f"study {self.config.study} has no {what} {value!r}; {advice}")

    def _figure(self, name: str) -> Any:
        from recall_horizon.code import catalogue

        self._known("figure", name, catalogue.figures())
        return importlib.import_module(catalogue.figure(name))

    def _drawn_from(self, module: Any) -> dict[str, pd.DataFrame]:
        return {name: self.table(name) for name in module.TABLES}

    def _read_table(self, name: str) -> pd.DataFrame:
        return tables.read(self.folder / "tables" / f"{name}.csv")
