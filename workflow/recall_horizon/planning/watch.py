"""How a run stands, read from what its jobs leave on the disk; nothing here disturbs it."""

import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from recall_horizon.errors import DamagedFileError, RecallHorizonError
from recall_horizon.presentation.quantities import duration
from recall_horizon.storage import layout
from recall_horizon.training.progress import SUFFIX

PLANNED = "jobs.json"
RECORD = ".run.json"
ROW = "{:<22} {:>4} {:>9} {:>11} {:>8} {:>8} {:>9}"
# What a progress file tells.
REPORT_KEYS = {"model", "length", "search", "replicates", "replicate", "epoch", "epochs", "host"}
REPORT_KEYS |= {"started", "at", "train_loss", "test_loss"}
QUIET = 600  # seconds after which a job that was not heard of may have been killed


class Running(NamedTuple):
    """A training job at work, as its progress file says."""

    job: str
    model: str
    length: int
    search: bool
    replicate: int
    epoch: int
    epochs: int
    train_loss: str
    test_loss: str
    host: str
    seconds: float
    """Since it started, or resumed."""
    share: float
    """Of its replicates and epochs that is done."""
    quiet: float
    """Seconds since it wrote."""


class Snapshot(NamedTuple):
    """A run at one moment: of its training jobs, how many are done, which are running, how many
    wait; and the seconds that remain, None if nothing is known yet."""

    study: str
    jobs: int
    done: int
    running: list[Running]
    waiting: int
    remaining: float | None
    finished: bool
    """Whether all that the last run makes is there, its page as well."""


def snapshot(results: Path, now: float | None = None) -> Snapshot:
    """How the run in `results` stands.

    What remains is estimated from the seconds that done jobs of the same model took for their work,
    else from those of all models: replicates · epochs · sequences · steps; on as many cores as jobs
    are running. Tables and figures are not counted.

    Raises:
        RecallHorizonError: no run has started there.
    """
    now = time.time() if now is None else now
    planned = _planned(results)
    running = sorted(_running(results, now), key=lambda job: job.job)
    at_work = {job.job for job in running}
    done = {
        job: record
        for job in planned
        if job not in at_work and (record := _json(results / f"{job}{RECORD}"))
    }
    waiting = [job for job in planned if job not in at_work and job not in done]
    return Snapshot(
        results.name,
        len(planned),
        len(done),
        running,
        len(waiting),
        _remaining(planned, done, running, waiting),
        not waiting and not running and (results / "report.html").exists(),
    )


def lines(at: Snapshot) -> Iterator[str]:
    """A snapshot in words, for a terminal of 80 columns."""
    yield (
        f"{at.study}: {at.done} of {at.jobs} training jobs done, {len(at.running)} running, "
        f"{at.waiting} waiting"
    )
    if at.remaining is not None and (at.waiting or at.running):
        yield f"about {duration(at.remaining)} of training remain, with {len(at.running)} at a time"
    if at.finished:
        yield f"finished: {at.study}/report.html"
    elif not at.running and at.waiting:
        yield "no training job is running: it has stopped, or makes something else"
    if at.running:
        head = ("model", "T", "replicate", "epoch", "train", "held-out", "since")
        yield from ("", ROW.format(*head))
    for job in at.running:
        yield ROW.format(
            f"{job.model[:15]} search" if job.search else job.model[:22],
            "all" if Path(job.job).parent.name == layout.TOGETHER else job.length,
            *(job.replicate, f"{job.epoch}/{job.epochs}"),
            *(job.train_loss, job.test_loss, duration(job.seconds)),
        )
        if job.quiet > QUIET:
            yield f"  not heard of for {duration(job.quiet)}: killed, or between two evaluations"


def _planned(results: Path) -> dict[str, dict[str, Any]]:
    """The training jobs of the last run that was started: {files without suffix: what it is}."""
    planned = _json(results / PLANNED)
    if planned is not None and not _is_plan(planned):
        raise DamagedFileError(
            f"{results / PLANNED} is not the list of a run's training jobs. Start the run again: "
            "snakemake writes it at the start."
        )
    if planned is None:
        raise RecallHorizonError(
            f"no run has started in {results}: it has no {PLANNED}, which snakemake writes at the "
            "start. Name the folder of a study, such as results/default."
        )
    return planned


def _is_plan(planned: Any) -> bool:
    """Whether `planned` has a model, a length and the work of each job."""
    kinds = {"model": str, "length": int, "work": int}
    return isinstance(planned, dict) and all(
        isinstance(job, dict) and all(isinstance(job.get(key), of) for key, of in kinds.items())
        for job in planned.values()
    )


def _running(results: Path, now: float) -> Iterator[Running]:
    for path in sorted((results / "checkpoints").rglob(f"*{SUFFIX}")):
        report = _json(path)
        if not isinstance(report, dict) or not report.keys() >= REPORT_KEYS:
            continue  # the job has just ended, or another program wrote it
        first, last = report["replicates"]
        epochs = report["epochs"]
        done = (report["replicate"] - first) * epochs + report["epoch"]
        name = str(path.relative_to(results / "checkpoints")).removesuffix(SUFFIX)
        yield Running(
            name if report["search"] else f"runs/{name}",
            *(report[key] for key in ("model", "length", "search", "replicate", "epoch", "epochs")),
            *(report[key] for key in ("train_loss", "test_loss", "host")),
            seconds=max(0.0, report["at"] - report["started"]),
            share=done / ((last - first + 1) * epochs),
            quiet=max(0.0, now - report["at"]),
        )


def _remaining(
    planned: Mapping[str, Mapping[str, Any]],
    done: Mapping[str, Mapping[str, Any]],
    running: list[Running],
    waiting: list[str],
) -> float | None:
    spent: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for job, record in done.items():
        for key in (planned[job]["model"], ""):
            spent[key][0] += sum(record.get("seconds", ()))
            spent[key][1] += planned[job]["work"]
    if not spent:
        return None

    def seconds(job: str) -> float:
        took, work = spent.get(planned[job]["model"], spent[""])
        return planned[job]["work"] * took / work

    left = [seconds(job) for job in waiting]
    left += [seconds(job.job) * (1 - job.share) for job in running if job.job in planned]
    return sum(left) / max(1, len(running))


def _json(path: Path) -> dict[str, Any] | None:
    """What the file `path` holds; None if it is not there, or is just being replaced."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
