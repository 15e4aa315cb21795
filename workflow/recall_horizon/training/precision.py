"""What changes the last digits of a job's numbers: set by the job, whatever its environment says.

Variables of the environment can make torch's libraries compute in bfloat16 or TF32, and count
threads of their own. Libraries read them when they start: `before_torch` comes first.
"""

import os

# What is computed in less than float32, and with more threads than a job was given.
SET = {
    "ONEDNN_DEFAULT_FPMATH_MODE": "STRICT",
    "NVIDIA_TF32_OVERRIDE": "0",
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",  # of fixed size: cuBLAS is deterministic only with one
    "MKL_DYNAMIC": "FALSE",
    "OMP_DYNAMIC": "FALSE",
}
UNSET = ("DNNL_DEFAULT_FPMATH_MODE", "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE", "MKL_DOMAIN_NUM_THREADS")
# What makes libraries compute as on another processor. It stays, and is recorded.
INSTRUCTIONS = ("DNNL_MAX_CPU_ISA", "MKL_CBWR", "MKL_ENABLE_INSTRUCTIONS", "ONEDNN_MAX_CPU_ISA")


def before_torch() -> None:
    """Set the environment's variables that torch's libraries read when they start."""
    for name in UNSET:
        os.environ.pop(name, None)
    os.environ.update(SET)


def float32_throughout() -> None:
    """Make torch compute numbers of type float32 in float32, on every device."""
    import torch

    torch.set_default_dtype(torch.float32)
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False


def instructions() -> str:
    """The instructions that the processor may use, as far as the environment limits them."""
    limits = [f"{name}={os.environ[name]}" for name in INSTRUCTIONS if os.environ.get(name)]
    return "".join(f", {limit}" for limit in limits)
