"""`snakemake --dry-run --logger plan`: the jobs that would run, one line of JSON each.

A logger plugin for Snakemake, which finds it by its name on the Python path. `python -m
recall_horizon plan` uses it.
"""

import json
import logging
import sys

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent


class LogHandler(LogHandlerBase):
    """Writes jobs to standard output and errors to standard error."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = True
    has_formatter = True
    needs_rulegraph = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write a job that runs a command, or an error."""
        if record.levelno >= logging.ERROR:
            print(record.getMessage(), file=sys.stderr)
        if getattr(record, "event", None) != LogEvent.JOB_INFO or record.shellcmd is None:
            return
        job = {
            "rule": record.rule_name,
            "wildcards": {name: str(value) for name, value in record.wildcards.items()},
            "inputs": [str(path) for path in record.input],
            "outputs": [str(path) for path in record.output],
            "benchmark": record.benchmark and str(record.benchmark),
            "threads": record.threads,
            "gpus": record.resources.get("gpu", 0),
            "reason": record.reason,
            "command": record.shellcmd,
        }
        print(json.dumps(job), flush=True)
