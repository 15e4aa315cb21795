"""How a run stops: its folder is not left locked, and its jobs have the time to keep their state."""

import signal
import threading
from contextlib import suppress
from pathlib import Path

import psutil  # which Snakemake needs

# Snakemake heeds SIGINT and SIGTERM. Any other of these would kill it: its folder would stay locked,
# and its jobs on a cluster would go on. SIGHUP comes when a terminal or a connection is closed.
ALSO_HEEDED = [
    number
    for number in (getattr(signal, n, None) for n in ("SIGHUP", "SIGUSR1", "SIGXCPU"))
    if number is not None and signal.getsignal(number) is signal.SIG_DFL
]


def stop(number, frame):
    """Stop as at Ctrl-C, and the jobs as well: a terminal that closes signals its leader alone.

    Such signals often come twice, and the second must not disturb that.
    """
    for heeded in ALSO_HEEDED:
        signal.signal(heeded, lambda number, frame: None)
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):  # it has just ended
            process.send_signal(number)
    raise KeyboardInterrupt


# Of a module, the process and its shell are another workflow's.
if workflow.modifier.is_main_snakefile():
    if threading.current_thread() is threading.main_thread():  # no other can set handlers
        for heeded in ALSO_HEEDED:
            signal.signal(heeded, stop)
    # The signal that a job receives comes to its shell as well. If that ended at once, so would the
    # job for Snakemake and for SLURM, which kills what is left of a job whatever it is writing.
    if Path(shell.get_executable() or "").name == "bash":
        shell.prefix("set -euo pipefail; trap : HUP TERM USR1 XCPU; ")
