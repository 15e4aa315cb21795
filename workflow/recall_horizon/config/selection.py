"""How training settings are selected on the validation split, before the replicates that count."""

import itertools
import json
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PositiveInt, create_model
from pydantic.fields import FieldInfo

from recall_horizon.config.section import Section, distinct
from recall_horizon.config.training import Changes, Training, TrainingChanges

# Samples and epochs are the budget, which is the same for every candidate, or the largest would
# win; where to evaluate and where to train change no score; a curriculum is another experiment.
NOT_SEARCHED = ("samples", "epochs", "evaluate_at", "device", "curriculum", "grow_below")
SEARCHED = {name: f for name, f in Training.model_fields.items() if name not in NOT_SEARCHED}


def _values(name: str, field: FieldInfo) -> Any:
    """The type of a list of values to try for a key."""
    described = Field(min_length=1, description=f"Values of training.{name} to try.")
    one = Annotated[field.annotation, *field.metadata, Field()]
    return Annotated[list[one], described, AfterValidator(distinct)]


Grid = create_model(
    "Grid",
    __base__=Changes,
    __doc__="Values to try for keys of `training`; every combination is a candidate.",
    **{name: (_values(name, field), None) for name, field in SEARCHED.items()},
)


class Selection(Section):
    """A search for training settings, for each model and length, scored on the validation split."""

    grid: Grid
    """The values to try; every combination is a candidate."""
    replicates: PositiveInt
    """Replicates of a candidate, with seeds of their own; they are never reported."""

    def candidates(self) -> dict[str, TrainingChanges]:
        """What each candidate changes in `training`, by its name, such as `learning_rate-0.01`.

        A name depends on a candidate's values alone, so a new candidate leaves the others' files as
        they are.
        """
        grid: dict[str, list[Any]] = dict(sorted(self.grid.model_dump().items()))
        found = {}
        for values in itertools.product(*grid.values()):
            change = dict(zip(grid, values, strict=True))
            name = "_".join(f"{key}-{json.dumps(value)}" for key, value in change.items())
            found[name] = TrainingChanges(**change)
        return found
