"""What documents quote of a finished study: numbers and sentences, each from its tables."""

from collections.abc import Iterable, Mapping
from typing import Any

import jinja2
import pandas as pd

from recall_horizon.analysis.replicates import final
from recall_horizon.presentation import claims
from recall_horizon.presentation.explanations import ended
from recall_horizon.presentation.findings import findings
from recall_horizon.presentation.growth import spent, stated
from recall_horizon.presentation.intervals import with_interval, with_replicates
from recall_horizon.presentation.quantities import duration


class Quotes:
    """A study's results, in the words that its page has for them.

    Args:
        tables: the study's, by their names, as a reference keeps them.
        look: order, labels and colours of its models, by `Study.look`.
        provenance: where its numbers come from, by `provenance.gather`.
    """

    def __init__(
        self,
        tables: dict[str, pd.DataFrame],
        look: dict[str, Any],
        provenance: Mapping[str, Any],
    ) -> None:
        self.tables = tables
        self.look = look
        self.models = [m for m in look["models"] if m not in look["controls"]]
        self.threshold = tables["horizons"]["threshold"].max()
        self.training = provenance["training"]
        self._sentences = findings(tables, look, provenance["study"]["analysis"]["solved_score"])

    def says(self, *figures: str) -> str:
        """The computed sentences that stand beside `figures`."""
        return " ".join(sentence for figure in figures for sentence in self._sentences[figure])

    def horizon(self, model: str) -> str:
        """The horizon of `model` at the highest threshold: `14 [11, 18] and still growing`."""
        rows = self.tables["horizons"]
        row = rows[(rows["model"] == model) & (rows["threshold"] == self.threshold)].iloc[0]
        return stated(self.tables, row)

    def spent(self, model: str) -> str:
        """The budget of `model`: `100 epochs of one batch of 1,000 sequences`."""
        return spent(self.tables["budgets"], [model])

    def score(self, model: str, length: int) -> str:
        """The median held-out score after the last epoch, with its interval."""
        return with_interval(self._summary(model, length), "score_median")

    def solved(self, model: str, length: int) -> str:
        """How many replicates solved the task: `3 of 10`."""
        row = self._summary(model, length)
        return f"{row['solved']} of {row['replicates']}"

    def outcomes(self, model: str, length: int) -> str:
        """How replicates ended: `6 memorised and 4 not started`."""
        return ended(self._cell("outcomes", model, length))

    def chosen(self, model: str, length: int, key: str) -> str:
        """The value of a training setting that the study selected."""
        rows = self.tables["selection"]
        rows = rows[(rows["model"] == model) & (rows["length"] == length) & rows["chosen"]]
        return f"{rows[key].iloc[0]:g}"

    def claims(self) -> str:
        """The verdicts on what others have published, as a table in Markdown."""
        rows = [
            [claims.source(row.source, row.seen), row.says, row.test, row.measured, row.verdict]
            for row in self.tables["claims"].itertuples()
        ]
        head = ["source", "what it says", "compared here", "measured", "verdict"]
        return markdown(head, rows)

    def parameters(self) -> str:
        """The least and the most parameters of its models at their longest lengths, controls left
        out: `4,650 to 4,790`."""
        table = self.tables["models"]
        longest = table["length"] == table.groupby("model")["length"].transform("max")
        numbers = table.loc[table["model"].isin(self.models) & longest, "parameters"]
        return f"{numbers.min():,} to {numbers.max():,}"

    def replicates(self, model: str | None = None) -> int:
        """The replicates of each length of `model`, or of all models where they are as many."""
        table = self.tables["summary"]
        (number,) = set(
            table.loc[table["model"].isin([model] if model else self.models), "replicates"]
        )
        return int(number)

    def longest(self, model: str) -> int:
        """The longest sequences that `model` was trained on."""
        table = self.tables["summary"]
        return int(table.loc[table["model"] == model, "length"].max())

    def horizons(self) -> str:
        """The horizon of each model, as a table in Markdown."""
        return horizons_table([self], ["recall horizon"])

    def trained(self) -> str:
        """What training took: `550 replicates, 34.2 min of one core`."""
        return (
            f"{self.training['replicates']:,} replicates, {duration(self.training['seconds'])} of "
            "one core"
        )

    def _summary(self, model: str, length: int) -> pd.Series:
        rows = final(self.tables["summary"], model)
        return rows[rows["length"] == length].iloc[0]

    def _cell(self, table: str, model: str, length: int) -> pd.Series:
        rows = self.tables[table]
        return rows[(rows["model"] == model) & (rows["length"] == length)].iloc[0]


def filled(template: str, studies: Mapping[str, Any]) -> str:
    """`template` with its expressions replaced, such as `{{ default.horizon("lstm") }}`.

    A study's name has `_` there where it has `-`.

    Raises:
        jinja2.UndefinedError: it names a study that is not among `studies`.
    """
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.from_string(template).render(
        {name.replace("-", "_"): study for name, study in studies.items()}
    )


def horizons_table(studies: Iterable[Quotes], titles: Iterable[str]) -> str:
    """The horizons of every model of the first of `studies`, a column for each study, in Markdown.

    Models that are controls are left out; a model that another study lacks has an empty cell.
    """
    studies = list(studies)
    first = studies[0]
    rows = [
        [
            with_replicates(first.look["labels"][model], first.tables["summary"], model),
            *(s.horizon(model) if model in s.models else "" for s in studies),
        ]
        for model in first.models
    ]
    return markdown(["model", *titles], rows)


def markdown(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
