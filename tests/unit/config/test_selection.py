"""What a selection tries, and what each search job receives."""

import pytest

from recall_horizon.config import jobs, memory
from recall_horizon.config.load import load
from recall_horizon.errors import ConfigError

GRID = {"learning_rate": [0.001, 0.01], "batch_size": [None, 100]}


@pytest.fixture
def selecting(settings):
    """A study whose selection searches `grid`, with `changes` of other keys."""

    def make(grid=GRID, **changes):
        return load({**settings, "selection": {"grid": grid, "replicates": 3}, **changes})

    return make


def test_the_default_study_selects_nothing(settings):
    study = load(settings)
    assert study.selection is None
    assert study.candidates == {}


def test_every_combination_is_a_candidate_named_by_its_values(selecting):
    assert set(selecting().candidates) == {
        "batch_size-null_learning_rate-0.001",
        "batch_size-null_learning_rate-0.01",
        "batch_size-100_learning_rate-0.001",
        "batch_size-100_learning_rate-0.01",
    }


def test_a_name_does_not_depend_on_the_other_candidates(selecting):
    more = {"learning_rate": [0.1, *GRID["learning_rate"]], "batch_size": [100, None]}
    assert set(selecting().candidates) < set(selecting(more).candidates)


def test_a_search_job_trains_with_its_candidates_settings_on_seeds_of_its_own(selecting):
    study = selecting()
    spec = jobs.search_spec(study, "lstm", "T20", "batch_size-100_learning_rate-0.001")
    final = jobs.training_spec(study, "lstm", "T20", 0, 9)
    assert (spec.training.batch_size, spec.training.learning_rate) == (100, 0.001)
    assert spec.training.epochs == study.training.epochs
    assert list(spec.replicates) == [0, 1, 2]
    assert (spec.held_out, final.held_out) == ("validation", "test")
    assert spec.key(3, 20, 0) != final.key(3, 20, 0)


def test_final_replicates_train_with_what_was_selected(selecting):
    spec = jobs.training_spec(selecting(), "lstm", "T20", 0, 9, {"learning_rate": 0.003})
    assert spec.training.learning_rate == 0.003
    assert spec.training.batch_size is None
    assert not spec.search


def test_memory_is_that_of_the_largest_batch(selecting, settings):
    small = load({**settings, "training": {**settings["training"], "batch_size": 10}})
    large = selecting(
        {"batch_size": [10, None]}, training={**settings["training"], "batch_size": 10}
    )
    assert memory.training_mb(large, "lstm", [100]) >= memory.training_mb(small, "lstm", [100])
    assert memory.training_mb(large, "lstm", [100]) == memory.training_mb(
        load(settings), "lstm", [100]
    )


def test_shuffled_targets_are_trained_without_a_selection(selecting):
    assert selecting().on_shuffled_targets().selection is None


@pytest.mark.parametrize(
    ("grid", "words"),
    [
        ({}, "selection.grid = {}: should name at least one key"),
        ({"learning_rate": []}, "selection.grid.learning_rate = []"),
        ({"learning_rate": [0.1, 0.1]}, "should name each once; named twice: 0.1"),
        ({"learning_rat": [0.1]}, "did you mean 'learning_rate'?"),
        ({"evaluate_at": [[1]]}, "selection.grid.evaluate_at"),
        ({"batch_size": [2000]}, "should be at most training.samples (1000)"),
        ({"samples": [2000]}, "selection.grid.samples"),
        ({"learning_rate": [-1.0]}, "selection.grid.learning_rate"),
        ({"epochs": [50]}, "selection.grid.epochs"),
    ],
)
def test_a_grid_that_cannot_be_searched_is_refused(selecting, grid, words):
    with pytest.raises(ConfigError) as refused:
        selecting(grid)
    assert words in str(refused.value)


def test_what_is_searched_cannot_be_fixed_for_a_model(selecting, settings):
    settings["model_zoo"]["lstm"]["training"] = {"learning_rate": 0.1}
    with pytest.raises(
        ConfigError, match=r"model_zoo.lstm.training.learning_rate = 0.1: should not"
    ):
        selecting()
    settings["model_zoo"]["lstm"]["training"] = {"epochs": 200}
    assert selecting().training_of("lstm").epochs == 200


def test_too_few_replicates_select_nothing(settings):
    with pytest.raises(ConfigError, match=r"selection\.replicates"):
        load({**settings, "selection": {"grid": GRID, "replicates": 2}})
