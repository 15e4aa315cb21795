"""The configuration, checked before anything else, and what every rule needs of it.

This file stands beside the package so that Snakemake, which lets a Snakefile import from its own
folder, finds the package; the prefix makes it importable in every job, on every executor.
"""

import os
from pathlib import Path

from snakemake.exceptions import WorkflowError

from recall_horizon import catalogue, source
from recall_horizon.config.study import load
from recall_horizon.errors import RecallHorizonError
from recall_horizon.files import canonical_json
from recall_horizon.search_path import put_before

try:
    STUDY = load(config)
    SHUFFLED = STUDY.on_shuffled_targets()
except RecallHorizonError as error:
    raise WorkflowError(str(error)) from None

# Snakemake asks SLURM's accounts how jobs are: this answers where there are none.
put_before("sbatch", Path(workflow.current_basedir).resolve().parent / "profiles/slurm/bin")

shell.prefix(f"set -euo pipefail; export PYTHONPATH={workflow.current_basedir}; ")


wildcard_constraints:
    length=r"\d+",
    first=r"\d+",
    last=r"\d+",
    model=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    figure=r"[a-z_]+",


# Memory of Snakemake itself, which runs once more inside every job of a cluster.
IN_A_JOB_MB = 300
FIGURES = catalogue.figures()
# Relative to where Snakemake runs, so that a moved project has nothing to do again.
TEMPLATES = os.path.relpath(f"{workflow.current_basedir}/../report")


def jobs(models=STUDY.models):
    """The training jobs of models, as steps are told of them: by what spans them, not file by file.

    Thousands of paths would not fit a command line.
    """
    shards = [f"{first}-{last}" for first, last in STUDY.shards]
    spans = {"models": sorted(models), "lengths": STUDY.lengths, "shards": shards}
    return " ".join(f"--{name} {' '.join(map(str, span))}" for name, span in spans.items())


def code(step, *references, digest=source.digests):
    """The digests of the modules that a step runs, with what it finds by name."""
    modules = [reference.partition(":")[0] for reference in references]
    return digest(f"recall_horizon.cli.{step}", *modules)


def architecture(model):
    """The class of a model of the study, as `module:ClassName`."""
    return catalogue.reference("architecture", STUDY.model_zoo[model].architecture)


def training_code(wildcards, digest=source.digests):
    """The training code with the one architecture that a job trains."""
    return code("train", architecture(wildcards.model), digest=digest)


def training_spec(wildcards, study=STUDY):
    """All that decides the numbers of one training job, as JSON."""
    shard = (int(wildcards.length), int(wildcards.first), int(wildcards.last))
    return study.training_spec(wildcards.model, *shard).model_dump_json()


def checkpoint(run):
    """The checkpoint of the training job that records itself in `run`."""
    folder, _, job = run.rpartition("/runs/")
    return f"{folder}/checkpoints/{job.removesuffix('.run.json')}.safetensors"


def run_files(suffix, study=STUDY, folder="<results>/runs", models=None):
    """The files ending in `suffix` of the training jobs of a study, of all models or of some."""
    return expand(
        "{folder}/{model}/T{length}/seeds-{shard}{suffix}",
        folder=folder,
        model=study.models if models is None else models,
        length=study.lengths,
        shard=[f"{first}-{last}" for first, last in study.shards],
        suffix=suffix,
    )


def figure_tables(wildcards):
    """The tables that a figure's module says it is drawn from."""
    names = source.constant(f"recall_horizon.figures.{wildcards.figure}", "TABLES")
    return expand("<results>/tables/{table}.csv", table=names)
