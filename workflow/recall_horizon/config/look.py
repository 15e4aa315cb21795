"""What figures and text receive of a study. It imports nothing, so that they import little."""

from typing import NamedTuple


class Look(NamedTuple):
    """What the configuration decides about figures and text, by `shown.look_of`.

    It is handed to steps as JSON of `_asdict()`.
    """

    headline: str
    """The model that the degradation figure and the report's first words are about."""
    models: list[str]
    """The study's models, in order."""
    labels: dict[str, str]
    """What each is called."""
    colours: dict[str, str]
    """The colour of each, as #rrggbb."""
    controls: list[str]
    """Those that are controls, which figures show in grey."""
    confidence: float
    """What intervals should cover."""
    words: dict[str, str]
    """What the task calls its loss, its score and what it is about, by `shown.words_of`."""
    levels: dict[str, float | dict[int, float]] = {}
    """The scores of the task that mean something, by what they mean: one, or one a length."""
    partners: dict[str, str] = {}
    """For a model that is trained on all lengths, the same network trained on one each."""
