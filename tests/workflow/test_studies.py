"""The studies that the project comes with: what they would run, and a slice of the long one."""

import pandas as pd
import yaml

SLICE = [
    "study=slice",
    "models=[lstm,chrono-fourfold,orthogonal,samples-300,chrono-epochs-400]",
    "lengths=[4]",
    "replicates=2",
    "dataset={pool: 400, test: 100}",
    "training={samples: 350, epochs: 3, evaluate_at: []}",
    "model_zoo={chrono-epochs-400: {training: {epochs: 5, evaluate_at: [2]}}}",
    "controls={shuffled_models: []}",
]


def test_the_interventions_cross_model_options_with_training_options(project):
    jobs = project.would_run(study="interventions")
    config = yaml.safe_load((project.root / "config/interventions.yaml").read_text())
    mixed = [m for m in config["models"] if m.endswith(("mixed", "growing"))]
    alone = len(config["models"]) - len(mixed)
    assert jobs["train"] == alone * 5 + len(mixed)  # one shard each, at five lengths or on all


def test_a_slice_of_the_interventions_runs(project):
    words = ("--config", *SLICE, "--", "results/slice/tables/losses.csv")
    project.snakemake(*words, study="interventions")
    losses = pd.read_csv(project.root / words[-1])
    epochs = losses.groupby("model")["epoch"].agg(set)
    assert epochs["lstm"] == {0, 3}
    assert epochs["chrono-epochs-400"] == {0, 2, 5}
    ends = losses[losses["epoch"] == 3].set_index(["model", "replicate"])["train_loss"]
    for model in ("orthogonal", "samples-300", "chrono-fourfold"):
        assert ends[model, 0] != ends["lstm", 0], model
    assert not project.would_run(*words, study="interventions")
    assert not (project.root / "results/slice/controls/runs").exists()  # no shuffled targets
