"""A study that selects its training settings: what runs, and what a new candidate repeats."""

import json
import shutil
from pathlib import Path

import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from recall_horizon.storage import tables

from ..conftest import Project

STUDY = ["study=chosen", "replicates=2", "replicates_per_job=1"]
GRID = "{learning_rate: [%s], batch_size: [null, 10]}"
TWO = f"selection={{grid: {GRID % '0.001, 0.01'}, replicates: 3}}"
THREE = f"selection={{grid: {GRID % '0.001, 0.01, 0.03'}, replicates: 3}}"
CHOICES = "results/chosen/selection/lstm/T{}.json"


@pytest.fixture(scope="module")
def trained(copy):
    """A project whose study has selected and trained, and the files that it then has."""
    project = copy("selected")
    project.snakemake("--config", *STUDY, TWO, "--", "trained")
    return project, list(project.files("results/**/*.csv"))


@pytest.fixture(scope="module")
def selected(trained):
    """The same project with all that follows. Shared: change nothing in it."""
    project, _ = trained
    project.snakemake("--config", *STUDY, TWO)
    return project


def test_everything_is_planned_and_trained_and_nothing_after_it(project, trained):
    """Snakemake's --until train stops when the settings are selected."""
    jobs = project.would_run("--config", *STUDY, TWO)
    assert (jobs["search_train"], jobs["select"], jobs["train"]) == (8, 2, 4)
    said = project.snakemake("--config", *STUDY, TWO, "--until", "train", fails=True)
    assert "snakemake --cores all … trained" in said
    assert not (project.root / "results").exists()
    _, made = trained
    assert {Path(file).parent.name for file in made if "/runs/" in file} == {"T3", "T6"}
    assert not [file for file in made if "/tables/" in file]


@pytest.fixture
def again(selected, tmp_path):
    """A private copy of it."""
    return Project(shutil.copytree(selected.root, tmp_path / "again"))


def test_final_replicates_train_with_the_choice_and_the_table_says_so(selected):
    table = selected.rows("selection", "chosen")
    assert len(table) == 2 * 4  # lengths, candidates
    for length in (3, 6):
        chosen = [r for r in table if int(r["length"]) == length and r["chosen"] == "True"]
        assert len(chosen) == 1
        settings = json.loads((selected.root / CHOICES.format(length)).read_text())
        assert settings["learning_rate"] == float(chosen[0]["learning_rate"])
        for run in selected.root.glob(f"results/chosen/runs/lstm/T{length}/*.run.json"):
            training = json.loads(run.read_text())["fingerprint"]["spec"]["training"]
            assert settings.items() <= training.items()
    assert "chosen" in (selected.root / "results/chosen/report.html").read_text()
    assert not selected.would_run("--config", *STUDY, TWO)


def test_a_new_candidate_is_trained_alone_and_final_replicates_only_where_the_choice_changes(again):
    jobs = again.would_run("--config", *STUDY, THREE)
    # new is one learning rate, with two batch sizes, at two lengths
    assert (jobs["search_train"], jobs["select"], jobs["tables"]) == (4, 2, 1)
    assert not jobs["train"]
    choices = [CHOICES.format(length) for length in (3, 6)]
    before = {path: (again.root / path).read_text() for path in choices}
    again.snakemake("--config", *STUDY, THREE, "--", *choices)
    changed = [path for path in choices if (again.root / path).read_text() != before[path]]
    jobs = again.would_run("--config", *STUDY, THREE)
    assert jobs["train"] == 2 * len(changed)
    assert not jobs["search_train"] + jobs["select"]


def test_where_a_choice_changes_its_replicates_are_trained_again(again):
    """The choice for one length is made to change, as another search result would."""
    path = again.root / CHOICES.format(3)
    other = {"batch_size": 10, "learning_rate": 0.02}
    path.write_text(json.dumps(other))
    jobs = again.would_run("--config", *STUDY, TWO)
    assert jobs["train"] == 2  # two shards at one length of two
    assert not jobs["search_train"] + jobs["select"]


def test_a_search_reads_nothing_of_the_test_split(again):
    """With other test data, all that a search writes is the same."""
    dataset = again.root / "results/chosen/datasets/T3.safetensors"
    searched = "results/chosen/search/lstm/T3/*.losses.csv"
    before = again.files(searched)
    assert len(before) == 4
    with safe_open(dataset, "numpy") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        metadata = file.metadata()
    tensors["test_x"], tensors["test_y"] = tensors["test_x"] * 0 + 7, tensors["test_y"] * 0 - 7
    save_file(tensors, dataset, metadata)
    made = [*before]
    again.snakemake("--config", *STUDY, TWO, "--forcerun", "search_train", "--", *made)
    assert again.files(searched) == before


def test_a_run_that_selects_again_leaves_nothing_to_do(again):
    """Though what trains again is only known when the selections have run, one after the other."""
    longer = ["training={epochs: 9}", "dataset={validation: 60}"]
    wanted = ["results/chosen/tables/controls.csv", "results/chosen/tables/outcomes.csv"]
    again.snakemake("--config", *STUDY, TWO, *longer, "--", *wanted)
    assert not again.would_run("--config", *STUDY, TWO, *longer, "--", *wanted)
    assert {row["epoch"] for row in again.rows("losses", "chosen")} == {"0", "1", "3", "9"}


def test_it_is_verified_where_the_reference_chose_the_same_settings(again):
    words = ("--config", *STUDY, TWO, "--", "verify")
    said = again.snakemake(*words, fails=True)
    assert "another experiment" in said  # the default study selects nothing
    again.keep("results/chosen")
    assert "2 identical" in again.snakemake(*words)
    # as if another processor had decided a near tie between two candidates of one length
    kept = again.root / "report/reference/chosen/selection.csv.gz"
    table = tables.read(kept)
    near = table["length"] == 3
    other = table[near & ~table["chosen"]].index[0]
    table.loc[near, "chosen"] = table.index[near] == other
    tables.write(kept, table)
    said = again.snakemake(*words)
    assert "1 identical" in said
    assert "1 other settings chosen" in said
    (line,) = (line for line in said.splitlines() if "T = 3" in line)
    assert "training.learning_rate: " in line or "training.batch_size: " in line
