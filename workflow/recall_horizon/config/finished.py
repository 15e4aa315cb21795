"""The configuration of a study that has run, as its provenance recorded it."""

from pathlib import Path
from typing import Any

from recall_horizon.config.load import load
from recall_horizon.config.study import Study
from recall_horizon.errors import ConfigError, DamagedFileError
from recall_horizon.storage import provenance

# Keys of `analysis` that older studies have recorded.
OUTDATED = ("bootstrap_draws",)


def read(folder: Path) -> tuple[dict[str, Any], Study]:
    """The provenance of the study, or the reference, in `folder`, and its configuration.

    Raises:
        RecallHorizonError: there is none.
        DamagedFileError: it is not what a run has written, or not what this version reads.
    """
    found = provenance.read(folder)
    try:
        return found, load(_current(found["study"]), to_run=False)
    except ConfigError as error:
        raise DamagedFileError(
            f"{folder / provenance.FILE} holds no configuration that this version of "
            f"recall-horizon reads: {error}"
        ) from None


def _current(recorded: dict[str, Any]) -> dict[str, Any]:
    """A recorded configuration as this version of the project reads it."""
    analysis = recorded.get("analysis")
    if isinstance(analysis, dict):
        analysis = {key: value for key, value in analysis.items() if key not in OUTDATED}
        recorded = {**recorded, "analysis": analysis}
    return recorded
