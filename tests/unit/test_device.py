import torch

from recall_horizon import device

PREPARE = """
import os, torch
from recall_horizon import device
from recall_horizon.errors import MissingDeviceError
try:
    print(device.prepare({wanted!r}, 1))
except MissingDeviceError as error:
    print(error)
"""


def test_the_cpu_is_there_when_it_is_wanted():
    assert device.prepare("cpu", 1) == torch.device("cpu")


def test_auto_takes_the_cpu_where_no_other_device_is_seen(python):
    assert python(PREPARE.format(wanted="auto"), CUDA_VISIBLE_DEVICES="") == "cpu"


def test_a_device_that_is_not_there_is_missed_in_words(python):
    message = python(PREPARE.format(wanted="cuda"), CUDA_VISIBLE_DEVICES="")
    assert "torch sees no CUDA device" in message
    assert "set training.device to auto" in message
    assert "Traceback" not in message


def test_a_job_uses_the_threads_it_was_given(python):
    program = "import torch\nfrom recall_horizon import device\n"
    for threads in (1, 2):
        prepared = f"device.prepare('cpu', {threads}); print(torch.get_num_threads())"
        assert python(program + prepared) == str(threads)


def test_a_device_has_a_name():
    name = device.name(torch.device("cpu"))
    assert name
    assert name == name.strip()
