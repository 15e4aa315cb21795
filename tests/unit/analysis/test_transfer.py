"""What cached networks score at other lengths, and whether their answers follow the targets."""

import sys
from types import ModuleType

import numpy as np
import pytest
import torch
from torch import nn

from recall_horizon.analysis.transfer import Test as AtLength
from recall_horizon.analysis.transfer import correlation, transfers
from recall_horizon.contract import Shape
from recall_horizon.data.datasets import Split
from recall_horizon.storage.files import write_tensors
from recall_horizon.training import loop
from recall_horizon.training.loop import Data, mean_loss
from recall_horizon.training.objective import OBJECTIVES

from ..training.test_loop import LENGTH as OWN
from ..training.test_loop import spec as training_spec

OTHER, SEQUENCES, FEW = 6, 50, 30


class Scaled(nn.Module):
    """Answers with the first element times a weight, once for each output."""

    def __init__(self, shape):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))
        self.outputs = shape.outputs

    def forward(self, x):
        if x.shape[1] == 1:
            raise ValueError("one step is too few")
        return self.scale * x[:, 0] * torch.arange(1.0, self.outputs + 1)


@pytest.fixture
def networks(tmp_path, monkeypatch):
    """The weights of one replicate for each scale, cached as those of T = OWN."""
    module = ModuleType("scaled_networks")
    module.Scaled = Scaled
    monkeypatch.setitem(sys.modules, module.__name__, module)

    def make(*scales, loss="mse", outputs=1):
        spec = training_spec(0, len(scales) - 1, "scaled_networks:Scaled", {})
        spec = spec.model_copy(update={"loss": loss, "shape": Shape(OWN, outputs=outputs)})
        path = tmp_path / "net.weights.safetensors"
        weights = {
            f"replicate-{r}/final/scale": np.array(scale, dtype=np.float32)
            for r, scale in enumerate(scales)
        }
        write_tensors(path, weights, {"spec": spec.model_dump()})
        return path

    return make


def held_out(classes=False):
    """The held-out sequences of both lengths, whose targets are their first elements or, as
    classes, the signs of these."""
    made = {}
    for length in (OWN, OTHER):
        x = np.random.default_rng(length).normal(size=(SEQUENCES, length, 1)).astype(np.float32)
        y = (x[:, 0] > 0).astype(np.int64) if classes else x[:, 0]
        shape = Shape(length, outputs=2 if classes else 1)
        made[length] = AtLength(length, Split(x, y), FEW, shape, 1.0)
    return made


def test_answers_at_the_wrong_scale_follow_the_targets_although_their_score_is_bad(networks):
    """Five times too large, a tenth of it, and of the opposite sign: R² is 1 − (1 − scale)², of
    targets whose mean is near 0."""
    for row in transfers(networks(5.0, 0.1, -1.0), held_out()):
        sign = -1 if row.replicate == 2 else 1
        assert row.correlation == pytest.approx(sign, abs=1e-12)
        assert row.score < 0.25


def test_a_constant_answer_follows_nothing(networks):
    assert [row.correlation for row in transfers(networks(0.0), held_out())] == [0.0, 0.0]


def test_correlation_is_over_all_elements_in_float64():
    answers, y = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[2.0, 1.0], [4.0, 4.0]])
    assert correlation(answers, y) == pytest.approx(np.corrcoef(answers.ravel(), y.ravel())[0, 1])
    far = np.float32([1e30, 2e30, 4e30])  # whose squares are too large for float32
    assert correlation(far, np.float32([1, 2, 4])) == pytest.approx(1.0)


@pytest.mark.parametrize("number", [1 / 3, 0.1, 1e-30])
def test_rounding_of_a_mean_is_no_variation(number):
    y = np.arange(7, dtype=np.float32)
    assert correlation(np.full(7, number, np.float32), y) == 0.0
    assert correlation(y, np.full(7, number, np.float32)) == 0.0


def test_classes_have_no_correlation(networks):
    cached = networks(1.0, loss="cross_entropy", outputs=2)
    rows = list(transfers(cached, held_out(classes=True)))
    assert [row.correlation for row in rows] == [None, None]
    assert all(row.accuracy is not None for row in rows)


def test_what_diverged_or_cannot_be_read_has_no_correlation(networks):
    at = held_out()
    short = np.zeros((SEQUENCES, 1, 1), dtype=np.float32)
    at[1] = AtLength(1, Split(short, short[:, 0]), FEW, Shape(1), 1.0)
    rows = list(transfers(networks(np.nan), at))
    assert [(row.status, row.correlation) for row in rows] == [
        ("diverged", None),
        ("diverged", None),
        ("unread", None),
    ]


@pytest.mark.parametrize("batch", [4096, 7])
def test_losses_are_the_very_ones_that_training_evaluates(networks, monkeypatch, batch):
    """At a network's own length on all sequences, at others on the first few."""
    monkeypatch.setattr(loop, "EVALUATION_BATCH", batch)
    for row in transfers(networks(0.3), held_out()):
        split = held_out()[row.tested_at].split
        x, y = (torch.from_numpy(a[: SEQUENCES if row.tested_at == OWN else FEW]) for a in split)
        model = Scaled(Shape(OWN))
        nn.init.constant_(model.scale, 0.3)
        with torch.no_grad():
            loss, *_ = mean_loss(model, Data(x, y, Shape(row.tested_at)), OBJECTIVES["mse"])
        assert row.test_loss == loss
        assert row.correlation == pytest.approx(1.0, abs=1e-12)


def test_a_network_is_asked_once(networks, monkeypatch):
    asked = []
    forward = Scaled.forward
    monkeypatch.setattr(Scaled, "forward", lambda m, x: asked.append(len(x)) or forward(m, x))
    list(transfers(networks(0.3), held_out()))
    assert asked == [SEQUENCES, FEW]
