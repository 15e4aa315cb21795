import sys

import pytest

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


@pytest.mark.parametrize("program", [KEPT, LARGE], ids=["64 MB", "more than 2 GB"])
def test_freed_memory_is_kept_if_the_settings_are_accepted(python, program):
    if sys.platform.startswith("linux"):
        taken, kept = python(program).split()
        assert taken == kept
    else:
        assert python(KEPT.split("def")[0]) == "False"


def test_the_users_own_setting_is_left_alone(python):
    program = "import os; from recall_horizon.training.allocator import keep_freed_memory; "
    program += "keep_freed_memory(); print(os.environ['THP_MEM_ALLOC_ENABLE'])"
    assert python(program, THP_MEM_ALLOC_ENABLE="0") == "0"
