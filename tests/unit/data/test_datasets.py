import hashlib

import numpy as np
import pytest

from recall_horizon.config.dataset import DatasetSpec, Splits
from recall_horizon.data import datasets
from recall_horizon.errors import DamagedFileError, RecallHorizonError
from recall_horizon.storage import files

SPLITS = ("pool", "validation", "test")
FIRST_ELEMENT = "recall_horizon.data.tasks.first_element"


def spec(
    length=5, seed=1, pool=20, validation=15, test=10, task=FIRST_ELEMENT, shuffled=False, **options
):
    return DatasetSpec(
        seed=seed,
        shuffled=shuffled,
        task=f"{task}:FirstElement",
        options=options,
        length=length,
        splits=Splits(pool=pool, validation=validation, test=test),
    )


def test_a_dataset_has_three_splits_of_the_sizes_asked_for():
    tensors = datasets.generate(spec())
    assert {name: tensor.shape for name, tensor in tensors.items()} == {
        "pool_x": (20, 5, 1),
        "pool_y": (20, 1),
        "validation_x": (15, 5, 1),
        "validation_y": (15, 1),
        "test_x": (10, 5, 1),
        "test_y": (10, 1),
    }
    assert {tensor.dtype for tensor in tensors.values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("name", SPLITS)
def test_a_split_does_not_depend_on_the_others_sizes(name):
    small = datasets.generate(spec())
    large = datasets.generate(spec(**{other: 50 for other in SPLITS if other != name}))
    np.testing.assert_array_equal(small[f"{name}_x"], large[f"{name}_x"])


def test_splits_are_those_that_results_were_made_with():
    made = datasets.generate(spec(20, seed=2026, pool=30, test=20))
    digests = {n: hashlib.sha256(tensor.tobytes()).hexdigest()[:16] for n, tensor in made.items()}
    assert digests == {
        "pool_x": "816a11fb7324d33f",
        "pool_y": "152e518e6f380134",
        "validation_x": "0f525a8100ec9c71",
        "validation_y": "f1ac4a22d42a2959",
        "test_x": "518e59562e489cfb",
        "test_y": "13183d8bb5dfca00",
    }


def test_shuffled_targets_are_the_same_numbers_in_another_order():
    made, mixed = (datasets.generate(spec(3, pool=2000, shuffled=s)) for s in (False, True))
    assert (made["pool_x"] == mixed["pool_x"]).all()
    one, other = (tensors["pool_y"][:, 0] for tensors in (made, mixed))
    np.testing.assert_array_equal(np.sort(one), np.sort(other))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.1


def test_a_larger_pool_begins_with_the_smaller():
    small, large = datasets.generate(spec(pool=20)), datasets.generate(spec(pool=50))
    np.testing.assert_array_equal(small["pool_x"], large["pool_x"][:20])


def test_no_number_stands_in_two_places():
    """Not in two splits, not at two lengths, not under two seeds."""
    made = [datasets.generate(s) for s in (spec(5), spec(6), spec(10), spec(5, seed=2))]
    numbers = np.concatenate([m[f"{n}_x"].ravel() for m in made for n in SPLITS])
    assert len(np.unique(numbers)) >= len(numbers) - 1  # float32 may repeat by chance


def test_a_dataset_reads_back_with_its_spec(tmp_path):
    path = tmp_path / "T5.safetensors"
    datasets.write(path, spec())
    (made, splits), tensors = datasets.described(path, SPLITS), datasets.generate(spec())
    assert made == spec()
    assert tuple(splits) == SPLITS
    for name, split in splits.items():
        np.testing.assert_array_equal(split.x, tensors[f"{name}_x"])
        np.testing.assert_array_equal(split.y, tensors[f"{name}_y"])


def damaged_at(path, tensor):
    """Change the last byte of a tensor in the file at `path`."""
    content = bytearray(path.read_bytes())
    wanted = datasets.generate(spec())[tensor].tobytes()
    content[content.index(wanted) + len(wanted) - 1] ^= 1
    path.write_bytes(content)


def test_only_the_named_splits_are_read(tmp_path):
    """Whatever happened to another: what nobody reads decides nothing, the digest included."""
    path = tmp_path / "T5.safetensors"
    datasets.write(path, spec())
    splits, digest = datasets.read(path, ["pool", "validation"])
    assert splits.keys() == {"pool", "validation"}
    damaged_at(path, "test_x")
    assert datasets.read(path, ["pool", "validation"])[1] == digest
    with pytest.raises(DamagedFileError, match=r"T5\.safetensors"):
        datasets.read(path, ["test"])


def test_the_digest_is_one_of_the_splits_that_were_read(tmp_path):
    digests = []
    for name, of in (("a", spec()), ("b", spec(validation=5)), ("c", spec(test=5))):
        datasets.write(tmp_path / name, of)
        digests.append(datasets.read(tmp_path / name, ["pool", "test"])[1])
    assert digests[0] == digests[1] != digests[2]


def test_tensors_that_are_no_dataset_are_refused(tmp_path):
    path = tmp_path / "weights.safetensors"
    files.write_tensors(path, {"pool_x": np.zeros(3)}, {})
    with pytest.raises(DamagedFileError, match=r"weights\.safetensors is no dataset.*pool_y"):
        datasets.read(path, ["pool"])


def test_options_reach_the_task(module):
    name = module(
        "import numpy as np\n"
        "class FirstElement:\n"
        "    def __init__(self, length, value): self.length, self.value = length, value\n"
        "    def draw(self, rng, number):\n"
        "        x = rng.integers(1, 3, (number, self.length, 1)).astype(np.float32)\n"
        "        return self.value * x, self.value * x[:, 0]\n"
    )
    assert set(datasets.generate(spec(task=name, value=7))["test_y"].ravel()) == {7, 14}


def test_targets_that_are_all_the_same_are_refused(module):
    name = module(
        "import numpy as np\n"
        "class FirstElement:\n"
        "    def __init__(self, length): self.length = length\n"
        "    def draw(self, rng, number):\n"
        "        x = rng.random((number, self.length, 1), np.float32)\n"
        "        return x, np.ones((number, 1), np.float32)\n"
    )
    with pytest.raises(RecallHorizonError, match="at length 5 are all the same"):
        datasets.generate(spec(task=name))


def test_a_test_split_alone_has_the_same_sequences():
    whole, alone = (
        datasets.generate(spec().model_copy(update={"test_alone": only})) for only in (False, True)
    )
    assert list(alone) == ["test_x", "test_y"]
    assert all(np.array_equal(alone[name], whole[name]) for name in alone)
