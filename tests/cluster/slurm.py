"""A real SLURM cluster of one node, without systemd, cgroups or anything outside one folder.

Its daemons are children of the process that starts it, and end with it. GPUs are declared, not
there: a job is given one and sees CUDA_VISIBLE_DEVICES, and nothing computes on it.
"""

import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

CONFIGURATION = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmdPort={port_of_node}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SwitchType=switch/none
MpiDefault=none
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
PropagateResourceLimits=NONE
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=5,sched_interval=5
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=256
GresTypes=gpu
JobRequeue=1
MinJobAge=3600
KillWait=10
OverTimeLimit=0
ReturnToService=2
SlurmctldTimeout=60
SlurmdTimeout=120
MessageTimeout=10
SlurmdParameters=config_overrides
AccountingStorageType=accounting_storage/none
NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port_of_node} CPUs={cpus} \
RealMemory={memory} Gres=gpu:fake:{gpus} State=UNKNOWN
PartitionName=cpu Nodes={node} Default=YES MaxTime=12:00:00 DefaultTime=10 State=UP
PartitionName=gpu Nodes={node} MaxTime=12:00:00 DefaultTime=10 State=UP
"""

# In a job, Snakemake starts srun without any SLURM_ variable: this srun finds the configuration.
SRUN = """#!/bin/sh
SLURM_CONF={conf} exec {srun} "$@"
"""


class Cluster:
    """A SLURM cluster in `folder` with declared GPUs and more CPUs than the machine may have."""

    def __init__(self, folder: Path, gpus: int = 2, cpus: int = 4, port: int = 16917) -> None:
        self.folder, self.gpus, self.cpus, self.port = folder, gpus, cpus, port
        self.daemons: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("SLURM_")},
            "SLURM_CONF": str(folder / "slurm.conf"),
            "PATH": os.pathsep.join([str(folder / "bin"), os.environ["PATH"], "/usr/sbin"]),
        }

    def start(self) -> None:
        """Start the cluster; return when its node is idle."""
        self._write_configuration()
        socket_ = self.folder / "munge.socket"
        key, log = self.folder / "munge.key", self.folder / "munged.log"
        self._start(
            *("munged", "--foreground", "--force", f"--socket={socket_}", f"--key-file={key}"),
            *(f"--pid-file={self.folder}/munged.pid", f"--log-file={log}"),
            f"--seed-file={self.folder}/munged.seed",
        )
        until(10, socket_.exists)
        self.start_controller()
        self._start("slurmd", "-D", "-N", self.node)
        until(60, lambda: self.ask("sinfo", "-h", "-o", "%T") in ("idle", "mixed"))

    def start_controller(self) -> None:
        """Start slurmctld, for the first time or after an outage."""
        self._start("slurmctld", "-D")
        until(30, lambda: "is UP" in self.ask("scontrol", "ping"))

    def stop_controller(self) -> None:
        """Stop slurmctld: an outage. Running jobs continue."""
        self._stop("slurmctld")

    def stop(self) -> None:
        """Cancel all jobs and stop what was started."""
        if "slurmctld" in self.daemons:
            self.ask("scancel", f"--user={self.user}")
            until(20, lambda: not self.ask("squeue", "-h", "-t", "R,CG,PD", "-o", "%A"), fail=False)
        for name in ("slurmd", "slurmctld", "munged"):
            self._stop(name)

    def ask(self, *command: str) -> str:
        """The output of a SLURM command; empty if it fails."""
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=30, check=False
        )
        return done.stdout.strip()

    @property
    def node(self) -> str:
        """The node's name, which is the machine's."""
        return socket.gethostname().partition(".")[0]

    @property
    def user(self) -> str:
        """The user that everything runs as."""
        return subprocess.run(["id", "-un"], capture_output=True, text=True).stdout.strip()

    def _start(self, name: str, *options: str) -> None:
        with (self.folder / f"{name}.out").open("ab") as out:
            self.daemons[name] = subprocess.Popen(
                [shutil.which(name, path=self.environment["PATH"]) or name, *options],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def _stop(self, name: str) -> None:
        daemon = self.daemons.pop(name, None)
        if daemon is None:
            return
        daemon.terminate()
        try:
            daemon.wait(timeout=15)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()

    def _write_configuration(self) -> None:
        for name in ("state", "spool", "dev", "bin"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        key = self.folder / "munge.key"
        key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o600)
        megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        conf = self.folder / "slurm.conf"
        conf.write_text(
            CONFIGURATION.format(
                host=self.node,
                node=self.node,
                user=self.user,
                folder=self.folder,
                port=self.port,
                port_of_node=self.port + 1,
                cpus=self.cpus,
                gpus=self.gpus,
                memory=int(megabytes * 0.9),
            )
        )
        for i in range(self.gpus):
            # A regular file would give jobs no CUDA_VISIBLE_DEVICES.
            (self.folder / "dev" / f"gpu{i}").symlink_to("/dev/null")
        files = f"{self.folder}/dev/gpu[0-{self.gpus - 1}]"
        (self.folder / "gres.conf").write_text(
            f"AutoDetect=off\nNodeName={self.node} Name=gpu Type=fake File={files}\n"
        )
        srun = self.folder / "bin" / "srun"
        srun.write_text(SRUN.format(conf=conf, srun=shutil.which("srun")))
        srun.chmod(0o755)


def until(seconds: float, condition: Callable[[], object], fail: bool = True) -> None:
    """Wait until `condition()` holds, at most `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.2)
    if fail:
        raise TimeoutError(f"still not so after {seconds} s")


def die_with_parent() -> None:
    """In a child, before it runs its program: end with the parent, even if that is killed."""
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
