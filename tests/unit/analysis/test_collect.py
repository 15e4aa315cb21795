import json

import numpy as np
import pytest

from recall_horizon.analysis import collect
from recall_horizon.analysis.collect import TrainingJobs
from recall_horizon.errors import DamagedFileError, RecallHorizonError
from recall_horizon.storage.files import write_tensors, write_text
from recall_horizon.training.losses import Loss, as_csv

from ..data.test_datasets import spec

RECORD = dict.fromkeys(collect.RECORDED)
HEADER = ",".join(Loss._fields) + "\n"


def write_runs(runs, epochs=(0, 2, 10)):
    """Losses files whose training loss identifies the row."""
    for path in runs.files(".losses.csv"):
        model, length, shard = path.parts[-3], int(path.parts[-2][1:]), path.name.split(".")[0]
        first, last = (int(number) for number in shard.removeprefix("seeds-").split("-"))
        rows = [
            Loss("s", "t", model, length, r, epoch, epoch / 7, 0.5, 1.0, 0.5, 0.1, None, "ok")
            for r in range(first, last + 1)
            for epoch in epochs
        ]
        write_text(path, as_csv(rows))


@pytest.fixture
def runs(tmp_path):
    jobs = {"lengths": [5, 100, 20], "shards": ["0-1", "2-10"]}
    runs = TrainingJobs(tmp_path, {"net": jobs, "alt": jobs})
    write_runs(runs)
    return runs


def test_rows_are_sorted_by_model_length_replicate_and_epoch(runs):
    header, *rows = collect.losses(runs)
    assert tuple(header) == Loss._fields
    places = [(row[2], int(row[3]), int(row[4]), int(row[5])) for row in rows]
    assert places == [
        (model, length, replicate, epoch)
        for model in ("alt", "net")
        for length in (5, 20, 100)
        for replicate in range(11)
        for epoch in (0, 2, 10)
    ]


def test_how_replicates_are_cut_into_shards_and_the_order_of_jobs_do_not_matter(runs, tmp_path):
    jobs = {"lengths": [20, 100, 5], "shards": ["6-10", "0-4", "5-5"]}
    other = TrainingJobs(tmp_path / "other", {"alt": jobs, "net": jobs})
    write_runs(other)
    assert list(collect.losses(other)) == list(collect.losses(runs))


def test_values_are_exactly_the_text_that_was_written(runs):
    path = runs.folder / "net" / "T5" / "seeds-0-1.losses.csv"
    write_text(path, path.read_text().replace("0.2857142857142857", "inf"))
    values = {row[6] for row in collect.losses(runs)}
    assert {"inf", "0.2857142857142857", "1.4285714285714286"} <= values


def test_a_missing_losses_file_is_named(runs):
    (runs.folder / "net" / "T20" / "seeds-2-10.losses.csv").unlink()
    with pytest.raises(RecallHorizonError, match=r"net/T20/seeds-2-10\.losses\.csv is missing"):
        list(collect.losses(runs))


NO_LOSSES = {
    "empty": b"",
    "bytes": b"\xff\xfe\x00",
    "zeros": b"\0" * 50,
    "one long word": b"x" * 200_000,
    "another table": b"a,b,c\n1,2,3\n",
    "a cut row": HEADER.encode() + b"s,t,net,5,0\n",
    "words for numbers": HEADER.encode() + b"s,t,net,five,zero,0,1,1,1,0,0.1,,ok\n",
    "no rows": HEADER.encode(),
}


@pytest.mark.parametrize("content", NO_LOSSES.values(), ids=NO_LOSSES)
def test_a_file_that_is_not_a_losses_table_is_named(runs, content):
    path = runs.folder / "net" / "T20" / "seeds-2-10.losses.csv"
    path.write_bytes(content)
    with pytest.raises(DamagedFileError, match=r"net/T20/seeds-2-10\.losses\.csv"):
        list(collect.losses(runs))


def test_a_dataset_is_described_by_its_sizes_variance_and_baseline(tmp_path):
    targets = {"pool": [1, 3], "validation": [1, 7], "test": [0, 0, 2, 2]}
    tensors = {f"{n}_x": np.zeros((len(y), 7, 1), np.float32) for n, y in targets.items()}
    tensors |= {f"{n}_y": np.array(y, np.float32)[:, None] for n, y in targets.items()}
    path = tmp_path / "T7.safetensors"
    write_tensors(path, tensors, {"spec": spec(7, pool=2, validation=2, test=4).model_dump()})
    (row,) = collect.datasets([path])
    assert len(row.pop("digest")) == 64
    assert row == {
        **{"length": 7, "pool": 2, "validation": 2, "test": 4},
        **{"loss": "mse", "outputs": 1, "chance": 1.0},
        "chance_loss": 1.0,  # the variance of 0, 0, 2, 2
        "chance_error": 0.0,  # each of them is as far from their mean
        "baseline_loss": 2.0,  # of predicting 2, the pool's mean: (4 + 4 + 0 + 0) / 4
    }


def test_tensors_that_are_not_a_dataset_are_named(tmp_path):
    path = tmp_path / "weights.safetensors"
    write_tensors(path, {"weight": np.zeros(3)}, {"spec": {}})
    with pytest.raises(RecallHorizonError, match=r"weights\.safetensors"):
        list(collect.datasets([path]))


def test_every_jobs_record_is_read(runs):
    for number, path in enumerate(runs.files(".run.json")):
        write_text(path, json.dumps({**RECORD, "number": number}))
    assert [record["number"] for record in collect.run_records(runs)] == list(range(12))


@pytest.mark.parametrize("content", [None, b"", b"{half", b"[]", b'{"device": "cpu"}'])
def test_a_record_that_is_missing_or_broken_is_named(runs, content):
    for path in runs.files(".run.json"):
        write_text(path, json.dumps(RECORD))
    path = runs.folder / "net" / "T20" / "seeds-2-10.run.json"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RecallHorizonError, match=r"net/T20/seeds-2-10\.run\.json"):
        collect.run_records(runs)
