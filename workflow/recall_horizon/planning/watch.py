"""How a run stands, read from what its jobs leave on the disk; nothing here disturbs it."""

import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from recall_horizon.errors import RecallHorizonError
from recall_horizon.presentation.quantities import duration
from recall_horizon.storage import layout

PLANNED = "jobs.json"
PROGRESS = ".progress.json"  # of a job at work, as it is written by training/progress.py
HEAD = ("model", "T", "replicate", "epoch", "train", "held-out", "since")
ROW = "{:<22} {:>4} {:>9} {:>11} {:>8} {:>8} {:>9}"
QUIET = 600  # seconds after which a job that was not heard of may have been killed

# The model and the work of each training job, by its files without suffix.
Planned = Mapping[str, tuple[str, int]]


class Running(NamedTuple):
    """A training job at work: what its progress file says, the `seconds` since it started or
    resumed, the `share` of its work that is done, and the seconds for which it is `quiet`."""

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
    share: float
    quiet: float


class Snapshot(NamedTuple):
    """A run at one moment: of its training jobs, how many are done, which are running, how many
    wait; the seconds that remain, None if nothing is known yet; and whether all that the last run
    makes is there, its page as well."""

    study: str
    jobs: int
    done: int
    running: list[Running]
    waiting: int
    remaining: float | None
    finished: bool


def snapshot(results: Path, now: float | None = None) -> Snapshot:
    """How the run in `results` stands.

    What remains is estimated from the seconds that done jobs of the same model took for their work,
    else from those of all models: replicates · epochs · sequences · steps; on as many cores as jobs
    are running. Tables and figures are not counted.

    Raises:
        RecallHorizonError: no run has started there.
    """
    planned = _planned(results)
    running = sorted(_running(results, time.time() if now is None else now))
    pending = planned.keys() - {job.job for job in running}
    done = {job: record for job in pending if (record := _json(results / f"{job}.run.json"))}
    waiting = pending - done.keys()
    finished = not waiting and not running and (results / "report.html").exists()
    remaining = _remaining(planned, done, running, waiting)
    counts = len(planned), len(done), running, len(waiting)
    return Snapshot(results.name, *counts, remaining, finished)


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
        yield from ("", ROW.format(*HEAD))
    for job in at.running:
        yield ROW.format(
            f"{job.model[:15]} search" if job.search else job.model[:22],
            "all" if Path(job.job).parent.name == layout.TOGETHER else job.length,
            *(job.replicate, f"{job.epoch}/{job.epochs}"),
            *(job.train_loss, job.test_loss, duration(job.seconds)),
        )
        if job.quiet > QUIET:
            yield f"  not heard of for {duration(job.quiet)}: killed, or between two evaluations"


def _planned(results: Path) -> Planned:
    """The training jobs of the last run that was started."""
    try:
        planned = _json(results / PLANNED).items()
        return {job: (about["model"], int(about["work"])) for job, about in planned}
    except (AttributeError, KeyError, TypeError, ValueError):
        raise RecallHorizonError(
            f"no run has started in {results}: it has no list of training jobs, {PLANNED}, which "
            "snakemake writes at the start. Name the folder of a study, such as results/default."
        ) from None


def _running(results: Path, now: float) -> Iterator[Running]:
    for path in (results / "checkpoints").rglob(f"*{PROGRESS}"):
        try:
            report = _json(path)
            first, last = report["replicates"]
            done = (report["replicate"] - first) * report["epochs"] + report["epoch"]
            name = str(path.relative_to(results / "checkpoints")).removesuffix(PROGRESS)
            yield Running(
                name if report["search"] else f"runs/{name}",
                *(report[key] for key in Running._fields[1:10]),
                seconds=max(0.0, report["at"] - report["started"]),
                share=done / ((last - first + 1) * report["epochs"]),
                quiet=max(0.0, now - report["at"]),
            )
        except (KeyError, TypeError, ValueError):
            continue  # the job has just ended, or another program wrote it


def _remaining(
    planned: Planned, done: Mapping[str, Any], running: list[Running], waiting: set[str]
) -> float | None:
    spent: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for job, record in done.items():
        model, work = planned[job]
        for key in (model, ""):
            spent[key][0] += sum(record.get("seconds", ()))
            spent[key][1] += work
    left = dict.fromkeys(waiting, 1.0) | {job.job: 1 - job.share for job in running}
    seconds = 0.0
    for job in left.keys() & planned.keys() if spent else ():
        model, work = planned[job]
        took, of = spent.get(model, spent[""])
        seconds += left[job] * work * took / of
    return seconds / max(1, len(running)) if spent else None


def _json(path: Path) -> Any:
    """What the file `path` holds; None if it is not there, or is just being replaced."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
