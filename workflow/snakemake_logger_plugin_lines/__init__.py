"""`snakemake --logger lines`: one line for each job that has finished, for what is no terminal.

A logger plugin for Snakemake, which finds it by its name on the Python path. `make run` uses it.
What else Snakemake says, such as warnings and errors, and what a dry run lists, stays as it is.
It imports no other module of the project: Snakemake imports it before it knows which project runs.
"""

import logging
import sys

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

# What Snakemake says between jobs, again and again.
BETWEEN = {
    "Select jobs to execute...",
    "DAG of jobs will be updated after completion.",
    "Updating checkpoint dependencies.",
}


class LogHandler(LogHandlerBase):
    """Writes to standard error, or to standard output where Snakemake is asked to."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = False
    has_formatter = False
    needs_rulegraph = False

    def __post_init__(self) -> None:
        self.started: dict[int, logging.LogRecord] = {}
        self.finished: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Write the jobs that have finished, with how many have by then, or another message."""
        try:
            self._heed(record, getattr(record, "event", None))
        except Exception:  # another would end the thread that all messages come from
            self.handleError(record)

    def _heed(self, record: logging.LogRecord, event: LogEvent | None) -> None:
        if event == LogEvent.JOB_INFO and not self.common_settings.dryrun:
            self.started[record.jobid] = record
        elif event == LogEvent.JOB_FINISHED and record.job_id in self.started:
            job = self.started.pop(record.job_id)
            about = [job.rule_name, *(f"{key}={value}" for key, value in job.wildcards.items())]
            self.finished.append(f"{' '.join(about)}, {record.created - job.created:,.0f} s")
        elif event == LogEvent.PROGRESS:
            for job in self.finished:
                self._write(f"{record.done} of {record.total} done: {job}")
            self.finished.clear()
        elif event != LogEvent.JOB_STARTED and record.getMessage() not in BETWEEN:
            self._write(self.format(record))

    def _write(self, text: str) -> None:
        print(text, file=sys.stdout if self.common_settings.stdout else sys.stderr, flush=True)
