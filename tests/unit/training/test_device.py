import multiprocessing
import os
import threading
from multiprocessing.connection import wait

import pytest
import torch

from recall_horizon.errors import RecallHorizonError
from recall_horizon.training import device

# Each in its own process, as jobs are, of one that has imported torch.
PREPARE = """
import os
import torch
from recall_horizon.training import device
from recall_horizon.errors import MissingDeviceError

for wanted, threads in [("cpu", 1), ("cpu", 2), ("cuda", 1)]:
    if os.fork():
        assert os.wait()[1] == 0
        continue
    try:
        print(device.prepare(wanted, threads), torch.get_num_threads(), flush=True)
    except MissingDeviceError as error:
        print(error, flush=True)
    os._exit(0)  # since to take torch down takes long
"""


def test_a_job_takes_the_cpu_with_the_threads_it_was_given_and_misses_a_gpu_in_words(python):
    said = python(PREPARE, CUDA_VISIBLE_DEVICES="").splitlines()
    assert said[:2] == ["cpu 1", "cpu 2"]
    (message,) = said[2:]
    assert "torch sees no CUDA device" in message
    assert "set training.device to cpu" in message
    assert "Traceback" not in message


def test_a_device_has_a_name():
    name = device.name(torch.device("cpu"))
    assert name
    assert name == name.strip()


def lease_and_stay(said):
    said.send(device.lease(["3", "5"]))
    threading.Event().wait()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # these use no threads
def test_processes_lease_different_devices_and_wait_where_all_are_taken(home):
    """Forked, since a lease needs nothing of torch, whose import takes seconds."""
    context = multiprocessing.get_context("fork")
    processes = {}
    for _ in range(3):
        hears, says = context.Pipe(duplex=False)
        processes[hears] = context.Process(target=lease_and_stay, args=[says], daemon=True)
        processes[hears].start()
    try:
        leased, waiting = {}, list(processes)
        while len(leased) < 2:
            ready = wait(waiting, 60)
            assert ready, "no process got a device"
            leased[ready[0].recv()] = processes[ready[0]]
            waiting.remove(ready[0])
        assert set(leased) == {"3", "5"}
        (third,) = waiting
        assert not third.poll(1)
        leased["5"].kill()  # a lease ends with its process, however that ends
        assert third.poll(60)
        assert third.recv() == "5"
    finally:
        for process in processes.values():
            process.kill()
            process.join()


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
    limits = {"ATEN_CPU_CAPABILITY": "default", "ONEDNN_MAX_CPU_ISA": "AVX2"}
    name, _, capability = python(program, **limits).rpartition(" ")
    assert name == f"cpu: {capability.strip()}, float32, ONEDNN_MAX_CPU_ISA=AVX2"
    capability = torch.backends.cpu.get_cpu_capability()  # this process's
    assert device.arithmetic(torch.device("cpu")) == f"cpu: {capability}, float32"


def test_the_given_devices_are_reported(monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert device.given() == ""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert device.given() == ", CUDA_VISIBLE_DEVICES: 1"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert device.given() == ", CUDA_VISIBLE_DEVICES: none"


def test_numbers_too_small_to_be_computed_with_quickly_are_zero():
    """Else an LSTM trains ten times more slowly where its gradients vanish: at T = 200."""
    assert torch.tensor(1e-30) * 1e-9 > 0
    device.prepare("cpu", 1)
    assert torch.tensor(1e-30) * 1e-9 == 0
