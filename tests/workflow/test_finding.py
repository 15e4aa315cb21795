"""The finding itself, on a small real study: recall at T = 5, none at T = 100."""

import pandas as pd

STUDY = [
    "study=finding",
    "models=[lstm]",
    "lengths=[5,100]",
    "replicates=3",
    "dataset={pool: 2000, test: 1000}",
    "training={samples: 1000, epochs: 40, evaluate_at: []}",
]


def test_the_lstm_recalls_at_5_and_not_at_100(project):
    project.snakemake("--config", *STUDY, study=None)
    summary = pd.read_csv(project.root / "results/finding/tables/summary.csv")
    final = summary[summary["epoch"] == 40].set_index("length")
    assert final.loc[5, "test_r2_median"] > 0.9
    assert final.loc[5, "solved"] == 3
    assert final.loc[100, "test_r2_median"] < 0.1
    assert final.loc[100, "solved"] == 0
    # and the training loss alone would have hidden how bad it is
    assert final.loc[100, "train_mse_median"] < final.loc[100, "test_mse_median"]
    page = (project.root / "results/finding/report.html").read_text()
    assert "recalls the first element up to T = 5" in " ".join(page.split())
