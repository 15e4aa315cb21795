# What a job does before it imports torch.
FIRST = """
from recall_horizon.training import allocator, precision
precision.before_torch()
allocator.keep_freed_memory()
"""
# The digits of layers that torch's libraries compute, in a process like a job's; and of gradients.
DIGITS = """
import hashlib, torch
from recall_horizon.training import device
device.prepare("cpu", 1)
torch.manual_seed(0)
layers = torch.nn.Conv1d(16, 64, 3), torch.nn.Linear(100, 64)
x = layers[1](layers[0](torch.randn(16, 16, 102)))
lstm = torch.nn.LSTM(1, 32, batch_first=True)
lstm(torch.randn(64, 30, 1))[0].square().sum().backward()
digest = hashlib.sha256()
for tensor in (x.detach(), *(parameter.grad for parameter in lstm.parameters())):
    digest.update(tensor.numpy().tobytes())
print(digest.hexdigest(), torch.get_num_threads())
"""
OUTSIDE = {
    "ONEDNN_DEFAULT_FPMATH_MODE": "BF16",
    "DNNL_DEFAULT_FPMATH_MODE": "ANY",
    "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE": "1",
    "NVIDIA_TF32_OVERRIDE": "1",
    "OMP_NUM_THREADS": "2",
    "MKL_NUM_THREADS": "2",
    "MKL_DYNAMIC": "TRUE",
}


def test_neither_variables_of_the_environment_nor_kept_memory_change_a_digit(python):
    assert python(FIRST + DIGITS, **OUTSIDE) == python(DIGITS)


def test_a_step_sets_them_before_torch_is_imported(python):
    program = "from recall_horizon.__main__ import main; main(['train', '--help'])"
    program = f"try:\n    {program}\nexcept SystemExit:\n    pass\n"
    program += "import os, torch; print(os.environ['ONEDNN_DEFAULT_FPMATH_MODE'])"
    assert python(program, ONEDNN_DEFAULT_FPMATH_MODE="BF16").split()[-1] == "STRICT"


def test_what_a_module_has_switched_on_is_switched_off_for_a_job(python):
    program = (
        "import torch; torch.set_float32_matmul_precision('medium'); "
        "torch.set_default_dtype(torch.float64); "
        "from recall_horizon.training import device; device.prepare('cpu', 1); "
        "print(torch.get_float32_matmul_precision(), torch.get_default_dtype(), "
        "torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32)"
    )
    assert python(program, TORCH_ALLOW_TF32_CUBLAS_OVERRIDE="1").split() == [
        *("highest", "torch.float32", "False", "False")
    ]
