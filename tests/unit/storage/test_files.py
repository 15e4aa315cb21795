import errno
import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

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
    "transposed": np.arange(6.0).reshape(2, 3).T,
}
ABOUT = {"spec": {"length": 5, "task": "first_element"}}


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "some.safetensors"
    files.write_tensors(path, TENSORS, ABOUT)
    return path


def fail_half_way(path):
    """Start to write `path`, then fail with what it held just before."""
    with files.atomic(path) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError(path.read_text())


def test_a_file_appears_only_when_its_block_ends(tmp_path):
    path = tmp_path / "new" / "folder" / "file.txt"
    with files.atomic(path) as temporary:
        temporary.write_text("half")
        assert not path.exists()
        temporary.write_text("whole")
    assert path.read_text() == "whole"
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_block_keeps_the_previous_file_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "file.txt"
    files.write_text(path, "before")
    with pytest.raises(ZeroDivisionError, match="before"):
        fail_half_way(path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_device_is_not_replaced_by_a_file(tmp_path):
    """Whoever is root would replace /dev/null for everybody."""
    device = tmp_path / "device"
    os.mkfifo(device)
    with pytest.raises(RecallHorizonError, match="device cannot be written: it is a device"):
        files.write_text(device, "text")
    assert device.is_fifo()
    assert list(tmp_path.iterdir()) == [device]


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


# Writes half of a file, says so, and waits: to be killed, or to be told to write the rest.
WRITER = """
import sys
from pathlib import Path
from recall_horizon.storage.files import atomic
with atomic(Path(sys.argv[1])) as temporary:
    temporary.write_text("half")
    print("half", flush=True)
    sys.stdin.readline()
    temporary.write_text("whole, by another process")
"""
# Writes a file again and again. Each time it holds what was written, by this process or another.
BUSY = """
import sys
from pathlib import Path
from recall_horizon.storage.files import write_text
print("ready", flush=True)
for i in range(int(sys.argv[2])):
    write_text(Path(sys.argv[1]), "a whole text" * 1000)
    assert len(Path(sys.argv[1]).read_text()) == 12_000
"""


@pytest.fixture
def writer():
    """Starts a program that writes a path, and waits for its first line."""
    started = []

    def start(program, path, *arguments):
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(path), *arguments],
            env={**os.environ, "PYTHONPATH": str(Path(files.__file__).parents[2])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout.readline()
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_what_a_killed_writer_leaves_is_removed_by_the_next(tmp_path, writer):
    path = tmp_path / "job.progress.json"
    for process in [writer(WRITER, path) for _ in range(2)]:
        process.kill()
        process.wait()
    assert len(list(tmp_path.iterdir())) == 2
    files.write_text(path, "whole")
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "whole"


def test_a_writer_at_work_does_not_lose_its_file(tmp_path, writer):
    path = tmp_path / "file.txt"
    other = writer(WRITER, path)
    files.write_text(path, "by this process")
    (temporary,) = (p for p in tmp_path.iterdir() if p != path)
    assert temporary.read_text() == "half"
    assert path.read_text() == "by this process"
    _, said = other.communicate("\n")
    assert (other.returncode, said) == (0, "")
    assert path.read_text() == "whole, by another process"
    assert list(tmp_path.iterdir()) == [path]


def test_writers_of_one_file_disturb_each_other_in_nothing_also_when_some_are_killed(
    tmp_path, writer
):
    path = tmp_path / "file.txt"
    busy = [writer(BUSY, path, "300") for _ in range(2)]
    killed = [writer(BUSY, path, "1000000") for _ in range(2)]
    for process in killed:
        time.sleep(0.1)
        process.kill()
        process.wait()
    for process in busy:
        _, said = process.communicate(timeout=60)
        assert (process.returncode, said) == (0, "")
    files.write_text(path, "at last")
    assert list(tmp_path.iterdir()) == [path]


def test_only_temporary_files_of_the_same_file_are_removed(tmp_path):
    others = {
        ".file.txt.swp",  # an editor's
        ".file.txt.lock.a8x_k2b0",
        ".file.csv.a8x_k2b0",
        "file.txt.a8x_k2b0",
        ".a8x_k2b0",
    }
    for name in (*others, ".file.txt.a8x_k2b0"):
        (tmp_path / name).write_text("")
    files.write_text(tmp_path / "file.txt", "text")
    assert {path.name for path in tmp_path.iterdir()} == {*others, "file.txt"}


def test_a_file_removed_before_its_writer_could_lock_it_is_made_again(tmp_path, monkeypatch):
    made, original = [], tempfile.mkstemp

    def removed_at_first(**how):
        made.append(original(**how))
        if len(made) == 1:
            Path(made[0][1]).unlink()  # by another writer
        return made[-1]

    monkeypatch.setattr(tempfile, "mkstemp", removed_at_first)
    files.write_text(tmp_path / "file.txt", "text")
    assert len(made) == 2
    assert (tmp_path / "file.txt").read_text() == "text"
    assert list(tmp_path.iterdir()) == [tmp_path / "file.txt"]


def test_a_file_that_another_writer_is_about_to_remove_is_made_again(tmp_path, monkeypatch):
    made, original, others = [], tempfile.mkstemp, []

    def locked_at_first(**how):
        made.append(original(**how))
        if len(made) == 1:
            others.append(os.open(made[0][1], os.O_RDWR))
            fcntl.flock(others[0], fcntl.LOCK_EX)
        return made[-1]

    monkeypatch.setattr(tempfile, "mkstemp", locked_at_first)
    files.write_text(tmp_path / "file.txt", "text")
    os.close(others[0])
    assert len(made) == 2
    assert (tmp_path / "file.txt").read_text() == "text"


def test_where_there_are_no_locks_files_are_written_and_nothing_is_removed(tmp_path, monkeypatch):
    def no_locks(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    left = tmp_path / ".file.txt.a8x_k2b0"
    left.write_text("perhaps of a writer at work")
    files.write_text(tmp_path / "file.txt", "text")
    assert set(tmp_path.iterdir()) == {left, tmp_path / "file.txt"}


def test_no_descriptor_stays_open(tmp_path):
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        files.write_text(tmp_path / "file.txt", "text")
        with suppress(ZeroDivisionError):
            fail_half_way(tmp_path / "file.txt")
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_hidden_files_are_no_part_of_what_a_folder_holds(tmp_path):
    folder = tmp_path / ".hidden" / "weights"
    for name in ("config.json", "part/one", ".config.json.a8x_k2b0", ".cache/one", "part/.two"):
        files.write_text(folder / name, name)
    assert files.digests_below(folder) == {
        name: hashlib.sha256(name.encode()).hexdigest() for name in ("config.json", "part/one")
    }


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


FOREIGN = {
    "no metadata": None,
    "no digest": {files.METADATA_KEY: "{}"},
    "no JSON": {files.METADATA_KEY: "no JSON"},
    "no object": {files.METADATA_KEY: "[]"},
    "another digest": {files.METADATA_KEY: f'{{"digest": "{hashlib.sha256().hexdigest()}"}}'},
}
FOREIGN = {name: safetensors.numpy.save(TENSORS, metadata=m) for name, m in FOREIGN.items()}
FOREIGN |= {"empty": b"", "text": b"no tensors at all"}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
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
