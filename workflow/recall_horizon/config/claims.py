"""What others have published, as claims that a study's results are held against."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, NonNegativeInt, PositiveInt, model_validator

from recall_horizon.config.section import PlainName, Section, distinct, printable

KINDS = ("order", "bound", "chance", "falls")
OF_SEARCH = ("rates", "highest_rate")  # what is measured in the search for training settings
Models = Annotated[list[PlainName], Field(min_length=1), AfterValidator(distinct)]


def _printable_lines(text: str) -> str:
    printable(text.replace("\n", " "))
    return text


# Text of one line or several.
Prose = Annotated[str, Field(min_length=1), AfterValidator(_printable_lines)]


class Bound(Section):
    """Models that reach a value, or stay below one; give `at_least`, `at_most` or both."""

    models: Models
    """Names of entries in the model zoo."""
    at_least: float | None = None
    """Each of them has at least this."""
    at_most: float | None = None
    """Each of them has at most this."""

    @model_validator(mode="after")
    def _has_an_end(self) -> "Bound":
        if self.at_least is None and self.at_most is None:
            raise ValueError("should give at_least or at_most")
        return self


class Fall(Section):
    """Models that do clearly worse at the longest length that they share than at a shorter one."""

    models: Models
    """Names of entries in the model zoo."""
    beyond: PositiveInt
    """They fall beyond this length: from the longest length up to it to the longest of all that
    they share."""


class Claim(Section):
    """A published claim; give one of `order`, `bound`, `chance` and `falls`."""

    source: Prose
    """Who says it, and where: authors, year, table or figure."""
    says: Prose
    """What the source says, in a sentence."""
    seen: bool = True
    """Whether who wrote this claim down has seen it in the source; false marks it on the page."""
    task: str | None = None
    """The task that it is about; it is not judged by a study of another. null: any."""
    measure: Literal["score", "accuracy", "horizon", "rates", "highest_rate"] = "score"
    """What is compared: the median score or accuracy; the recall horizon at the highest of
    analysis.horizon_score; or, of a study that tries several learning rates, the median over search
    replicates of at how many of them a model solves the task, or of the highest at which it
    does."""
    length: PositiveInt | None = None
    """The length at which it is compared; a horizon has none, and `falls` has its own. The score
    of a network on several lengths may be compared at one of analysis.test_lengths as well."""
    epoch: NonNegativeInt | None = None
    """The evaluated epoch after which it is compared; null takes each model's last."""
    order: Annotated[list[Models], Field(min_length=2, max_length=2)] | None = None
    """Two lists of models: each of the first is above each of the second."""
    bound: Bound | None = None
    """A value that models reach, or stay below."""
    chance: Models | None = None
    """Models that score as chance does, to a tenth of it."""
    falls: Fall | None = None
    """Models that do worse at long lengths than at short ones."""

    @model_validator(mode="after")
    def _is_one_claim(self) -> "Claim":
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError(
                f"should give one of {', '.join(KINDS)}; gives {' and '.join(given) or 'none'}"
            )
        if self.measure == "horizon" and self.kind != "order":
            raise ValueError("of horizons, only an order can be claimed")
        if self.measure != "score" and self.kind == "chance":
            raise ValueError(f"measure should be score: chance has no {self.measure}")
        if self.measure in OF_SEARCH and self.epoch is not None:
            raise ValueError("epoch should be left out: a search is scored after its last")
        if self.measure == "horizon" or self.kind == "falls":
            if self.length is not None:
                raise ValueError("length should be left out: this claim is about all lengths")
        elif self.length is None:
            raise ValueError("length is missing: at which one is it?")
        return self

    @property
    def kind(self) -> str:
        """Which of KINDS it is."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def models(self) -> list[str]:
        """Every model that it is about."""
        lists = [*(self.order or ()), self.chance or []]
        lists += [part.models for part in (self.bound, self.falls) if part]
        return [model for models in lists for model in models]
