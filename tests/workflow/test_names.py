"""Names that tables would read back as something else."""

from recall_horizon.storage import tables

OVERLAY = """
study: "nan"
lengths: [3]
replicates: 2
replicates_per_job: 2
models: [nan, "007"]
selection: {grid: {learning_rate: [0.001, 0.01]}, replicates: 3}
controls: {shuffled_models: [nan]}
analysis: {headline_model: nan}
claims:
- {source: NA, says: nan, length: 3, chance: [nan]}
model_zoo:
  nan: {architecture: window, options: {k: 2}}
  "007": {architecture: window, options: {k: 2}, label: "#NA", training: {gradient_clip: 1.0}}
"""


def test_models_studies_and_labels_may_be_called_like_a_gap_or_a_number(project):
    (project.root / "config/names.yaml").write_text(OVERLAY)
    project.snakemake("--configfile", "config/smoke.yaml", "config/names.yaml", study=None)
    folder = project.root / "results/nan"
    names = {"nan", "007"}
    for table in ("losses", "summary", "horizons", "models", "selection", "outcomes"):
        read = tables.read(folder / f"tables/{table}.csv")
        assert set(read["model"]) == names, table
    assert set(tables.read(folder / "tables/models.csv")["label"]) == {"nan", "#NA"}
    claims = tables.read(folder / "tables/claims.csv")
    assert claims[["source", "says"]].to_numpy().tolist() == [["NA", "nan"]]
    assert (folder / "report.html").exists()
    assert not project.would_run(
        "--configfile", "config/smoke.yaml", "config/names.yaml", study=None
    )
