"""Which jobs of a run have failed, and why: Snakemake's own records of them, and their logs."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from snakemake_interface_logger_plugins.common import LogEvent

from recall_horizon.storage import layout

SHOWN = 20  # failed jobs, at most
# What bash makes of a process that was killed, as Linux does when memory runs out (128 + SIGKILL).
KILLED = "exit status 137"
WHY_KILLED = (
    "It was killed, most likely because the machine's memory had run out: run fewer jobs at a "
    "time, such as with --cores 1."
)
# What follows the reason in a message of Snakemake's plugin for SLURM: the whole call, a script.
DETAILS = re.compile(r"\n *(?:sbatch call:|sbatch script:|For further error details)")


class Failures(logging.Handler):
    """Keeps the records of jobs that have failed, and not succeeded when they were tried again."""

    def __init__(self) -> None:
        super().__init__()
        self.wildcards: dict[int, dict[str, Any]] = {}
        self.failed: dict[int, logging.LogRecord] = {}
        self.killed: list[str] = []  # messages that have the commands of jobs

    def emit(self, record: logging.LogRecord) -> None:
        """Heed a record of Snakemake. What is no event of a job is not kept."""
        try:
            self._heed(record, getattr(record, "event", None))
        except Exception:  # another would leave Snakemake waiting for the job
            self.handleError(record)

    def _heed(self, record: logging.LogRecord, event: LogEvent | None) -> None:
        if event == LogEvent.JOB_INFO:
            self.wildcards[record.jobid] = record.wildcards or {}
        elif event == LogEvent.JOB_ERROR:
            self.failed[record.jobid] = record
        elif event == LogEvent.ERROR and KILLED in record.getMessage():
            self.killed.append(record.getMessage())
        elif event == LogEvent.JOB_FINISHED:
            self.failed.pop(record.job_id, None)

    def told(self, results: Path, log: str) -> Iterator[str]:
        """Which jobs failed, why, what each has written to its logs last, and how to resume.

        Args:
            results: the folder of the study.
            log: where Snakemake's log is, for what is no failure of a job.
        """
        if not self.failed:
            yield f"No job has failed, but the run is not complete: {log} says why."
            return
        yield f"{len(self.failed)} job{'s' if len(self.failed) > 1 else ''} failed:"
        started = _started(results)
        for job in list(self.failed.values())[:SHOWN]:
            lines = {path: _last_line(Path(path), started) for path in job.log}
            where = ", ".join(path for path, line in lines.items() if line)
            name = _name(job, self.wildcards.get(job.jobid, {}))
            yield f"  {name}: {where or 'it has written no log'}"
            reason = DETAILS.split(job.rule_msg or "")[0]
            for line in (*reason.splitlines(), *filter(None, lines.values())):
                yield f"    {line}"
            if any(job.output[0] in message for message in self.killed if job.output):
                yield f"    {WHY_KILLED}"
        if len(self.failed) > SHOWN:
            yield f"  and {len(self.failed) - SHOWN} more: {log} lists them"
        yield "What is done stays, and training resumes from the checkpoints that there are."
        yield "When the cause is gone, run the same command again."


def _name(job: logging.LogRecord, of: dict[str, Any]) -> str:
    """The rule, and of which model and length, or else its first output if it has no log."""
    if "place" not in of:
        return job.rule_name if job.log else f"{job.rule_name} of {job.output[0]}"
    name = f"{job.rule_name} of {of['model']}, {layout.trained_in(of['place'])}"
    if "candidate" in of:
        return f"{name}, candidate {of['candidate']}"
    if "first" not in of:
        return name
    if of["first"] == of["last"]:
        return f"{name}, replicate {of['first']}"
    return f"{name}, replicates {of['first']} to {of['last']}"


def _started(results: Path) -> float:
    """When the run in `results` was started; 0 if it could not record that."""
    try:
        return (results / layout.PLANNED).stat().st_mtime
    except OSError:
        return 0.0


def _last_line(log: Path, started: float) -> str:
    """The last line of a log; empty if nothing has been written to it since `started`."""
    try:
        if log.stat().st_mtime < started:
            return ""
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line for line in reversed(lines) if line.strip()), "")
