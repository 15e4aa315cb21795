import pytest
import torch

from recall_horizon import device

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
