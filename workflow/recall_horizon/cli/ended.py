"""Say what a run has made, or which of its jobs failed and why; Snakemake calls it at the end."""

import itertools
import re
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from recall_horizon.errors import RecallHorizonError
from recall_horizon.explore import open_study
from recall_horizon.presentation.grid import TERMINAL
from recall_horizon.presentation.quantities import duration
from recall_horizon.presentation.sentences import Report
from recall_horizon.presentation.watch import snapshot
from recall_horizon.storage import layout

SHOWN = 20  # failed jobs, at most
# What Snakemake's log says of a job that failed. Lines of a message after the first may have any
# indentation; those of a job in a group are all indented.
ERROR = re.compile(
    r"^(?P<indent> *)Error in rule (?P<rule>\w+):\n"
    r"(?:(?P=indent)    message: (?P<message>(?:.*\n)*?))?"
    r"(?P=indent)    jobid: (?P<jobid>\d+)\n"
    r"(?P<about>(?:(?P=indent)    .*\n?)*)",
    re.MULTILINE,
)
FIELD = re.compile(r"^ *(output|log): (.*?)(?: \(check log file.*)?$", re.MULTILINE)
# What it says of a job that has failed and is tried again, or has then succeeded.
RESOLVED = re.compile(r"^(?:Trying to restart job (\d+)\.|Finished jobid: (\d+)\b)", re.MULTILINE)
# What a message holds beside its reason.
REFUSED = "SLURM sbatch failed. The error message was "
DETAILS = re.compile(r"\n *(?:sbatch call:|sbatch script:|For further error details)")
NO_REASONS = re.compile(r" Reasons?:(?: Step \d+: Unable to retrieve reason[,.]| Unknown\.)+$")
SHARD = re.compile(rf"/([^/]+)/({layout.PLACE})/seeds-(\d+)-(\d+)\.")
CANDIDATE = re.compile(rf"/search/([^/]+)/({layout.PLACE})/([^/]+)\.losses\.csv$")


class Failed(NamedTuple):
    """A job that failed: its rule, its place in Snakemake's log, and what that says of it."""

    rule: str
    jobid: str
    at: int
    reason: list[str]
    outputs: list[str]
    logs: list[str]


def main(*, results: Path, failed: Path | None = None) -> None:
    """Print how a run has ended: what it has made, or why it failed.

    Args:
        results: the folder of its study.
        failed: Snakemake's log of a run that failed.
    """
    lines = failure(failed, results) if failed else success(results)
    print("\n".join(["", *lines]))


def success(results: Path) -> Iterator[str]:
    """Where the page and the paper are, what they say, how long the run took, what to do next."""
    page, paper = results / layout.PAGE, results / layout.PAPER
    started = (results / layout.PLANNED).stat().st_mtime
    if not page.exists() or page.stat().st_mtime < started:
        at = snapshot(results)
        yield f"Done: {at.done} of {at.jobs} training jobs are done. The results are in {results}/."
        return
    yield f"The page   {page.resolve().as_uri()}"
    yield f"The paper  {paper.resolve().as_uri()}"
    try:
        study = open_study(results)
        report = Report(study.tables(), study.look, study.provenance)
        answers = [report.section(name).sentences[:1] for name in ("answer", "degradation")]
        warned = (
            study.provenance.get("warnings", []),
            study.provenance["training"].get("warnings", ()),
        )
        warnings = [f"Warning: {text}" for texts in warned for text in texts]
        for sentence in [*itertools.chain(*answers), *warnings]:
            yield from ("", *textwrap.wrap(sentence, TERMINAL))
    except RecallHorizonError:  # a module of the user's own that is not to be found from here
        pass
    yield ""
    yield f"It took {duration(time.time() - started)}. To see how it differs from another study:"
    yield f'  make compare STUDIES="{results} results/ANOTHER"'


def failure(log: Path, results: Path) -> Iterator[str]:
    """Which jobs failed, why, what each has written to its logs last, and how to resume."""
    jobs = failed_jobs(log.read_text(encoding="utf-8", errors="replace"))
    if not jobs:
        yield f"No job has failed, but the run is not complete: {log} says why."
        return
    yield f"{len(jobs)} job{'s' if len(jobs) > 1 else ''} failed:"
    started = _started(results)
    for job in jobs[:SHOWN]:
        written = [(path, line) for path in job.logs if (line := _last_line(Path(path), started))]
        where = ", ".join(path for path, _ in written) or "it has written no log"
        yield f"  {_name(job, bool(written))}: {where}"
        for line in (*job.reason, *(line for _, line in written)):
            yield f"    {line}"
    if len(jobs) > SHOWN:
        yield f"  and {len(jobs) - SHOWN} more: {log} lists them"
    yield "What is done stays, and training resumes from the checkpoints that there are."
    yield "When the cause is gone, run the same command again."


def failed_jobs(text: str) -> list[Failed]:
    """The jobs that failed in the end, in the order of Snakemake's log `text`.

    A job of a cluster runs Snakemake once more. What that says of the same job may be in `text` as
    well, without a message, and tells nothing new.
    """
    jobs: dict[tuple[str, str], Failed] = {}
    for error in ERROR.finditer(text):
        fields = {name: value.split(", ") for name, value in FIELD.findall(error["about"])}
        outputs, logs = fields.get("output", []), fields.get("log", [])
        reason = _reason(error["message"] or "")
        key = (error["rule"], (outputs or logs or [error["jobid"]])[0])
        known = jobs.get(key)
        if reason or not known:
            about = (error["rule"], error["jobid"], error.start(), reason, outputs, logs)
            jobs[key] = Failed(*about)
        elif known.jobid == error["jobid"]:
            jobs[key] = known._replace(at=error.start())
    resolved = {
        again or done: at.start() for at in RESOLVED.finditer(text) for again, done in [at.groups()]
    }
    return [job for job in jobs.values() if resolved.get(job.jobid, -1) < job.at]


def _reason(message: str) -> list[str]:
    """The lines of a message that say why: what sbatch said, or SLURM's state of the job."""
    reason = DETAILS.split(message)[0].strip()
    if reason.startswith(REFUSED):
        reason = reason.removeprefix(REFUSED)
        reason = reason[1:].removesuffix("'.") if reason.startswith("'") else reason
    lines = NO_REASONS.sub("", reason).splitlines()
    return [line.strip() for line in lines if line.strip() not in ("", "None")]


def _name(job: Failed, has_log: bool) -> str:
    """The rule, and of which model and length, or else its first output if no log tells."""
    output = job.outputs[0] if job.outputs else ""
    if shard := SHARD.search(output):
        model, place, first, last = shard.groups()
        which = f"replicates {first} to {last}" if first != last else f"replicate {first}"
        return f"{job.rule} of {model}, {layout.trained_in(place)}, {which}"
    if candidate := CANDIDATE.search(output):
        model, place, name = candidate.groups()
        return f"{job.rule} of {model}, {layout.trained_in(place)}, candidate {name}"
    return f"{job.rule} of {output}" if output and not has_log else job.rule


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
