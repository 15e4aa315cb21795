"""What a change reruns, by Snakemake's own dry run on a finished smoke study: never too little,
never too much."""

import shutil

import pytest

from ..conftest import DOWNSTREAM

PACKAGE = "workflow/recall_horizon"
DEGRADATION = f"{PACKAGE}/presentation/figures/degradation.py"
FIRST_ELEMENT = f"{PACKAGE}/data/tasks/first_element.py"
DESCRIBED = {"describe", *DOWNSTREAM} - {"probe"}
DRAWN, SHOWN = {"figures", "report", "all"}, {"report", "all"}


def test_a_new_length_adds_one_dataset_and_its_training(ran):
    jobs = ran.would_run("--config", "lengths=[3,6,9]")
    assert (jobs["dataset"], jobs["train"]) == (1, 2)
    assert set(jobs) == {"dataset", "describe", "train", *DOWNSTREAM}


def test_more_replicates_add_shards_only(ran):
    jobs = ran.would_run("--config", "replicates=6")
    assert jobs["train"] == 2  # one more shard at each of two lengths
    assert set(jobs) == {"describe", "train", *DOWNSTREAM}


def test_a_training_key_retrains_and_regenerates_no_data(ran):
    jobs = ran.would_run("--config", "training={learning_rate: 0.02}")
    assert jobs["train"] == 4
    assert "dataset" not in jobs


@pytest.mark.parametrize(
    ("file", "old", "new", "rerun"),
    [
        ("config/config.yaml", 'colour: "#0072B2"', 'colour: "#D55E00"', DESCRIBED),
        (DEGRADATION, "Lines are medians", "Medians", DRAWN),
        (DEGRADATION, "CEILING = 1.6", "CEILING = 1.7", DRAWN),
        (FIRST_ELEMENT, "A network reads", "Something reads", SHOWN),
        ("report/page.html.j2", "What was asked", "The question", SHOWN),
        ("report/playground/lstm.js", "let unit", "let each", SHOWN),
        ("report/playground.js", "const STEP = 1e-4", "const STEP = 1e-3", SHOWN),
    ],
)
def test_an_edit_of_what_is_shown_repeats_that_and_trains_nothing(ran, file, old, new, rerun):
    ran.edit(file, old, new)
    assert set(ran.would_run()) == rerun


def test_on_how_many_sequences_networks_are_tested_concerns_the_probes_alone(ran):
    jobs = set(ran.would_run("--config", "analysis={test_sequences: 50}"))
    assert {"probe", "tables"} <= jobs
    assert not jobs & {"dataset", "train"}


def test_two_values_that_are_swapped_are_two_changes_and_nothing_is_trained(ran):
    """Snakemake compares parameters as a set of values without their names."""
    ran.edit("config/config.yaml", "confidence: 0.95", "confidence: 0.9")
    ran.edit("config/config.yaml", "solved_score: 0.9", "solved_score: 0.95")
    jobs = ran.would_run()
    assert jobs["tables"] == 1
    assert not set(jobs) & {"dataset", "train", "probe"}


def test_an_upgrade_of_torch_trains_again_and_one_of_matplotlib_only_draws(ran, tmp_path):
    for name, version in (("torch", "9.9"), ("matplotlib", "9.9")):
        home = tmp_path / name
        (home / f"{name}-{version}.dist-info").mkdir(parents=True)
        (home / f"{name}-{version}.dist-info" / "METADATA").write_text(f"Version: {version}\n")
    jobs = ran.would_run(PYTHONPATH=str(tmp_path / "torch"))
    assert (jobs["train"], jobs["probe"], jobs["dataset"]) == (4, 1, 0)
    jobs = ran.would_run(PYTHONPATH=str(tmp_path / "matplotlib"))
    assert set(jobs) == {"figures", "report", "all"}


def test_a_cell_for_another_architecture_exports_the_networks_again(ran):
    shutil.copy(ran.root / "report/playground/lstm.js", ran.root / "report/playground/tcn.js")
    assert set(ran.would_run()) == {"playground", "report", "all"}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("models/lstm.py", "(t_max or shape.steps)", "(shape.steps or t_max)"),
        ("training/adam.py", "beta1=0.9,", "beta1=0.8,"),
    ],
)
def test_an_edit_of_what_trains_retrains_and_regenerates_no_data(ran, file, old, new):
    ran.edit(f"{PACKAGE}/{file}", old, new)
    jobs = ran.would_run()
    assert jobs["train"] == 4
    assert "dataset" not in jobs


def test_an_edit_of_one_architecture_retrains_no_other(ran):
    other = f"{PACKAGE}/models/other.py"
    shutil.copy(ran.root / PACKAGE / "models/lstm.py", ran.root / other)
    ran.edit(other, "class LSTM", "class Other")
    ran.edit(other, "hidden_size: PositiveInt = 32", "hidden_size: PositiveInt = 16")
    assert not ran.would_run()


def test_an_edit_of_a_task_regenerates_everything(ran):
    ran.edit(FIRST_ELEMENT, "x[:, 0]", "x[:, -1]")
    jobs = ran.would_run()
    assert (jobs["dataset"], jobs["train"]) == (2, 4)


def test_an_edit_of_a_comment_or_docstring_reruns_nothing(ran):
    package = ran.root / "workflow/recall_horizon"
    for path in set(package.rglob("*.py")) - set((package / "data/tasks").iterdir()):  # on the page
        text = path.read_text()
        assert text.startswith('"""')
        path.write_text(f'"""Another docstring.{text[3:]}\n# one more comment\n')
    assert not ran.would_run()


def test_deleting_one_shards_files_repeats_that_shard_and_what_follows(ran):
    for path in ran.root.glob("results/smoke/runs/lstm/T3/seeds-0-1.*"):
        path.unlink()
    jobs = ran.would_run()
    assert jobs["train"] == 1
    assert set(jobs) == {"train", *DOWNSTREAM}
    before = ran.files("results/smoke/tables/*")
    ran.snakemake("--", *before)
    assert ran.files("results/smoke/tables/*") == before


def test_a_copy_with_new_dates_reruns_nothing(ran):
    for path in sorted((ran.root / "results").rglob("*.*")):
        path.touch()
    assert not ran.would_run()


def test_changing_how_often_a_job_saves_its_state_retrains_nothing(ran):
    assert not ran.would_run("--config", "checkpoint_seconds=5")
