"""The jobs of a run, as a dry run lists them."""

import json
import shlex
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple


class Job(NamedTuple):
    """One job; `benchmark` is the file that has, or will have, its time."""

    rule: str
    wildcards: dict[str, str]
    inputs: list[str]
    outputs: list[str]
    benchmark: str | None
    threads: int
    gpus: int
    reason: str
    options: dict[str, Any]

    @property
    def key(self) -> str:
        """What identifies the job: the first file that it makes."""
        return self.outputs[0] if self.outputs else self.rule

    @property
    def study(self) -> str:
        """The folder of its study: `results/default`."""
        if self.benchmark:
            return self.benchmark.partition("/benchmarks/")[0]
        return "/".join(Path(self.key).parts[:2])


def read_jobs(lines: Iterable[str]) -> list[Job]:
    """Jobs from lines of JSON, in an order that does not depend on Snakemake's.

    A line has the fields of `Job`, but the shell's `command` in place of its `options`.
    """
    found = [json.loads(line) for line in lines if line.startswith("{")]
    jobs = [Job(options=options_in(fields.pop("command")), **fields) for fields in found]
    return sorted(jobs, key=lambda job: (job.rule, job.outputs))


def options_in(command: str) -> dict[str, Any]:
    """The options that a shell command gives its step as JSON; {} if it gives none."""
    # Only this one word is read, since thousands of paths may follow.
    words = shlex.shlex(command.partition(" --options ")[2], posix=True)
    words.whitespace_split, words.commenters = True, ""
    with suppress(ValueError):
        options = json.loads(next(words, ""))
        return options if isinstance(options, dict) else {}
    return {}
