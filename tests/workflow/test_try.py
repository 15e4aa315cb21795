"""A model of one's own beside a kept study."""

import subprocess
import sys

import pytest

from recall_horizon import open_study

MODEL = """
import torch
from torch import nn


class Last(nn.Module):
    def __init__(self, shape, hidden_size: int = 4) -> None:
        super().__init__()
        hidden = nn.Linear(shape.features, hidden_size)
        self.layer = nn.Sequential(hidden, nn.Linear(hidden_size, 1))

    def forward(self, x):
        return self.layer(x[:, -1])


class Unlike(Last):
    def forward(self, x):
        return self.layer(x)


class Breaks(Last):
    def forward(self, x):
        raise KeyError("nothing")
"""


@pytest.fixture
def trial(ran, tmp_path):
    """What `try` prints in a folder with these models, beside the smoke study."""
    ran.keep("results/smoke")
    (tmp_path / "here").mkdir()
    (tmp_path / "here/my_model.py").write_text(MODEL)

    def run(*words, fails=False):
        done = subprocess.run(
            [sys.executable, "-P", "-m", "recall_horizon", "try", *words, "--beside", "smoke"],
            cwd=tmp_path / "here",
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ran.root / "workflow")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert (done.returncode != 0) == fails, done.stdout
        return done.stdout

    return run


def test_it_is_trained_both_ways_and_drawn_into_the_kept_figure(trial, tmp_path):
    said = trial("my_model:Last", "--cores", "2")
    results = tmp_path / "here/results/try-last"
    assert "LSTM" in said
    assert "Last, all lengths" in said
    assert (results / "runs/last-mixed/all").is_dir()
    drawn = (results / "beside-smoke.svg").read_text()
    assert "<svg" in drawn
    assert "How far back each model remembers" in (results / "beside-smoke.html").read_text()
    # of the size of the kept study's first model, on its sequences, with its steps
    ours, kept = (
        open_study(folder) for folder in (results, tmp_path / "ran/report/reference/smoke")
    )
    sizes = [study.models.groupby("model")["parameters"].max() for study in (ours, kept)]
    assert sizes[0]["last"] == pytest.approx(sizes[1]["lstm"], rel=0.1)
    digests = [study.datasets.set_index("length")["digest"] for study in (ours, kept)]
    assert digests[0].equals(digests[1])
    assert ours.config.training == kept.config.training


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("my_model:Unlike", "my_model:Unlike answers with shape"),
        ("my_model:Breaks", "cannot be trained at length 3: KeyError: 'nothing'"),
        ("my_model:Missing", "my_model defines no Missing"),
        ("lstm", "'lstm' should be a class, as module:ClassName"),
    ],
)
def test_a_fault_is_one_message_before_anything_runs(trial, tmp_path, model, message):
    said = trial(model, fails=True)
    assert message in said
    assert "Traceback" not in said
    assert not (tmp_path / "here/results").exists()
