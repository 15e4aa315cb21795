"""The configuration, checked before anything else, and what every rule needs of it.

This file stands beside the package so that Snakemake, which lets a Snakefile import from its own
folder, finds the package; the prefix makes it importable in every job, on every executor.
"""

import json

from snakemake.exceptions import WorkflowError

from recall_horizon import catalogue, source
from recall_horizon.config.study import load
from recall_horizon.errors import RecallHorizonError
from recall_horizon.files import canonical_json

try:
    STUDY = load(config)
except RecallHorizonError as error:
    raise WorkflowError(str(error)) from None

shell.prefix(f"set -euo pipefail; export PYTHONPATH={workflow.current_basedir}; ")


wildcard_constraints:
    length=r"\d+",
    first=r"\d+",
    last=r"\d+",
    model=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    figure=r"[a-z_]+",


SHARDS = [f"{first}-{last}" for first, last in STUDY.shards]
FIGURES = catalogue.figures()


def code(step, *references):
    """The digest of the code that a step runs, with what it finds by name."""
    modules = [reference.partition(":")[0] for reference in references]
    return source.digest(f"recall_horizon.cli.{step}", *modules)
