"""`snakemake verify` passes another seed; it fails where the pipeline or the experiment differs."""

import json
import subprocess
import sys

# Cheap enough to run in full, and the models recall: differences show.
STUDY = [
    "models=[window,feedforward]",
    "lengths=[4]",
    "replicates=8",
    "replicates_per_job=8",
    "dataset={pool: 1500, test: 500}",
    f"training={json.dumps({'samples': 1000, 'epochs': 60, 'evaluate_at': [5, 20]})}",
    "controls={shuffled_models: []}",
]


def test_another_seed_is_consistent_and_a_wrong_pipeline_is_caught(project):
    def verify(*words, fails=False):
        return project.snakemake(
            "--config", *words, *STUDY, "--", "verify", study=None, fails=fails
        )

    made = "results/first/provenance.json"
    project.snakemake("--config", "study=first", *STUDY, "--", made, study=None)
    subprocess.run(
        [
            *(sys.executable, "-m", "recall_horizon", "reference"),
            *("--results", "results/first", "--folder", "report/reference"),
        ],
        cwd=project.root,
        env={"PYTHONPATH": "workflow"},
        check=True,
    )
    assert "2 identical." in verify("study=first")
    assert "2 consistent." in verify("study=second", "seed=7")

    project.edit("workflow/recall_horizon/training/adam.py", "beta1=0.9,", "beta1=0.8,")
    said = verify("study=third", fails=True)
    assert "does not reproduce the reference" in said
    assert "Of 2 combinations of a model and a length, 2 different." in said


def test_another_experiment_is_recognised_and_does_not_fail_a_run(ran):
    """The smoke study, whose run has finished, is not the default one."""
    said = ran.snakemake("--", "verify", fails=True)
    assert "is not the reference's experiment" in said
    assert "training.samples: 50 here, 1000 in the reference" in said
    assert "another experiment" in (ran.root / "results/smoke/report.html").read_text()
