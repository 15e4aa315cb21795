"""The finding itself on a small real study: recall at T = 5, none at T = 50. And the pipeline
checks itself: the controls hold there, and a network that sees what it cannot see stops the run."""

import pandas as pd
import pytest

STUDY = [
    "study=finding",
    "models=[lstm,window,feedforward,attention-no-positions,short]",
    "model_zoo={lstm: {training: {epochs: 40}}, window: {options: {k: 5}}, short: {architecture: "
    "window, options: {k: 5}, lengths: [5], training: {epochs: 10}}}",
    "lengths=[5,50]",
    "replicates=3",
    "replicates_per_job=3",
    "dataset={pool: 3000, test: 2000}",
    "training={samples: 1000, epochs: 100, evaluate_at: []}",
    "controls={shuffled_models: [lstm], shuffled_replicates: 2}",
]
FOLDER = "results/finding"
PAGE = f"{FOLDER}/report.html"


@pytest.fixture(scope="module")
def found(copy):
    """A project in which the study has run."""
    project = copy("finding")
    project.snakemake("--config", *STUDY, "--", PAGE, study=None)
    return project


def test_the_lstm_recalls_at_5_and_not_at_50(found):
    summary = pd.read_csv(found.root / FOLDER / "tables/summary.csv")
    final = summary[(summary["model"] == "lstm") & (summary["epoch"] == 40)].set_index("length")
    assert final.loc[5, "score_median"] > 0.9
    assert final.loc[5, "solved"] == 3
    assert final.loc[50, "score_median"] < 0.1
    assert final.loc[50, "solved"] == 0
    # and the training loss alone would have hidden how bad it is
    assert final.loc[50, "train_loss_median"] < final.loc[50, "test_loss_median"]
    page = (found.root / PAGE).read_text()
    assert "the recall horizon of the LSTM" in " ".join(page.split())


def test_controls_hold_and_a_network_that_cheats_stops_the_run(found):
    """Ten steps of Adam are not enough for a window that sees everything to reach its ceiling."""
    table = pd.read_csv(found.root / FOLDER / "tables/controls.csv")
    short = table["model"] == "short"
    assert table.loc[short, "verdict"].to_list() == ["not reached"]
    assert set(table.loc[~short, "verdict"]) == {"holds"}
    ceilings = table[table["control"].str.contains("ceiling")].set_index(["model", "length"])
    assert len(ceilings) == 3 * 2 + 1
    assert ceilings.loc[("window", 5), "measured"] > 0.9
    assert ceilings.loc[("window", 50), "measured"] < 0.1
    assert abs(ceilings.loc[("feedforward", 5), "measured"] - 1 / 5) < 0.1
    assert abs(ceilings.loc[("attention-no-positions", 5), "measured"] - 1 / 4) < 0.15
    page = (found.root / PAGE).read_text()
    assert f"1 of {len(table)} controls is not reached" in " ".join(page.split())

    # a window on the first elements instead of the last
    found.edit("workflow/recall_horizon/models/window.py", "end - self.seen : end", ": self.seen")
    output = found.snakemake("--config", *STUDY, "--", PAGE, study=None, fails=True)
    assert "A control is violated" in output
    assert "window, T = 50: expected ≤ 0, measured 0.9" in output
    end = output[output.index("1 job failed:") :]  # what a user reads last
    log = f"{FOLDER}/logs/controls.log"
    assert f"  controls: {log}\n    {(found.root / log).read_text().splitlines()[-1]}" in end
    assert "run the same command again" in end
    table = pd.read_csv(found.root / FOLDER / "tables/controls.csv")
    # the numbers are there to be looked at
    assert set(table["verdict"]) == {"holds", "violated", "not reached"}
    assert (found.root / PAGE).read_text() == page  # not overwritten
