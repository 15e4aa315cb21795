import hashlib
import json

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recall_horizon.errors import DamagedFileError, RecallHorizonError
from recall_horizon.storage import files

TENSORS = {
    "x": np.arange(12, dtype=np.float32).reshape(3, 4),
    "steps": np.array(7),
    "none": np.zeros((0, 2)),
}
ABOUT = {"spec": {"length": 5, "task": "first_element"}}


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "some.safetensors"
    files.write_tensors(path, TENSORS, ABOUT)
    return path


def fail_half_way(path):
    """Start to write `path`, then fail; return what the folder held just before."""
    with files.atomic(path) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError(path.read_text() if path.exists() else "nothing")


def test_a_file_appears_only_when_its_block_ends(tmp_path):
    path = tmp_path / "new" / "folder" / "file.txt"
    with files.atomic(path) as temporary:
        temporary.write_text("half")
        assert not path.exists()
        temporary.write_text("whole")
    assert path.read_text() == "whole"
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_block_leaves_nothing_behind(tmp_path):
    path = tmp_path / "file.txt"
    with pytest.raises(ZeroDivisionError, match="nothing"):
        fail_half_way(path)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_block_keeps_the_previous_file(tmp_path):
    path = tmp_path / "file.txt"
    files.write_text(path, "before")
    with pytest.raises(ZeroDivisionError, match="before"):
        fail_half_way(path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_written_file_has_the_permissions_of_any_other(tmp_path):
    plain, atomic = tmp_path / "plain", tmp_path / "atomic"
    plain.write_text("")
    files.write_text(atomic, "")
    assert atomic.stat().st_mode == plain.stat().st_mode


@pytest.mark.parametrize("below", ["file.txt", "folder/file.txt"])
def test_a_path_that_cannot_be_written_is_named(tmp_path, below):
    (tmp_path / "regular").write_text("a file, no folder")
    path = tmp_path / "regular" / below
    with pytest.raises(RecallHorizonError, match="cannot be written") as refused:
        files.write_text(path, "text")
    assert str(path) in str(refused.value)


def test_text_is_written_unchanged(tmp_path):
    files.write_text(tmp_path / "t", "R² ≥ 0.9\r\n\n")
    assert (tmp_path / "t").read_bytes() == "R² ≥ 0.9\r\n\n".encode()


def test_equal_values_give_the_same_json():
    assert files.canonical_json({"b": [1, 2.5], "a": "é"}) == '{"a":"é","b":[1,2.5]}'
    assert files.canonical_json({"a": 1, "b": 2}) == files.canonical_json({"b": 2, "a": 1})


def test_tensors_read_back_as_they_were_written(written):
    tensors, about = files.read_tensors(written)
    assert tensors.keys() == TENSORS.keys()
    for name, tensor in TENSORS.items():
        assert tensors[name].dtype == tensor.dtype
        np.testing.assert_array_equal(tensors[name], tensor, strict=True)
    assert about["spec"] == ABOUT["spec"]


def test_some_tensors_are_read_and_checked_without_the_others(written):
    content = written.read_bytes()
    written.write_bytes(content.replace(TENSORS["x"].tobytes(), bytes(TENSORS["x"].nbytes)))
    tensors, about = files.read_tensors(written, ["steps", "absent"])
    assert (tensors, about["spec"]) == ({"steps": 7}, ABOUT["spec"])
    with pytest.raises(DamagedFileError):
        files.read_tensors(written, ["x"])


def test_transposed_tensors_read_back_as_they_were_written(tmp_path):
    tensor = np.arange(6.0).reshape(2, 3).T
    files.write_tensors(tmp_path / "t", {"t": tensor}, {})
    np.testing.assert_array_equal(files.read_tensors(tmp_path / "t")[0]["t"], tensor)


def test_the_same_tensors_give_the_same_bytes_in_every_process(tmp_path, python):
    program = f"""
import numpy as np
from pathlib import Path
from recall_horizon.storage.files import write_tensors
path = Path({str(tmp_path)!r}) / "t"
names = {{f"name-{{i}}" for i in range(20)}}  # in an order that the hash seed decides
tensors = {{name: np.full(3, len(name), np.float32) for name in names}}
write_tensors(path, tensors, {{"spec": {{"b": 1, "a": 2}}, "also": 3}})
import hashlib; print(hashlib.sha256(path.read_bytes()).hexdigest())
"""
    assert python(program, PYTHONHASHSEED="1") == python(program, PYTHONHASHSEED="2")


@pytest.mark.parametrize(
    "change",
    [
        {"x": TENSORS["x"] + 1},
        {"x": TENSORS["x"].astype(np.float64)},
        {"x": TENSORS["x"].view(np.int32)},
        {"x": TENSORS["x"].reshape(4, 3)},
        {"renamed": TENSORS["x"]},
        {},
    ],
)
def test_the_digest_depends_on_values_types_shapes_and_names(change):
    rest = {name: tensor for name, tensor in TENSORS.items() if name != "x"}
    assert files.content_digest({**rest, **change}, {}) != files.content_digest(TENSORS, {})


def test_the_digest_does_not_depend_on_the_order():
    backwards = dict(reversed(TENSORS.items()))
    assert files.content_digest(backwards, {}) == files.content_digest(TENSORS, {})


@given(data=st.data())
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_changed_byte_is_refused_or_changes_nothing(written, data):
    before = written.read_bytes()
    expected, about = files.read_tensors(written)
    place = data.draw(st.integers(0, len(before) - 1))
    bits = data.draw(st.integers(1, 255))
    damaged = written.with_name("damaged.safetensors")
    damaged.write_bytes(
        before[:place] + bytes([before[place] ^ bits]) + before[place + 1 :],
    )
    try:
        tensors, said = files.read_tensors(damaged)
    except DamagedFileError as error:
        refusal = str(error)
    else:
        refusal = None
        assert files.content_digest(tensors, {}) == files.content_digest(expected, {})
        assert said == about
    assert refusal is None or str(damaged) in refusal


@given(data=st.data())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_truncated_file_is_refused(written, data):
    whole = written.read_bytes()
    damaged = written.with_name("damaged.safetensors")
    damaged.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    with pytest.raises(DamagedFileError, match=r"damaged\.safetensors"):
        files.read_tensors(damaged)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no tensors at all",
        safetensors.numpy.save(TENSORS),
        safetensors.numpy.save(TENSORS, metadata={files.METADATA_KEY: "{}"}),
        safetensors.numpy.save(TENSORS, metadata={files.METADATA_KEY: "no JSON"}),
        safetensors.numpy.save(TENSORS, metadata={files.METADATA_KEY: "[]"}),
        safetensors.numpy.save(
            TENSORS,
            metadata={files.METADATA_KEY: f'{{"digest": "{hashlib.sha256().hexdigest()}"}}'},
        ),
    ],
    ids=["empty", "text", "no metadata", "no digest", "no JSON", "no object", "another digest"],
)
def test_a_file_of_another_origin_is_refused(tmp_path, content):
    path = tmp_path / "foreign.safetensors"
    path.write_bytes(content)
    with pytest.raises(DamagedFileError, match=r"foreign\.safetensors"):
        files.read_tensors(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(RecallHorizonError, match=r"absent\.safetensors does not exist"):
        files.read_tensors(tmp_path / "absent.safetensors")


def test_json_for_a_command_line_is_ascii_and_otherwise_the_canonical_text():
    for value in ({"b": [1, 2.5, None], "a": 'x"y'}, {"label": "Größe α→β 𝄞"}):
        canonical, text = files.canonical_json(value), files.shell_json(value)
        assert json.loads(text) == value
        assert text.isascii()
        assert (text == canonical) == canonical.isascii()
