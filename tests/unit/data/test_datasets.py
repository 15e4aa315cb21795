import numpy as np
import pytest

from recall_horizon.config.dataset import DatasetSpec, Splits
from recall_horizon.data import datasets
from recall_horizon.errors import DamagedFileError, RecallHorizonError
from recall_horizon.storage import files

FIRST_ELEMENT = "recall_horizon.data.tasks.first_element"


def spec(length=5, seed=1, pool=20, test=10, task=FIRST_ELEMENT, **options):
    return DatasetSpec(
        seed=seed,
        task=f"{task}:first_element",
        options=options,
        length=length,
        splits=Splits(pool=pool, test=test),
    )


def test_a_dataset_has_a_pool_and_a_test_set_of_the_requested_sizes():
    tensors = datasets.generate(spec())
    assert {name: tensor.shape for name, tensor in tensors.items()} == {
        "pool_x": (20, 5, 1),
        "pool_y": (20, 1),
        "test_x": (10, 5, 1),
        "test_y": (10, 1),
    }
    assert {tensor.dtype for tensor in tensors.values()} == {np.dtype(np.float32)}


def test_the_test_set_does_not_depend_on_the_pools_size():
    small, large = datasets.generate(spec(pool=20)), datasets.generate(spec(pool=50))
    np.testing.assert_array_equal(small["test_x"], large["test_x"])


def test_a_larger_pool_begins_with_the_smaller():
    small, large = datasets.generate(spec(pool=20)), datasets.generate(spec(pool=50))
    np.testing.assert_array_equal(small["pool_x"], large["pool_x"][:20])


def test_no_number_occurs_twice():
    """Not in both pool and test, not at two lengths, not with two seeds."""
    made = [datasets.generate(s) for s in (spec(5), spec(6), spec(10), spec(5, seed=2))]
    numbers = np.concatenate([m[f"{n}_x"].ravel() for m in made for n in ("pool", "test")])
    assert len(np.unique(numbers)) >= len(numbers) - 1  # float32 may repeat by chance


def test_the_same_spec_is_the_same_file(tmp_path):
    for name in ("a", "b"):
        datasets.write(tmp_path / name, spec())
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_dataset_reads_back_with_its_spec(tmp_path):
    path = tmp_path / "T5.safetensors"
    datasets.write(path, spec())
    (splits, _), tensors = datasets.read(path), datasets.generate(spec())
    for name, split in splits.items():
        np.testing.assert_array_equal(split.x, tensors[f"{name}_x"])
        np.testing.assert_array_equal(split.y, tensors[f"{name}_y"])
    assert DatasetSpec.model_validate(files.read_tensors(path)[1]["spec"]) == spec()


def test_tensors_that_are_not_a_dataset_are_refused(tmp_path):
    path = tmp_path / "weights.safetensors"
    files.write_tensors(path, {"pool_x": np.zeros(3)}, {})
    with pytest.raises(DamagedFileError, match=r"weights\.safetensors is no dataset.*pool_y"):
        datasets.read(path)


def test_options_reach_the_task(module):
    name = module(
        "import numpy as np\n"
        "def first_element(rng, number, length, value):\n"
        "    x = value * rng.integers(1, 3, (number, length, 1)).astype(np.float32)\n"
        "    return x, x[:, 0]\n"
    )
    assert set(datasets.generate(spec(task=name, value=7))["test_y"].ravel()) == {7, 14}


def test_targets_that_are_all_the_same_are_refused(module):
    name = module(
        "import numpy as np\n"
        "def first_element(rng, number, length):\n"
        "    return rng.random((number, length, 1), np.float32), np.ones((number, 1), np.float32)\n"
    )
    with pytest.raises(RecallHorizonError, match="at length 5 are all the same"):
        datasets.generate(spec(task=name))
