"""The pipeline checks itself: on a small real study the controls hold, and a network that sees what
it cannot see stops the run."""

import pandas as pd

STUDY = [
    "study=controlled",
    "models=[window,feedforward,attention-no-positions]",
    "model_zoo={window: {options: {k: 4}}}",
    "lengths=[4,8]",
    "replicates=2",
    "dataset={pool: 3000, test: 2000}",
    "training={samples: 1000, epochs: 100, evaluate_at: []}",
    "controls={shuffled_models: [lstm], shuffled_replicates: 2}",
]
TABLE = "results/controlled/tables/controls.csv"


def test_controls_hold_and_a_network_that_cheats_stops_the_run(project):
    project.snakemake("--config", *STUDY, study=None)
    table = pd.read_csv(project.root / TABLE)
    assert set(table["verdict"]) == {"holds"}
    ceilings = table[table["control"].str.contains("ceiling")].set_index(["model", "length"])
    assert len(ceilings) == 3 * 2
    assert ceilings.loc[("window", 4), "measured"] > 0.9
    assert ceilings.loc[("window", 8), "measured"] < 0.1
    assert abs(ceilings.loc[("feedforward", 4), "measured"] - 1 / 4) < 0.1
    assert abs(ceilings.loc[("attention-no-positions", 4), "measured"] - 1 / 3) < 0.15
    page = (project.root / "results/controlled/report.html").read_text()
    assert f"All {len(table)} controls of this study hold" in page

    # a window on the first elements instead of the last
    project.edit(
        "workflow/recall_horizon/models/window.py", "x[:, -self.seen :", "x[:, : self.seen"
    )
    output = project.snakemake("--config", *STUDY, study=None, fails=True)
    assert "A control is violated" in output
    assert "window, T = 8: expected ≤ 0, measured 0.9" in output
    assert not (project.root / TABLE).exists()
    assert (project.root / "results/controlled/report.html").read_text() == page  # not drawn over
