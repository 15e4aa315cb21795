"""`snakemake verify` passes another seed; it fails where the pipeline or the experiment differs.

The reference is that of the study's own name, or else the default study's.
"""

import json

from recall_horizon.analysis.reference import QUOTED

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
    def run(*words, fails=False):
        return project.snakemake("--config", *STUDY, *words, study=None, fails=fails)

    tables = [f"results/default/tables/{name}.csv" for name in QUOTED]
    run("--", "results/default/provenance.json", *tables)
    project.keep("results/default")
    assert "2 consistent." in run("study=second", "seed=7", "--", "verify")

    project.edit("workflow/recall_horizon/training/adam.py", "beta1=0.9,", "beta1=0.8,")
    said = run("study=third", "--", "verify", fails=True)
    assert "does not reproduce the reference" in said
    assert "2 different" in said


def test_another_experiment_is_recognised_and_does_not_fail_a_run(ran):
    """The smoke study, whose run has finished, is not the default one."""
    said = ran.snakemake("--", "verify", fails=True)
    assert "is not the reference's experiment" in said
    assert "report/reference/default/provenance.json describes" in said
    assert "training.samples: 50 here, 1000 in the reference" in said
    assert "another experiment" in (ran.root / "results/smoke/report.html").read_text()


def test_a_study_is_compared_with_the_reference_of_its_name_as_soon_as_there_is_one(ran):
    ran.keep("results/smoke")
    page = "results/smoke/report.html"
    said = ran.snakemake("--", "verify", page)
    assert "the reference of the study 'smoke'" in said
    assert "2 identical." in said
    assert "that of the study “smoke”" in (ran.root / page).read_text()
