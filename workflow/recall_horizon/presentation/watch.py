"""How a run stands, read from what its jobs leave on the disk; nothing here disturbs it."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from recall_horizon.errors import RecallHorizonError
from recall_horizon.presentation.quantities import duration
from recall_horizon.storage import layout

PROGRESS = ".progress.json"  # of a job at work, as it is written by training/progress.py
HEAD = ("model", "T", "replicate", "epoch", "train", "held-out", "since")
ROW = "{:<22} {:>4} {:>9} {:>11} {:>8} {:>8} {:>9}"
QUIET = 600  # seconds after which a job that was not heard of may have been killed


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
    """A run at one moment: its training jobs; the seconds that remain, None if nothing is known
    yet; and whether all that the last run makes is there, its page as well."""

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
    spent = [(*planned[job], sum(record.get("seconds", ()))) for job, record in done.items()]
    left = dict.fromkeys(waiting, 1.0) | {job.job: 1 - job.share for job in running}
    ahead = [(*planned[job], share) for job, share in left.items() if job in planned]
    remaining = _seconds(ahead, spent) / max(1, len(running)) if spent else None
    counts = len(planned), len(done), running, len(waiting), remaining
    return Snapshot(results.name, *counts, not left and (results / layout.PAGE).exists())


def lines(at: Snapshot) -> Iterator[str]:
    """A snapshot in words, for a terminal of 80 columns."""
    busy = len(at.running)
    done = f"{at.study}: {at.done} of {at.jobs} training jobs done"
    yield f"{done}, {busy} running, {at.waiting} waiting"
    if at.remaining is not None and (at.waiting or busy):
        yield f"about {duration(at.remaining)} of training remain, with {busy} at a time"
    if at.finished:
        yield f"finished: {at.study}/{layout.PAGE}"
    elif not busy and at.waiting:
        yield "no training job is running: it has stopped, or makes something else"
    if busy:
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


def _planned(results: Path) -> dict[str, tuple[str, int]]:
    """The model and the work of each training job of the last run, by its files without suffix."""
    try:
        planned = _json(results / layout.PLANNED).items()
        return {job: (about["model"], int(about["work"])) for job, about in planned}
    except (AttributeError, KeyError, TypeError, ValueError):
        raise RecallHorizonError(
            f"no run has started in {results}: it has no list of training jobs, "
            f"{layout.PLANNED}, which snakemake writes at the start. Name the folder of a "
            "study, such as results/default."
        ) from None


def _running(results: Path, now: float) -> Iterator[Running]:
    for path in (results / layout.CHECKPOINTS).rglob(f"*{PROGRESS}"):
        try:
            report = _json(path)
            first, last = report["replicates"]
            done = (report["replicate"] - first) * report["epochs"] + report["epoch"]
            place = path.relative_to(results / layout.CHECKPOINTS)
            name = place.as_posix().removesuffix(PROGRESS)
            yield Running(
                name if report["search"] else f"{layout.RUNS}/{name}",
                *(report[key] for key in Running._fields[1:10]),
                seconds=max(0.0, report["at"] - report["started"]),
                share=done / ((last - first + 1) * report["epochs"]),
                quiet=max(0.0, now - report["at"]),
            )
        except (KeyError, TypeError, ValueError):
            continue  # the job has just ended, or another program wrote it


def _seconds(ahead: Iterable[tuple], spent: Iterable[tuple]) -> float:
    """Of jobs `ahead`, (model, work, share), by those that `spent` (model, work, seconds)."""
    took, works = Counter(), Counter()
    for model, work, seconds in spent:
        took.update({model: seconds, "": seconds})
        works.update({model: work, "": work})
    known = [(model if model in works else "", work * share) for model, work, share in ahead]
    return sum(work * took[model] / works[model] for model, work in known)


def _json(path: Path) -> Any:
    """What the file `path` holds; None if it is not there, or is just being replaced."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
