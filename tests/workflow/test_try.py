"""A model of one's own beside a kept study."""

import shutil
import sys

import pytest

from recall_horizon import open_study

from ..conftest import Project, output

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


@pytest.fixture(scope="module")
def kept(finished, tmp_path_factory):
    """A copy of the project that keeps its finished study. Shared: change nothing in it."""
    folder = tmp_path_factory.mktemp("kept") / "project"
    project = Project(shutil.copytree(finished.root, folder))
    project.keep("results/smoke")
    return project


@pytest.fixture
def here(tmp_path):
    """A folder with these models."""
    (tmp_path / "my_model.py").write_text(MODEL)
    return Project(tmp_path)


def test_it_is_trained_both_ways_and_drawn_into_the_kept_figure(kept, here):
    words = ["try", "my_model:Last", "--beside", "smoke", "--cores", "2"]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(kept.root / "workflow")}
    package = [sys.executable, "-P", "-m", "recall_horizon"]
    said = output(*package, *words, cwd=here.root, env=environment)
    results = here.root / "results/try-last"
    assert "LSTM" in said
    assert "Last, all lengths" in said
    assert (results / "runs/last-mixed/all").is_dir()
    drawn = (results / "beside-smoke.svg").read_text()
    assert "<svg" in drawn
    assert "How far back each model remembers" in (results / "beside-smoke.html").read_text()
    # of the size of the kept study's first model, on its sequences, with its steps
    ours, theirs = map(open_study, (results, kept.root / "report/reference/smoke"))
    sizes = [study.models.groupby("model")["parameters"].max() for study in (ours, theirs)]
    assert sizes[0]["last"] == pytest.approx(sizes[1]["lstm"], rel=0.1)
    digests = [study.datasets.set_index("length")["digest"] for study in (ours, theirs)]
    assert digests[0].equals(digests[1])
    assert ours.config.training == theirs.config.training


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("my_model:Unlike", "my_model:Unlike answers with shape"),
        ("my_model:Breaks", "cannot be trained at length 3: KeyError: 'nothing'"),
        ("my_model:Missing", "my_model defines no Missing"),
        ("lstm", "'lstm' should be a class, as module:ClassName"),
    ],
)
def test_a_fault_is_one_message_before_anything_runs(kept, here, model, message):
    package = str(kept.root / "workflow")
    said = here.python("try", model, "--beside", "smoke", fails=True, PYTHONPATH=package)
    assert message in said
    assert "Traceback" not in said
    assert not (here.root / "results").exists()
