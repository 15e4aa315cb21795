"""Where every file of a study is, below its folder of results, and what its tables hold."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

TABLES, RUNS, SEARCHES = "tables", "runs", "search"
BENCHMARKS, CHECKPOINTS, CONTROLS = "benchmarks", "checkpoints", "controls"
PAGE, PAPER = "report.html", "paper.pdf"
PROVENANCE = "provenance.json"
REFERENCES = "report/reference"
CHECKED = "controls/checked.txt"  # what the controls are, where they hold
LIBRARY = "vega.js.gz"  # what draws the interactive charts
PLAYGROUND = "playground.json"  # the networks that readers of the page can play with
CELLS = "playground"  # of the templates: how the page computes an architecture, a file each
PLANNED = "jobs.json"  # the training jobs of the last run, for who watches it
PLACE = r"T\d+|all"  # a place, as a regular expression
TOGETHER = "all"  # the place of networks that are trained on all lengths of their model
PICTURES = ("svg", "pdf", "png")  # the formats of a figure
# The files of a training job.
OF_A_JOB = (LOSSES, WEIGHTS, RUN) = (".losses.csv", ".weights.safetensors", ".run.json")
# The tables that are made before anything is trained.
DESCRIBED = ("datasets", "examples", "models")
# The templates of page and paper, in the folder report.
TEMPLATES = ("page.html.j2", "page.css", "page.js", "sentences.j2", "table.html.j2", "paper.typ")
TEMPLATES += ("references.yml", "playground.html.j2", "playground.css", "playground.js")
# The rule that makes a file, by a part of its path below the folder of results.
RULES = (
    (CHECKED, "controls"),
    (LIBRARY, "library"),
    (PLAYGROUND, "playground"),
    ("controls/datasets/", "shuffled_dataset"),
    ("controls/runs/", "shuffled_train"),
    ("datasets/test/", "test_dataset"),
    ("datasets/", "dataset"),
    ("runs/", "train"),
    ("search/", "search_train"),
    ("selection/", "select"),
    ("probes/", "probe"),
    ("transfers/", "probe"),
    ("tables/datasets.csv", "describe"),
    ("tables/examples.csv", "describe"),
    ("tables/models.csv", "describe"),
    ("tables/", "tables"),
    ("figures/", "figures"),
    (PAGE, "report"),
    (PAPER, "report"),
    (PROVENANCE, "report"),
)


class Columns(NamedTuple):
    """The columns that a table has: of text, and of numbers (or of True and False).

    It may have more, such as an accuracy where answers are classes, or those that tables of an
    earlier version lack.
    """

    text: tuple[str, ...]
    numbers: tuple[str, ...]


def _columns(text: str, numbers: str) -> Columns:
    return Columns(tuple(text.split()), tuple(numbers.split()))


def _with_intervals(names: str) -> str:
    return " ".join(f"{name} {name}_low {name}_high" for name in names.split())


HORIZON = "replicates passes fails low high coverage"
COLUMNS = {
    "budgets": _columns("model", f"threshold epoch steps sequences elements {HORIZON}"),
    "claims": _columns(
        "source says kind measure model role verdict why",
        "claim seen length threshold epoch steps measured low high fails coverage at_least at_most",
    ),
    "controls": _columns(
        "control model expected verdict", "length measured low high at_least at_most"
    ),
    "datasets": _columns(
        "loss digest",
        "length pool validation test outputs chance chance_loss chance_error baseline_loss",
    ),
    "examples": _columns("part", "length position feature value"),
    "frontier": _columns(
        "model family",
        "width state parameters elements length threshold passes fails low high coverage frontier",
    ),
    "generalisation": _columns("model trained_on recalls", f"threshold {HORIZON} memories timers"),
    "growth": _columns(
        "model verdict",
        "threshold from_epoch epoch from_steps steps replicates from_passes from_fails passes "
        "fails at_length change change_low change_high coverage",
    ),
    "horizons": _columns("model versus_headline", f"threshold {HORIZON}"),
    "losses": _columns(
        "study task model status",
        "length replicate epoch train_loss test_loss chance_loss score accuracy",
    ),
    "memory": _columns(
        "model trained_on",
        "tested_at answer replicates coverage " + _with_intervals("score capacity"),
    ),
    "models": _columns(
        "model label architecture curriculum",
        "length steps width parameters state recurrent score_ceiling reaches_ceiling mean_ceiling",
    ),
    "outcomes": _columns(
        "model recalls versus_chance versus_training memorises",
        "length epoch replicates recalled partly_recalled memorised not_started diverged "
        "coverage chance_loss " + _with_intervals("score train_loss test_loss"),
    ),
    "predictions": _columns(
        "model basis", "critical_s0 predicted_passes predicted_fails passes fails low high"
    ),
    "profiles": _columns("model stage", "length position lower_quartile median upper_quartile"),
    "rules": _columns("rule answer verdict", "setting cells right share p_value"),
    "selection": _columns(
        "model candidate edge", "length replicates diverged score score_low score_high chosen"
    ),
    "sensitivity": _columns("model", "length replicate s0 concentration decay_rate"),
    "summary": _columns(
        "study task model",
        "length epoch replicates diverged coverage score_error solved solved_fraction solved_low "
        "solved_high " + _with_intervals("train_loss_median test_loss_median score_median"),
    ),
    "transfer": _columns(
        "model trained_on status",
        "tested_at replicate test_loss chance_loss score score_error accuracy",
    ),
    "transfer_summary": _columns(
        "model trained_on", "tested_at replicates unread score score_low score_high coverage"
    ),
    "verification": _columns(
        "model length verdict differs reference",  # of a whole model, the length is "all"
        "replicates reference_replicates score_median reference_median difference "
        "early_difference p_value adjusted_p",
    ),
    "windows": _columns(
        "model trained_on solves open",
        "length rates solve low high decades gaps chosen bounded exponent",
    ),
}


# Those that not every study has.
OPTIONAL = ("selection", "windows", "memory", "frontier")


def tables(optional: Collection[str]) -> list[str]:
    """The tables of a study that has these `optional` ones."""
    return [name for name in COLUMNS if name not in OPTIONAL or name in optional]


def table(name: str) -> str:
    """The file of a table."""
    return f"{TABLES}/{name}.csv"


def dataset(length: int) -> str:
    """The file of the dataset of one length."""
    return f"datasets/T{length}.safetensors"


def test_dataset(length: int) -> str:
    """The file of the test split of a length at which nothing is trained."""
    return f"datasets/test/T{length}.safetensors"


def place(length: int) -> str:
    """The folder of what is trained on one length."""
    return f"T{length}"


def lengths_in(place: str) -> list[int]:
    """The length that is trained on in a place; none is named of networks on all lengths."""
    return [] if place == TOGETHER else [int(place.removeprefix("T"))]


def trained_in(place: str) -> str:
    """What is trained on in a place, in words."""
    return "all lengths" if place == TOGETHER else f"T = {place.removeprefix('T')}"


def job(model: str, place: str, first: int, last: int, suffix: str) -> str:
    """The file ending in `suffix` (of `OF_A_JOB`) of the job that trains a shard of replicates, on
    one length or `TOGETHER`, as its `place` says."""
    return f"{RUNS}/{model}/{place}/seeds-{first}-{last}{suffix}"


def search(model: str, place: str) -> str:
    """The folder of the jobs that search for the settings of what is trained in a place."""
    return f"{SEARCHES}/{model}/{place}"


def search_job(model: str, place: str, candidate: str, suffix: str) -> str:
    """The file ending in `suffix` of the job that tries a candidate's settings."""
    return f"{search(model, place)}/{candidate}{suffix}"


def of_controls(file: str) -> str:
    """The file of the study on shuffled targets that would be `file` of the study itself."""
    return f"{CONTROLS}/{file}"


def rule_of(file: str) -> str | None:
    """The rule that makes a file of a study; None if none does."""
    return next((rule for start, rule in RULES if file.startswith(start)), None)


def selected(model: str, place: str) -> str:
    """The file of the settings that were selected for what is trained in a place."""
    return f"selection/{model}/{place}.json"


def probe(model: str) -> str:
    """The file of the sensitivities of a model's answers."""
    return f"probes/{model}.csv"


def transfer(model: str) -> str:
    """The file of what a model's networks score at other lengths than their own."""
    return f"transfers/{model}.csv"


def figure(name: str) -> Iterator[str]:
    """The files of a figure: its pictures, and its texts."""
    return (f"figures/{name}.{kind}" for kind in (*PICTURES, "json"))


def reported(tables: list[str], figures: list[str]) -> Iterator[str]:
    """The files that people read of a study with these tables and figures."""
    yield from (PROVENANCE, PAGE, PAPER)
    yield from map(table, tables)
    for name in figures:
        yield from figure(name)


def table_at(path: Path) -> str | None:
    """The name of the table that `path` has in a study or in a reference; None if it has none."""
    name, _, kind = path.name.partition(".")
    of_a_study = kind == "csv.gz" or (kind == "csv" and path.parent.name == TABLES)
    return name if of_a_study and name in COLUMNS else None


def reference(folder: Path, study: str) -> list[Path]:
    """The files that a study is verified against, below the `folder` of all references: those of
    the reference of its own name, or else of the default study; with what a selection chose there,
    if there was one."""
    own = folder / (study if (folder / study).is_dir() else "default")
    files = [own / PROVENANCE, kept_table(own, "losses")]
    selected = kept_table(own, "selection")
    return [*files, selected] if selected.exists() else files


def is_reference(folder: Path) -> bool:
    """Whether `folder` keeps a study as a reference: some of its tables, compressed."""
    return not (folder / TABLES).is_dir() and any(folder.glob("*.csv.gz"))


def kept_table(folder: Path, name: str) -> Path:
    """The file of a table in the folder of a study's results, or of a reference."""
    return folder / (f"{name}.csv.gz" if is_reference(folder) else table(name))
