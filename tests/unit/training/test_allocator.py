import sys

KEPT = """
import ctypes
from pathlib import Path
from recall_horizon.training.allocator import keep_freed_memory
print(keep_freed_memory())

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

before = resident()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
memory = libc.malloc(ctypes.c_size_t(2**26))
ctypes.memset(memory, 1, 2**26)
libc.free(ctypes.c_void_p(memory))
print(resident() - before > 2**25)
"""
LARGE = """
import ctypes
from recall_horizon.training.allocator import keep_freed_memory

libc = ctypes.CDLL(None)
libc.malloc.restype = libc.sbrk.restype = ctypes.c_void_p
taken = keep_freed_memory()
memory = libc.malloc(ctypes.c_size_t(5 * 2**29))  # never written to, so it takes no memory
top = libc.sbrk(0)
libc.free(ctypes.c_void_p(memory))
print(taken, libc.sbrk(0) == top)
"""
SETTING = """import os
from recall_horizon.training.allocator import keep_freed_memory
keep_freed_memory()
"""


def test_freed_memory_is_kept_if_the_settings_are_accepted(python):
    if sys.platform.startswith("linux"):
        taken, kept = python(KEPT).split()
        assert taken == kept
    else:
        assert python(KEPT.split("def")[0]) == "False"


def test_more_than_two_gigabytes_are_kept_as_well(python):
    if sys.platform.startswith("linux"):
        taken, kept = python(LARGE).split()
        assert taken == kept


def test_the_users_own_setting_is_left_alone(python):
    shown = SETTING + "print(os.environ['THP_MEM_ALLOC_ENABLE'])"
    assert python(shown, THP_MEM_ALLOC_ENABLE="0") == "0"


def test_the_numbers_computed_are_the_same(python):
    program = """
import hashlib, torch
torch.set_num_threads(1)
torch.manual_seed(0)
lstm = torch.nn.LSTM(1, 32, batch_first=True)
lstm(torch.randn(64, 30, 1))[0].square().sum().backward()
digest = hashlib.sha256()
for parameter in lstm.parameters():
    digest.update(parameter.grad.numpy().tobytes())
print(digest.hexdigest())
"""
    assert python(SETTING + program) == python(program)
