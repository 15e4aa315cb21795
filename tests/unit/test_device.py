import os
import select
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from recall_horizon import device

ROOT = Path(__file__).parents[2]
PREPARE = """
import torch
from recall_horizon import device
from recall_horizon.errors import MissingDeviceError
try:
    print(device.prepare({wanted!r}, {threads}), torch.get_num_threads())
except MissingDeviceError as error:
    print(error)
"""


@pytest.mark.parametrize(("wanted", "threads"), [("auto", 1), ("cpu", 2)])
def test_a_job_takes_the_cpu_with_the_threads_it_was_given(python, wanted, threads):
    program = PREPARE.format(wanted=wanted, threads=threads)
    assert python(program, CUDA_VISIBLE_DEVICES="") == f"cpu {threads}"


def test_a_device_that_is_not_there_is_missed_in_words(python):
    message = python(PREPARE.format(wanted="cuda", threads=1), CUDA_VISIBLE_DEVICES="")
    assert "torch sees no CUDA device" in message
    assert "set training.device to auto" in message
    assert "Traceback" not in message


def test_a_device_has_a_name():
    name = device.name(torch.device("cpu"))
    assert name
    assert name == name.strip()


LEASER = (
    "import sys\nfrom recall_horizon.device import lease\nprint(lease(['3', '5']), flush=True)\n"
)


def test_processes_lease_different_devices_and_wait_where_all_are_taken(tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT / "workflow")}
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
        leased["5"].kill()  # a lease ends with its process, however that ends
        assert third.stdout.readline().strip() == "5"
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_what_was_given_is_said(monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert device.given() == ""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert device.given() == ", CUDA_VISIBLE_DEVICES: 1"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert device.given() == ", CUDA_VISIBLE_DEVICES: none"
