"""`snakemake verify` passes another seed and catches a wrong pipeline."""

import json

import pandas as pd

# Cheap enough to run in full, and recalled: differences show.
STUDY = [
    "models=[window,feedforward]",
    "lengths=[4]",
    "replicates=8",
    "replicates_per_job=8",
    "dataset={pool: 1500, test: 500}",
    "controls={shuffled_models: []}",
]
USUAL = {"samples": 1000, "epochs": 60, "evaluate_at": []}


def words(**training):
    return [*STUDY, f"training={json.dumps({**USUAL, **training})}"]


def test_another_seed_is_consistent_and_a_wrong_learning_rate_is_caught(project):
    project.snakemake("--config", "study=first", *words(), study=None)
    losses = pd.read_csv(project.root / "results/first/tables/losses.csv")
    ends = losses[losses["epoch"] == losses["epoch"].max()]
    ends.to_csv(project.root / "report/reference/losses.csv", index=False)

    said = project.snakemake("--config", "study=first", *words(), "--", "verify", study=None)
    assert "2 identical." in said

    change = ["--config", "study=second", "seed=7", *words()]
    said = project.snakemake(*change, "--", "verify", study=None)
    assert "2 consistent." in said

    change = ["--config", "study=third", *words(learning_rate=0.003)]
    said = project.snakemake(*change, "--", "verify", study=None, fails=True)
    assert "does not reproduce the reference" in said
    assert "window" in said
    assert "different" in said
