"""The jobs of a run, as a dry run lists them."""

import json
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from recall_horizon.storage import layout

TELLING = ("model", "figure", "place", "length")  # the wildcards that identify a job for a reader
OPTIONS = " --options "  # precedes the JSON that a step receives


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
    def name(self) -> str:
        """The rule with what distinguishes its jobs: `train lstm T=50`."""
        known = {key: self.wildcards[key] for key in TELLING if key in self.wildcards}
        return " ".join([self.rule, *(_said(key, value) for key, value in known.items())])

    @property
    def key(self) -> str:
        """What identifies the job: the first file that it makes."""
        return self.outputs[0] if self.outputs else self.name

    @property
    def study(self) -> str:
        """The folder of its study: `results/default`."""
        if self.benchmark:
            return self.benchmark.partition("/benchmarks/")[0]
        return "/".join(Path(self.key).parts[:2])


def _said(wildcard: str, value: str) -> str:
    """What a wildcard's value stands for."""
    if wildcard == "place":
        return layout.trained_in(value).replace(" = ", "=")
    return f"T={value}" if wildcard == "length" else value


def read_jobs(lines: Iterable[str]) -> list[Job]:
    """Jobs from lines of JSON, in an order that does not depend on Snakemake's.

    A line has the fields of `Job`, but the shell's `command` in place of its `options`.
    """
    found = [json.loads(line) for line in lines if line.startswith("{")]
    jobs = [Job(options=options_in(fields.pop("command")), **fields) for fields in found]
    return sorted(jobs, key=lambda job: (job.rule, job.outputs))


def options_in(command: str) -> dict[str, Any]:
    """The options that a shell command gives its step as JSON; {} if it gives none."""
    _, _, after = command.partition(OPTIONS)
    # Only this one word is read, since thousands of paths may follow.
    words = shlex.shlex(after, posix=True)
    words.whitespace_split, words.commenters = True, ""
    try:
        options = json.loads(next(words, ""))
    except ValueError:
        return {}
    return options if isinstance(options, dict) else {}
