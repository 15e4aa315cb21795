"""A task of another kind, from the config to the page."""

import json
import math

import recall_horizon

COPY = [
    "task={name: copy_memory}",
    "lengths=[1,3]",
    "models=[lstm,window]",
    "training={gradient_clip: 1.0}",
]


def test_classes_are_trained_scored_and_told_of_in_their_own_words(project):
    project.snakemake("--config", *COPY)
    results = project.root / "results/smoke"
    rows = project.rows("losses")
    for row in rows:
        assert float(row["chance_loss"]) == math.log(8)
        score = 1 - float(row["test_loss"]) / math.log(8)
        assert math.isclose(float(row["score"]), score, abs_tol=1e-12)
        assert 0 <= float(row["accuracy"]) <= 1
    losses = {(r["model"], r["length"], r["replicate"], r["epoch"]): r["train_loss"] for r in rows}
    for (*run, epoch), loss in losses.items():
        assert epoch == "0" or float(loss) < float(losses[(*run, "0")])

    models = project.rows("models")
    assert {row["steps"] for row in models} == {"21", "23"}
    # The window of ten steps cannot see eleven steps back.
    assert {row["score_ceiling"] for row in models if row["model"] == "window"} == {"0.0"}

    page = (results / "report.html").read_text()
    figure = json.loads((results / "figures/degradation.json").read_text())
    assert "reads ten random symbols" in page
    assert "cross-entropy after training" in figure["caption"]
    assert "guessing" in figure["caption"]
    for foreign in ("first element", "R²", "mean squared error", "predicting the mean"):
        assert foreign not in page.partition("<details>")[0], foreign


SEVERAL = [
    "task={name: delayed_recall, options: {steps: 12, delays: all}}",
    "lengths=[6]",
    "models=[lru,window]",
    "model_zoo={lru: {architecture: lru, options: {nonlinear: false, states: 2}, widths: [2, 6]}}",
]


def test_several_numbers_have_a_memory_function_and_several_widths_a_frontier(project):
    project.snakemake("--config", *SEVERAL)
    models = {row["model"]: row for row in project.rows("models")}
    # A linear layer reads 2 numbers, and a linear recurrence has 4 states.
    ceilings = {model: float(row["score_ceiling"]) * 6 for model, row in models.items()}
    assert {m: round(c, 9) for m, c in ceilings.items()} == {"lru-2": 2, "lru-6": 4, "window": 6}
    memory = project.rows("memory")
    assert [(r["model"], r["answer"]) for r in memory if r["model"] == "lru-6"] == [
        ("lru-6", str(n)) for n in range(1, 7)
    ]
    scores = [float(row["score"]) for row in memory if row["model"] == "window"]
    (told,) = (r for r in project.rows("outcomes") if r["model"] == "window")
    assert math.isclose(sum(scores) / 6, float(told["score"]), abs_tol=0.02)
    assert {r["family"] for r in project.rows("frontier")} == {"lru"}
    page = (project.root / "results/smoke/report.html").read_text()
    assert "The memory function" in page
    assert "Recall against state" in page


def test_answers_that_are_not_asked_for_count_nowhere(project):
    options = "{queries: 3, keys: 5, values: 4, gap: 3}"
    task = f"task={{name: multi_query_recall, options: {options}}}"
    mixed = "model_zoo={lstm: {architecture: lstm, training: {curriculum: mixed}}}"
    no_others = "analysis={test_lengths: []}"
    project.snakemake("--config", task, "lengths=[1,3]", "models=[lstm]", mixed, no_others)
    answers = [r for r in project.rows("examples") if r["part"] == "answer"]
    assert len(answers) == 3  # of nine steps
    assert all(0 <= float(row["value"]) < 4 for row in answers)
    for row in project.rows("losses"):
        assert math.isclose(float(row["chance_loss"]), math.log(4))
        if row["epoch"] == "0":
            assert abs(float(row["score"])) < 0.3  # and not two thirds of the loss
    levels = recall_horizon.open_study(project.root / "results/smoke").look.levels
    assert [sorted(by_length) for by_length in levels.values()] == [[1, 3]]
