"""A task of another kind, from the config to the page."""

import csv
import json
import math

COPY = [
    "task={name: copy_memory}",
    "lengths=[1,3]",
    "models=[lstm,window]",
    "training={gradient_clip: 1.0}",
]


def test_classes_are_trained_scored_and_told_of_in_their_own_words(project):
    project.snakemake("--config", *COPY)
    results = project.root / "results/smoke"
    with (results / "tables/losses.csv").open() as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        assert float(row["chance_loss"]) == math.log(8)
        score = 1 - float(row["test_loss"]) / math.log(8)
        assert math.isclose(float(row["score"]), score, abs_tol=1e-12)
        assert 0 <= float(row["accuracy"]) <= 1
    losses = {(r["model"], r["length"], r["replicate"], r["epoch"]): r["train_loss"] for r in rows}
    for (*run, epoch), loss in losses.items():
        assert epoch == "0" or float(loss) < float(losses[(*run, "0")])

    with (results / "tables/models.csv").open() as file:
        models = list(csv.DictReader(file))
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
