"""One network on several lengths: which batches it sees, and what that does not change."""

from collections import Counter

import numpy as np
import pytest
import torch

from recall_horizon.config import jobs
from recall_horizon.config.load import load
from recall_horizon.data.datasets import Split, generate
from recall_horizon.training.curriculum import NEWEST, at_first, batches, grown
from recall_horizon.training.loop import train_shard
from recall_horizon.training.trial import UnsoundModelError

from .test_loop import CPU, LENGTH, POOL, SHORT, spec, together

# An architecture that reads sequences of the length that it is built for, and no others.
FIXED = """
import torch
from torch import nn

class Fixed(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.layer = nn.Linear(shape.steps, 1)

    def forward(self, x):
        return self.layer(x[..., 0])
"""


def planned(job, epoch, unlocked=2, replicate=0):
    return list(batches(job, replicate, CPU)(epoch, unlocked))


@pytest.mark.parametrize("epoch", [1, 2, 9])
def test_an_epoch_of_mixed_lengths_reads_every_sequence_of_each_once(epoch):
    found = planned(together("mixed", batch_size=5), epoch)
    for length in (SHORT, LENGTH):
        rows = [rows for at, rows in found if at == length]
        assert [len(each) for each in rows] == [5, 5, 5, 1]
        assert sorted(torch.cat(rows).tolist()) == list(range(16))


def test_lengths_and_batches_come_in_another_order_in_every_epoch_and_replicate():
    job = together("mixed", batch_size=2)
    orders = [
        [(length, tuple(rows.tolist())) for length, rows in planned(job, epoch, 2, replicate)]
        for epoch in (1, 2)
        for replicate in (0, 1)
    ]
    lengths = [tuple(length for length, _ in order) for order in orders]
    assert len(set(lengths)) == 4
    assert len({frozenset(order) for order in orders}) == 4
    again = planned(job, 1)
    assert [(length, tuple(rows.tolist())) for length, rows in again] == orders[0]


def test_with_full_batches_an_epoch_has_one_of_each_length():
    found = [planned(together("mixed"), epoch) for epoch in range(1, 9)]
    assert all(sorted(length for length, _ in each) == [SHORT, LENGTH] for each in found)
    assert {each[0].length for each in found} == {SHORT, LENGTH}
    assert all(rows == slice(None) for each in found for _, rows in each)


def test_of_one_length_the_batches_are_those_of_no_curriculum(splits):
    """What trains on one length gives the same bytes, whatever it is called."""
    for size in (None, 5):
        alone = spec(0, 1, batch_size=size)
        one = together("mixed", 0, 1, batch_size=size)
        one = one.model_copy(update={"together": one.together[1:]})
        here, there = (train_shard(job, splits, CPU) for job in (alone, one))
        assert here.losses == there.losses
        assert all(np.array_equal(there.weights[name], w) for name, w in here.weights.items())


def test_growing_starts_with_the_shortest_length():
    job = together("growing", batch_size=2)
    assert at_first(job) == 1
    assert at_first(together("mixed")) == at_first(spec()) + 1
    found = planned(job, 1, unlocked=1)
    assert {length for length, _ in found} == {SHORT}
    assert len(found) == 16  # as many as of both lengths once


def test_growing_reads_all_sequences_before_one_again():
    rows = torch.cat([rows for _, rows in planned(together("growing", batch_size=5), 1, 1)])
    assert Counter(rows.tolist()) == dict.fromkeys(range(16), 2)


def test_growing_draws_the_newest_length_half_of_the_time_and_else_any():
    job = together("growing", batch_size=1)
    drawn = [length for epoch in range(1, 200) for length, _ in planned(job, epoch)]
    expected, number = NEWEST + (1 - NEWEST) / 2, len(drawn)
    share = drawn.count(LENGTH) / number
    assert abs(share - expected) < 4 * (expected * (1 - expected) / number) ** 0.5


@pytest.mark.parametrize(
    ("unlocked", "newest", "then"),
    [(1, 0.09, 2), (1, 0.11, 1), (1, float("nan"), 1), (2, 0.0, 2)],
)
def test_the_next_length_is_added_below_a_share_of_chance(unlocked, newest, then):
    assert grown(together("growing", grow_below=0.1), unlocked, newest) == then


def test_a_network_that_grows_sees_the_longer_length_once_the_shorter_is_learned(splits):
    """Of two jobs the one grows at once and the other never: only the first learns the longer."""
    options = {"samples": POOL, "epochs": 150, "evaluate_at": [], "learning_rate": 0.03}
    soon, never = (
        train_shard(together("growing", grow_below=below, **options), splits, CPU).losses
        for below in (0.5, 1e-9)
    )
    scores = [{row.length: row.score for row in losses[-2:]} for losses in (soon, never)]
    assert scores[0][LENGTH] > scores[1][LENGTH] + 0.3


@pytest.mark.parametrize("curriculum", ["mixed", "growing"])
def test_losses_are_evaluated_at_every_length(splits, curriculum):
    shard = train_shard(together(curriculum, 0, 1), splits, CPU)
    found = [(row.replicate, row.epoch, row.length) for row in shard.losses]
    assert found == [(r, e, t) for r in (0, 1) for e in (0, 2, 4, 6) for t in (SHORT, LENGTH)]


TASKS = [
    ("adding", (4, 9), {}),
    ("associative_recall", (1, 5), {}),
    ("copy_memory", (1, 3), {}),
    ("delayed_recall", (1, 3), {"steps": 6}),
    ("multi_query_recall", (1, 3), {"gap": 2, "queries": 4}),
    ("parity", (1, 3), {}),
    ("selective_copying", (1, 3), {"symbols": 4}),
]


@pytest.mark.parametrize(
    ("task", "lengths", "options", "architecture"),
    [*((*task, "lstm") for task in TASKS), *((*TASKS[2], net) for net in ("attention", "window"))],
)
def test_every_task_is_learned_on_several_lengths(settings, task, lengths, options, architecture):
    """No batch mixes lengths; each length has its own chance level and its own held-out data."""
    settings |= {"task": {"name": task, "options": options}, "lengths": list(lengths)}
    both = {"architecture": architecture, "training": {"curriculum": "mixed"}}
    settings |= {"models": ["both"], "model_zoo": {"both": both}, "claims": []}
    settings["training"] |= {"samples": 64, "epochs": 40, "evaluate_at": []}
    settings["controls"] |= {"shuffled_models": []}
    settings["dataset"] = {"pool": 64, "validation": 20, "test": 50}
    settings["analysis"] |= {"test_lengths": []}
    study = load(settings)
    made = {t: generate(jobs.dataset_spec(study, t)) for t in lengths}
    data = {
        t: {n: Split(each[f"{n}_x"], each[f"{n}_y"]) for n in ("pool", "test")}
        for t, each in made.items()
    }
    rows = train_shard(jobs.training_spec(study, "both", "all", 0, 0), data, CPU).losses
    assert [(row.epoch, row.length) for row in rows] == [(e, t) for e in (0, 40) for t in lengths]
    start, end = (sum(row.train_loss for row in rows if row.epoch == e) for e in (0, 40))
    assert end < start


def test_it_starts_with_the_weights_and_the_data_of_the_network_at_the_longest_length(splits):
    alone, both = (train_shard(job, splits, CPU) for job in (spec(), together("mixed")))
    assert both.losses[1] == alone.losses[0]
    initial = [name for name in alone.weights if "initial" in name]
    assert all(np.array_equal(alone.weights[n], both.weights[n]) for n in initial)


def test_a_job_of_one_length_is_described_as_before_there_were_curricula():
    dumped = spec().model_dump()
    assert "together" not in dumped
    assert not {"curriculum", "grow_below"} & dumped["training"].keys()
    mixed = together("mixed").model_dump()
    assert mixed["training"]["curriculum"] == "mixed"
    assert "grow_below" not in mixed["training"]
    assert [at["length"] for at in mixed["together"]] == [SHORT, LENGTH]
    assert type(spec()).model_validate_json(spec().model_dump_json()) == spec()


def test_a_model_that_reads_one_length_alone_is_refused_with_a_reason(splits, module):
    job = together("mixed", 0, 0, f"{module(FIXED)}:Fixed", {})
    with pytest.raises(UnsoundModelError, match="fails on sequences of 2 steps") as refused:
        train_shard(job, splits, CPU)
    assert "any length up to the `steps` of its shape" in str(refused.value)
