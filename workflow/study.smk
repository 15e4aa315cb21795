"""The configuration, checked before any rule, and what the rules need from it."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

from snakemake.exceptions import IncompleteCheckpointException, WorkflowError
from snakemake.settings.types import DeploymentMethod

from recall_horizon.code import catalogue, syntax
from recall_horizon.code.identity import digest, identity
from recall_horizon.config import jobs, memory, outputs, playground, shown
from recall_horizon.config.load import load, warnings
from recall_horizon.config.section import from_command_line
from recall_horizon.errors import RecallHorizonError
from recall_horizon.storage import layout, provenance
from recall_horizon.storage.files import canonical_json, shell_json, write_text
from recall_horizon.cli._environment import JOB_PYTHON, package_alone, put_before, set_job_python
from recall_horizon.cli._failures import Failures

try:
    STUDY = load(from_command_line(config, workflow.config_settings.config))
    SHUFFLED = STUDY.on_shuffled_targets()
except RecallHorizonError as error:
    part = LACKS_CONFIG and "this key is missing" in str(error)  # of a configuration
    raise WorkflowError(NO_CONFIG if part else str(error)) from None

# Until a selection has run, Snakemake does not count the jobs that depend on it among those that
# --until names. A rule that names them as its input has them.
if STUDY.selection and UNTIL & {"train", "probe"}:
    raise WorkflowError(
        "with --until train or probe, Snakemake leaves out jobs that follow a selection of training "
        "settings. For all training and nothing after it: snakemake --cores all … trained"
    )

RESULTS = Path("results", STUDY.study)
WARNINGS = warnings(STUDY)
if workflow.is_main_process and workflow.modifier.is_main_snakefile():
    for warning in WARNINGS:
        logger.warning(f"Warning: {warning}")

# Snakemake asks SLURM's accounting for the states of jobs: this answers if there is no accounting.
put_before("sbatch", PROJECT / "profiles/slurm/bin")

# Jobs run under the interpreter that runs Snakemake, unless their own environment is deployed.
DEPLOYED = DeploymentMethod.CONDA in workflow.deployment_settings.deployment_method
set_job_python(None if DEPLOYED else sys.executable)


def from_here(path):
    """`path` from where Snakemake runs; that of another drive of Windows as it is."""
    try:
        return os.path.relpath(path)
    except ValueError:
        return path.as_posix()


# The report's templates are inputs of rules: their paths are relative to where Snakemake runs, so
# that moving the project reruns nothing.
TEMPLATES = from_here(PROJECT / "report")
CELLS = sorted(map(str, Path(TEMPLATES, layout.CELLS).glob("*.js")))


wildcard_constraints:
    length=r"\d+",
    # Where the files are of what is trained on one length, or on all lengths of a model together.
    place=layout.PLACE,
    first=r"\d+",
    last=r"\d+",
    model=r"[A-Za-z0-9][A-Za-z0-9_-]*",
    figure=r"[a-z_]+",
    candidate=r"[A-Za-z0-9_.+-]+",


# Memory of Snakemake itself, which runs once more inside every job of a cluster.
IN_A_JOB_MB = 300
# The search jobs of a model in a place, and the settings that were selected for them.
SEARCH = f"<results>/{layout.search('{model}', '{place}')}"
SELECTED = f"<results>/{layout.selected('{model}', '{place}')}"
TABLES = outputs.tables(STUDY)
FIGURES = outputs.figures(STUDY)
# The configuration, for the steps that ask for all of it. They take seconds.
STUDY_JSON = shell_json(jobs.recorded(STUDY))


# Snakemake reruns a job if the value of a parameter has changed, unless the parameter's function
# takes `output` or `resources`. So functions that decide only how a job runs, not what it writes,
# take `output`.


def python(wildcards, output):
    """How a job calls Python: with the package, the user's modules and those next to the Snakefile.

    The paths are relative to where Snakemake runs, and the same in every clone: an output cache
    that clones share identifies a job by its params.
    """
    path, then = "", shlex.quote(os.pathsep)
    if not project.INSTALLED:
        home, root = (shlex.quote(from_here(p)) for p in (PROJECT / "workflow", PROJECT))
        path = f"PYTHONPATH={home}${{PYTHONPATH:+{then}$PYTHONPATH}}{then}{root} "
    elif DEPLOYED:
        path = f"PYTHONPATH={shlex.quote(package_alone())}${{PYTHONPATH:+{then}$PYTHONPATH}} "
    return f'{path}"${{{JOB_PYTHON}:-python}}"'


def checkpoint_file(wildcards, output):
    """Where a training job keeps its state. No output: those are deleted when a job fails."""
    *folder, kind, model, place, job = Path(output.run).parts
    searched = [layout.SEARCHES] if kind == layout.SEARCHES else []
    state = f"{job.removesuffix(layout.RUN)}.safetensors"
    return str(Path(*folder, layout.CHECKPOINTS, *searched, model, place, state))


def checkpoint_seconds(wildcards, output):
    """How often a training job saves its state: every so many seconds."""
    return STUDY.checkpoint_seconds


def in_results(files):
    """Files of the study, from where Snakemake runs."""
    return [f"<results>/{file}" for file in files]


def table(name, category="Tables"):
    """A table of the study, with its caption in Snakemake's report."""
    return report(
        f"<results>/{layout.table(name)}",
        caption=f"../../report/captions/{name}.rst",
        category=category,
        labels={"table": name},
    )


def picture(file):
    """A file of a figure; one that browsers show, with its title, for Snakemake's report."""
    if not file.endswith(".svg"):
        return f"<results>/{file}"
    title = syntax.constant(catalogue.figure(Path(file).stem), "TITLE")
    return report(
        f"<results>/{file}",
        caption="../../report/captions/figure.rst",
        category="Figures",
        labels={"figure": title.format(**shown.words_of(STUDY))},
    )


def code(step, *references, form=identity):
    """The code that a step runs, with what it finds by name: digests of modules, and versions.

    The versions of a deployed environment are not known here; Snakemake tracks its definition.
    """
    modules = [reference.partition(":")[0] for reference in references]
    return form(f"recall_horizon.cli.{step}", *modules, packages=not DEPLOYED)


def table_versions():
    """The versions that the page reports for the machine that makes tables and figures."""
    return {} if DEPLOYED else provenance.versions(provenance.TABLES)


def the_task():
    """The class of the study's task, as `module:ClassName`."""
    return catalogue.locate("task", STUDY.task.name)


def architecture(model):
    """The class of a model of the study, as `module:ClassName`."""
    return catalogue.locate("architecture", STUDY.model_zoo[model].architecture)


def training_code(wildcards):
    """The training code with the one architecture that a job trains."""
    return code("train", architecture(wildcards.model))


def training_digest(wildcards, output):
    """A digest of the training code, which a checkpoint must match."""
    return code("train", architecture(wildcards.model), form=digest)


def dataset_options(wildcards, study=STUDY, shuffled=False):
    """Everything that determines a dataset, as JSON."""
    return shell_json(jobs.dataset_spec(study, int(wildcards.length), shuffled).model_dump())


def lengths_in(wildcards):
    """The lengths that a network of a model is trained on in a place."""
    return layout.lengths_in(wildcards.place) or STUDY.lengths_of(wildcards.model)


def longest(wildcards):
    """How long a training job takes, in comparison: as long as all sequences that it reads."""
    return sum(lengths_in(wildcards))


def training_datasets(wildcards):
    """The datasets that a training job reads."""
    return in_results(outputs.datasets(STUDY, lengths_in(wildcards)))


def training_options(wildcards, study=STUDY):
    """Everything that determines the numbers of one training job, as JSON."""
    shard = int(wildcards.first), int(wildcards.last)
    selected = selected_settings(wildcards) if study.selection else {}
    spec = jobs.training_spec(study, wildcards.model, wildcards.place, *shard, selected)
    return shell_json(spec.model_dump())


def search_options(wildcards):
    """Everything that determines the numbers of one search job, as JSON."""
    spec = jobs.search_spec(STUDY, wildcards.model, wildcards.place, wildcards.candidate)
    return shell_json(spec.model_dump())


def selected_settings(wildcards):
    """The settings that were selected for a model in a place.

    Before the selection has run, they are those of the last time, or else none, so that the study's
    own stand in for them in a plan. Snakemake asks again when the selection has run.
    """
    try:
        job = checkpoints.select.get(model=wildcards.model, place=wildcards.place)
        file = Path(job.output[0])
    except IncompleteCheckpointException as missing:
        file = Path(missing.targetfile)
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def all_selected(wildcards):
    """The files of all selections, for what reads training jobs of several models or lengths.

    It waits for them, since until the last one has run it is not known which of these jobs train
    again. Their dates decide nothing.
    """
    models = [wildcards.model] if "model" in wildcards.keys() else STUDY.models
    files = in_results(outputs.selected(STUDY, models))
    return ancient(files) if files else []


def selected_file(wildcards):
    """The file of the settings that a training job takes. Its date decides nothing."""
    return ancient(SELECTED) if STUDY.selects else []


def reference_files():
    """What the study is verified against."""
    kept = layout.reference(PROJECT / layout.REFERENCES, STUDY.study)
    return [from_here(file) for file in kept]


def reference_folder(wildcards, input):
    """The folder of the reference."""
    return Path(input.reference[0]).parent


def templates_folder(wildcards, input):
    """The folder of the report's templates."""
    return Path(input.templates[0]).parent


def print_the_end():
    """Say what a run has made."""
    step = f"{python(None, None)} -m recall_horizon ended --results {shlex.quote(str(RESULTS))}"
    subprocess.run([shell.get_executable(), "-c", f"{step} >&2"], check=False)


# Snakemake's records of the jobs that fail.
FAILURES = Failures()
workflow.logger_manager.logger.addHandler(FAILURES)


def print_failures(logs):
    """Say which jobs have failed and why. Snakemake's `logs` of the run tell the rest."""
    told = FAILURES.told(RESULTS, logs[0] if logs else "its log")
    print("", *told, sep="\n", file=sys.stderr)
