import importlib
import math
from itertools import chain

import numpy as np
import pytest
import torch
from torch import nn

from recall_horizon.config.training import AtLength, Training, TrainingSpec
from recall_horizon.contract import Shape
from recall_horizon.data import datasets
from recall_horizon.data.datasets import Split
from recall_horizon.models.lstm import LSTM
from recall_horizon.training import loop
from recall_horizon.training.curriculum import Batch
from recall_horizon.training.loop import Data, train_shard
from recall_horizon.training.objective import OBJECTIVES
from recall_horizon.training.run_state import Replicate

from ..data.test_datasets import spec as dataset_spec

CPU = torch.device("cpu")
MSE = OBJECTIVES["mse"]
POOL, SHORT, LENGTH = 40, 2, 4


@pytest.fixture(scope="module")
def splits():
    """The datasets of two lengths, of which most jobs need one."""
    return {length: dataset(length) for length in (SHORT, LENGTH)}


def dataset(length):
    tensors = datasets.generate(dataset_spec(length, pool=POOL, test=30))
    return {n: Split(tensors[f"{n}_x"], tensors[f"{n}_y"]) for n in ("pool", "test")}


def how(**changes):
    settings = {"samples": 16, "epochs": 6, "batch_size": None, "learning_rate": 0.02}
    settings |= {"gradient_clip": None, "evaluate_at": [4, 2], "device": "cpu"}
    return Training(**{**settings, **changes})


def spec(first=0, last=0, architecture="recall_horizon.models.lstm:LSTM", options=None, **changes):
    return TrainingSpec(
        **{"study": "tiny", "task": "first_element", "seed": 1, "model": "net", "length": LENGTH},
        **{"shape": Shape(LENGTH), "loss": "mse", "chance": 1.0, "architecture": architecture},
        options={"hidden_size": 4} if options is None else options,
        **{"first_replicate": first, "last_replicate": last, "training": how(**changes)},
    )


def weights_of(shard, replicate, stage):
    prefix = f"replicate-{replicate}/{stage}/"
    return {
        name.removeprefix(prefix): torch.from_numpy(tensor)
        for name, tensor in shard.weights.items()
        if name.startswith(prefix)
    }


def rows_of(shard, replicate):
    return [row for row in shard.losses if row.replicate == replicate]


def test_a_textbook_loop_ends_at_the_same_losses_and_weights(splits):
    """With as many samples as the pool has rows, the training set is known: all of them."""
    shard = train_shard(spec(samples=POOL, epochs=30), splits, CPU)

    model = LSTM(Shape(LENGTH), hidden_size=4)
    model.load_state_dict(weights_of(shard, 0, "initial"))
    (x, y), (test_x, test_y) = (
        [torch.from_numpy(array) for array in splits[LENGTH][name]] for name in ("pool", "test")
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(30):
        optimiser.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimiser.step()

    last = shard.losses[-1]
    with torch.no_grad():
        train_loss = nn.functional.mse_loss(model(x), y).item()
        test_loss = nn.functional.mse_loss(model(test_x), test_y).item()
    assert last.train_loss == pytest.approx(train_loss, abs=1e-6)
    assert last.test_loss == pytest.approx(test_loss, abs=1e-6)
    assert last.score == pytest.approx(1 - test_loss / test_y.var(correction=0).item(), abs=1e-6)
    assert last.chance_loss == pytest.approx(test_y.var(correction=0).item(), abs=1e-6)
    for name, tensor in weights_of(shard, 0, "final").items():
        torch.testing.assert_close(tensor, model.state_dict()[name], atol=1e-5, rtol=0)
    assert last.train_loss < shard.losses[0].train_loss - 0.05  # it has learned


def test_losses_are_those_of_the_weights_that_are_kept(splits):
    shard = train_shard(spec(0, 1), splits, CPU)
    model = LSTM(Shape(LENGTH), hidden_size=4)
    x, y = map(torch.from_numpy, splits[LENGTH]["test"])
    for replicate in (0, 1):
        for stage, row in (("initial", 0), ("final", -1)):
            model.load_state_dict(weights_of(shard, replicate, stage))
            with torch.no_grad():
                mse = (model(x) - y).double().square().mean().item()
            assert rows_of(shard, replicate)[row].test_loss == pytest.approx(mse, rel=1e-6)


def test_losses_are_evaluated_at_exactly_the_requested_epochs(splits):
    shard = train_shard(spec(2, 3), splits, CPU)
    assert [(row.replicate, row.epoch) for row in shard.losses] == [
        (replicate, epoch) for replicate in (2, 3) for epoch in (0, 2, 4, 6)
    ]
    assert {row.status for row in shard.losses} == {"ok"}
    assert len(shard.seconds) == 2


def test_when_losses_are_evaluated_does_not_change_them(splits):
    often = train_shard(spec(evaluate_at=[0, 1, 2, 3, 4, 5, 6]), splits, CPU).losses
    seldom = train_shard(spec(evaluate_at=[]), splits, CPU).losses
    assert [row for row in often if row.epoch in (0, 6)] == seldom


@pytest.mark.parametrize("batch_size", [None, 5])
def test_a_replicate_has_the_same_numbers_in_any_shard(splits, batch_size):
    together = train_shard(spec(0, 2, batch_size=batch_size), splits, CPU)
    torch.manual_seed(99)
    alone = train_shard(spec(2, 2, batch_size=batch_size), splits, CPU)
    assert rows_of(together, 2) == alone.losses
    for stage in ("initial", "final"):
        one, other = (weights_of(shard, 2, stage) for shard in (together, alone))
        assert one.keys() == other.keys() != set()
        assert all(torch.equal(one[name], other[name]) for name in one)


def test_replicates_differ(splits):
    shard = train_shard(spec(0, 3), splits, CPU)
    assert len({row.test_loss for row in shard.losses}) == len(shard.losses)


RECORDER = """
import torch
from torch import nn

SEEN = []

class Recorder(nn.Module):
    def __init__(self, length):
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        if self.training:
            SEEN.append(x[:, 0, 0].tolist())
        return x[:, 0] * self.scale
"""


def test_minibatches_hold_each_training_row_once_per_epoch(splits, module):
    name = module(RECORDER)
    of = spec(0, 1, f"{name}:Recorder", {}, samples=10, batch_size=4, epochs=3, evaluate_at=[])
    train_shard(of, splits, CPU)
    trial, *seen = importlib.import_module(name).SEEN
    assert len(trial) == 4
    assert [len(batch) for batch in seen] == [4, 4, 2] * 3 * 2
    epochs = [list(chain(*seen[i : i + 3])) for i in range(0, len(seen), 3)]
    first, second = epochs[:3], epochs[3:]
    for replicate in (first, second):
        assert len(set(replicate[0])) == 10
        assert all(sorted(epoch) == sorted(replicate[0]) for epoch in replicate)
        assert len({tuple(epoch) for epoch in replicate}) == 3  # in another order every time
    assert set(first[0]) <= set(splits[LENGTH]["pool"].x[:, 0, 0].tolist())
    assert set(first[0]) != set(second[0])  # each replicate draws its own


def test_a_full_batch_is_one_step_per_epoch(splits, module):
    name = module(RECORDER)
    train_shard(spec(0, 0, f"{name}:Recorder", {}, samples=10, epochs=3), splits, CPU)
    _, *seen = importlib.import_module(name).SEEN  # the first is the trial's
    assert [len(batch) for batch in seen] == [10] * 3


def test_training_changes_no_data(splits):
    before = {name: [array.copy() for array in split] for name, split in splits[LENGTH].items()}
    train_shard(spec(0, 1, batch_size=5), splits, CPU)
    for name, arrays in before.items():
        for old, new in zip(arrays, splits[LENGTH][name], strict=True):
            np.testing.assert_array_equal(old, new)


# Half of the replicates' models diverge as soon as their weight has moved far.
FRAGILE = """
import torch
from torch import nn

class Fragile(nn.Module):
    def __init__(self, length):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.fragile = bool(torch.rand(()) < 0.5)

    def forward(self, x):
        growth = torch.exp(self.weight.square()) if self.fragile else 1.0
        return x[:, 0] * self.weight * growth
"""


def test_a_replicate_that_diverges_ends_and_the_others_continue(splits, module):
    of = spec(0, 7, f"{module(FRAGILE)}:Fragile", {}, learning_rate=50.0)
    shard = train_shard(of, splits, CPU)
    ends = [rows_of(shard, replicate)[-1] for replicate in range(8)]
    assert {end.status for end in ends} == {"ok", "diverged"}
    for replicate, end in enumerate(ends):
        rows = rows_of(shard, replicate)
        assert [row.status for row in rows[:-1]] == ["ok"] * (len(rows) - 1)
        if end.status == "ok":
            assert [row.epoch for row in rows] == [0, 2, 4, 6]
            assert math.isfinite(end.test_loss)
        else:
            assert end.epoch < 6
            assert all(math.isfinite(row.train_loss + row.test_loss) for row in rows[:-1])
        assert weights_of(shard, replicate, "final").keys() == {"weight"}


def together(curriculum, first=0, last=0, *of, **changes):
    """The same job on both lengths."""
    lengths = [
        AtLength(length=length, shape=Shape(length), chance=1.0) for length in (SHORT, LENGTH)
    ]
    alone = spec(first, last, *of, curriculum=curriculum, **changes)
    return alone.model_copy(update={"together": lengths})


def fitted(model, training_settings, x, y):
    """The model's evaluations, trained on one full batch that is the test set too."""
    data = Data(x, y, Shape(1))
    run = Replicate(model, training_settings.learning_rate)
    job = spec().model_copy(update={"training": training_settings})
    whole = [Batch(LENGTH, slice(None))]
    epochs = loop.fit(run, {LENGTH: data}, {LENGTH: data}, MSE, job, lambda epoch, of: whole)
    return list(chain(*epochs))


@pytest.mark.parametrize("clip", [0.5, 1e-3])
def test_a_gradient_is_clipped_before_the_step(clip):
    def gradient(limit):
        torch.manual_seed(0)
        model = nn.Linear(3, 1)
        x = 100 * torch.randn(8, 3)
        fitted(model, how(epochs=1, evaluate_at=[], gradient_clip=limit), x, torch.ones(8, 1))
        return torch.cat([p.grad.flatten() for p in model.parameters()])

    free, clipped = gradient(None), gradient(clip)
    assert free.norm() > 1
    assert clipped.norm().item() == pytest.approx(clip, rel=1e-3)
    torch.testing.assert_close(clipped / clipped.norm(), free / free.norm())


def test_a_gradient_within_the_limit_is_left_alone():
    def end(limit):
        torch.manual_seed(0)
        model = nn.Linear(3, 1)
        return fitted(model, how(gradient_clip=limit), torch.randn(8, 3), torch.ones(8, 1))[-1]

    assert end(None).train_loss == end(1e6).train_loss


def test_linear_regression_finds_the_line():
    """A problem whose answer is known: y = 2 x₁ − x₂ + 3."""
    torch.manual_seed(0)
    x = torch.randn(50, 2)
    y = x @ torch.tensor([[2.0], [-1.0]]) + 3
    model = nn.Linear(2, 1)
    fitted(model, how(epochs=1500, learning_rate=0.05), x, y)
    torch.testing.assert_close(
        model.weight.detach(), torch.tensor([[2.0, -1.0]]), atol=1e-3, rtol=0
    )
    torch.testing.assert_close(model.bias.detach(), torch.tensor([3.0]), atol=1e-3, rtol=0)


def _evaluated(model, train, test, epoch):
    (at,) = loop.evaluate(model, {LENGTH: train}, {LENGTH: test}, MSE, epoch)
    return at


def test_an_evaluation_is_the_mean_over_any_number_of_rows():
    rows = loop.EVALUATION_BATCH + 7
    y = torch.arange(rows, dtype=torch.float32)[:, None] / 1000
    data = Data(torch.zeros(rows, 1), y, Shape(1))
    model = nn.Linear(1, 1)
    nn.init.zeros_(model.bias)
    at = _evaluated(model, data, Data(data.x[:3], data.y[:3], data.shape), 9)
    assert at.train_loss == pytest.approx((y.double() ** 2).mean().item(), rel=1e-9)
    assert at.test_loss == pytest.approx((0 + 1e-6 + 4e-6) / 3, rel=1e-6)
    assert (at.epoch, at.finite) == (9, True)


def test_a_network_on_a_processor_is_given_a_few_sequences_at_a_time():
    """Its memory, and for most networks its time, is that of a few."""
    given = []

    class Counted(nn.Linear):
        def forward(self, x):
            given.append(len(x))
            return super().forward(x)

    rows = loop.EVALUATION_BATCH + 7
    data = Data(torch.randn(rows, 1), torch.zeros(rows, 1), Shape(1))
    model = Counted(1, 1)
    at = _evaluated(model, data, data, 0)
    assert max(given) == loop.PART
    assert sum(given) == 2 * rows
    assert at.train_loss == pytest.approx(model(data.x).double().square().mean().item(), rel=1e-6)


def test_dropout_is_active_in_training_and_not_in_evaluation():
    model = nn.Sequential(nn.Dropout(0.5), nn.Linear(1, 1))
    data = Data(torch.ones(64, 1), torch.zeros(64, 1), Shape(1))
    first, second = (_evaluated(model, data, data, 0) for _ in range(2))
    assert first.test_loss == second.test_loss
    assert model.training


def test_a_training_job_imports_no_compiler_and_no_tables(python):
    loaded = python("import sys, recall_horizon.cli.train\nprint(*sys.modules)").split()
    assert "torch" in loaded
    assert not {"torch._dynamo", "pandas", "matplotlib", "scipy", "snakemake"} & set(loaded)


def test_of_classes_the_share_of_right_answers_is_kept_beside_the_losses(splits):
    """The sign of the first element, of two classes: chance is ln 2, and the LSTM learns it."""
    signs = {
        name: Split(split.x, (split.y > 0).astype(np.int64))
        for name, split in splits[LENGTH].items()
    }
    asked = {"loss": "cross_entropy", "chance": math.log(2), "shape": Shape(LENGTH, outputs=2)}
    job = spec(samples=POOL, epochs=60).model_copy(update=asked)
    first, *_, last = train_shard(job, {LENGTH: signs}, CPU).losses
    assert last.chance_loss == math.log(2)
    assert last.score == pytest.approx(1 - last.test_loss / math.log(2))
    assert first.accuracy < 0.8 < last.accuracy
