import os
import select
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from recall_horizon.errors import RecallHorizonError
from recall_horizon.training import device

ROOT = Path(__file__).parents[3]
PREPARE = """
import torch
from recall_horizon.training import device
from recall_horizon.errors import RecallHorizonError
from recall_horizon.errors import MissingDeviceError
try:
    print(device.prepare({wanted!r}, {threads}), torch.get_num_threads())
except MissingDeviceError as error:
    print(error)
"""


@pytest.mark.parametrize(("wanted", "threads"), [("cpu", 1), ("cpu", 2)])
def test_a_job_takes_the_cpu_with_the_threads_it_was_given(python, wanted, threads):
    program = PREPARE.format(wanted=wanted, threads=threads)
    assert python(program, CUDA_VISIBLE_DEVICES="") == f"cpu {threads}"


def test_a_missing_device_gives_a_clear_message(python):
    message = python(PREPARE.format(wanted="cuda", threads=1), CUDA_VISIBLE_DEVICES="")
    assert "torch sees no CUDA device" in message
    assert "set training.device to cpu" in message
    assert "Traceback" not in message


def test_a_device_has_a_name():
    name = device.name(torch.device("cpu"))
    assert name
    assert name == name.strip()


LEASER = """import sys
from recall_horizon.training.device import lease
print(lease(['3', '5']), flush=True)
"""


def test_processes_lease_different_devices_and_wait_if_all_are_taken(tmp_path):
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    environment["PYTHONPATH"] = str(ROOT / "workflow")
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", LEASER + "sys.stdin.read()"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    try:
        leased, waiting = {}, list(processes)
        while len(leased) < 2:
            ready = select.select([p.stdout for p in waiting], [], [], 60)[0]
            assert ready, "no process got a device"
            (one,) = [p for p in waiting if p.stdout is ready[0]]
            leased[one.stdout.readline().strip()] = one
            waiting.remove(one)
        assert set(leased) == {"3", "5"}
        (third,) = waiting
        assert not select.select([third.stdout], [], [], 1)[0]
        leased["5"].kill()  # a lease ends with its process, even if that is killed
        assert third.stdout.readline().strip() == "5"
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The folder in which this process creates its folder of leases."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path / f"recall-horizon-{os.getuid()}"


def test_a_lease_follows_no_link_and_truncates_nothing(home, tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("precious")
    home.mkdir(mode=0o700)
    (home / "0.lock").symlink_to(precious)
    with pytest.raises(RecallHorizonError, match=r"0\.lock cannot be opened"):
        device.lease(["0"])
    (home / "1.lock").write_text("whose?")
    assert device.lease(["1"]) == "1"
    assert precious.read_text() == "precious"
    assert (home / "1.lock").read_text() == "whose?"


@pytest.mark.parametrize(
    "how", ["writable by others", "a link", "a dangling link", "a file", "of another user"]
)
def test_a_folder_that_another_user_may_have_prepared_is_refused(home, tmp_path, how, monkeypatch):
    if how in ("a link", "a dangling link"):
        if how == "a link":
            (tmp_path / "elsewhere").mkdir(mode=0o700)
        home.symlink_to(tmp_path / "elsewhere")
    elif how == "a file":
        home.touch()
    else:
        home.mkdir()
        home.chmod(0o777 if how == "writable by others" else 0o700)
    if how == "of another user":
        me = os.getuid()
        monkeypatch.setattr(os, "getuid", lambda: me + 1)
        home.rename(tmp_path / f"recall-horizon-{me + 1}")
    with pytest.raises(RecallHorizonError, match="another user"):
        device.lease(["0"])


def test_what_changes_the_last_bits_has_a_name(python):
    program = (
        "import torch; from recall_horizon.training import device; "
        "print(device.arithmetic(torch.device('cpu')), torch.backends.cpu.get_cpu_capability())"
    )
    for environment in ({}, {"ATEN_CPU_CAPABILITY": "default"}):
        *name, capability = python(program, **environment).split()
        assert name == ["cpu:", capability]


def test_the_given_devices_are_reported(monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert device.given() == ""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert device.given() == ", CUDA_VISIBLE_DEVICES: 1"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert device.given() == ", CUDA_VISIBLE_DEVICES: none"
