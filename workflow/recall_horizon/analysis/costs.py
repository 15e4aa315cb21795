"""What jobs will cost, estimated from jobs of earlier runs: seconds of one core, or of one GPU.

    seconds = start + work · rate(length)

* `start` is what a job takes in addition to its work: Python, torch, files.
* `work` of a training job is its replicates · samples · (epochs + evaluations / 3), times, for
  more than 32 units, (hidden_size / 32)², an upper bound. It is 1 for a job that trains nothing.
* `rate(length)` lies on the line through the measured lengths next to the length.

The numbers are those of the most similar jobs: the job itself with the same work; training jobs of
the same architecture and width, of the same architecture, or all; of a job that trains nothing its
namesake, or its neighbours, such as other probes. Its own study's count, else those of the study
that did the most work.
"""

import bisect
import csv
import json
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

from recall_horizon.analysis.dry_run import Job
from recall_horizon.config.training import lstm_width
from recall_horizon.storage import layout

WIDTH = 32  # hidden units of a model whose options name no hidden_size; fewer cost as much


class Work(NamedTuple):
    """What decides a job's cost: what it may have in common with others, at last a device alone."""

    likenesses: tuple[tuple[Hashable, ...], ...]
    length: int = 0
    amount: float = 1.0


class MeasuredJob(NamedTuple):
    """A job that ran; of its `seconds`, so many were spent `at_work`."""

    study: str
    work: Work
    seconds: float
    at_work: float


class Estimate(NamedTuple):
    """Seconds that a job will take, read from jobs of `study`; a `guess` if none was similar."""

    seconds: float
    study: str
    guess: bool


def work_of(name: str, options: Mapping[str, Any], device: str) -> Work:
    """The work of a job: of its benchmark's `name` below benchmarks/, and its step's options."""
    try:
        settings, matched = options["training"], options.get("matched")
        given = lstm_width(matched["parameters"]) if matched else None
        width = max(given or options["options"].get("hidden_size") or WIDTH, WIDTH)
        evaluations = len({0, *settings["evaluate_at"], settings["epochs"]})
        replicates = options["last_replicate"] - options["first_replicate"] + 1
        sequences = replicates * settings["samples"] * (settings["epochs"] + evaluations / 3)
        # On several lengths, every one of them is read: as long as so many of their mean length.
        lengths = [at["length"] for at in options.get("together", ())] or [options["length"]]
        length = sum(lengths) // len(lengths)
        amount = sequences * len(lengths) * (width / WIDTH) ** 2
        # One architecture may stand for many: the types of Hugging Face's models.
        kind = (device, f"{options['architecture']} {options['options'].get('model', '')}")
        itself = (name, *kind, width, length, amount)
        return Work((itself, (*kind, width), kind, (device,)), length, amount)
    except (KeyError, TypeError):  # it trains nothing
        return Work((("job", name), ("beside", name.rpartition("/")[0])))


def read(results: Iterable[Path]) -> Iterator[MeasuredJob]:
    """The jobs whose benchmarks are in these studies' folders of results."""
    for study in results:
        for path in sorted((study / layout.BENCHMARKS).rglob("*.tsv")):
            name = path.relative_to(study / layout.BENCHMARKS).with_suffix("").as_posix()
            record = study / re.sub("^(controls/|)train/", r"\1runs/", f"{name}.run.json")
            try:
                with path.open(encoding="utf-8", newline="") as file:
                    # The file's CPU time misses up to the last 30 s.
                    seconds = fmean(float(row["s"]) for row in csv.DictReader(file, delimiter="\t"))
                work, at_work = work_of(name, {}, ""), seconds
                if record.exists():
                    run = json.loads(record.read_text(encoding="utf-8"))
                    work = work_of(name, run["fingerprint"]["spec"], run["device"])
                    at_work = min(sum(run["seconds"]), seconds)
            except (OSError, csv.Error, KeyError, TypeError, ValueError):
                continue  # it was killed, or is of another version
            yield MeasuredJob(study.as_posix(), work, seconds, at_work)


class _Fit:
    """The start, and the rate at each length, of jobs that differ only in length and amount."""

    def __init__(self, jobs: list[MeasuredJob]) -> None:
        self.amount = sum(job.work.amount for job in jobs)
        self.start = fmean(job.seconds - job.at_work for job in jobs)
        spent: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for job in jobs:
            spent[job.work.length][0] += job.at_work
            spent[job.work.length][1] += job.work.amount
        self.rates = sorted((length, took / amount) for length, (took, amount) in spent.items())

    def seconds(self, work: Work) -> float:
        """The seconds that a job with this work takes."""
        upper = min(max(bisect.bisect(self.rates, (work.length,)), 1), len(self.rates) - 1)
        (x0, y0), (x1, y1) = self.rates[upper - 1], self.rates[upper]
        rate = y1 * (work.length / x1 if x1 else 1.0)  # through the origin
        if x0 != x1:
            rate = max(y0 + (y1 - y0) * (work.length - x0) / (x1 - x0), min(y0, y1))
        return self.start + work.amount * rate


def estimates(jobs: Iterable[Job], measured: Iterable[MeasuredJob]) -> dict[str, Estimate]:
    """What each of `jobs` will take, by its key. A job without a benchmark has no estimate."""
    alike: dict[Hashable, dict[str, list[MeasuredJob]]] = defaultdict(lambda: defaultdict(list))
    for done in measured:
        for likeness in done.work.likenesses:
            alike[likeness][done.study].append(done)
    fits = cache(lambda likeness: {study: _Fit(ran) for study, ran in alike[likeness].items()})
    found = {}
    for job in jobs:
        name = (job.benchmark or "").partition("/benchmarks/")[2].removesuffix(".tsv")
        work = work_of(name, job.options, "cuda" if job.gpus else "cpu")
        likeness = next((each for each in work.likenesses if each in alike), None)
        if name and likeness:
            studies = fits(likeness)
            best = max(studies, key=lambda s: (s == job.study, studies[s].amount, s))
            alone = len(likeness) == 1  # the device
            found[job.key] = Estimate(studies[best].seconds(work), best, guess=alone)
    return found


def longest_chain(jobs: list[Job], costs: Mapping[str, Estimate]) -> tuple[float, list[Job]]:
    """The longest chain of jobs that wait for one another: its seconds and its jobs."""
    maker = {path: job for job in jobs for path in job.outputs}
    best: dict[str, tuple[float, list[Job]]] = {}

    def until(job: Job) -> tuple[float, list[Job]]:
        if job.key not in best:
            own = costs[job.key].seconds if job.key in costs else 0.0
            before = [until(maker[path]) for path in sorted(job.inputs) if path in maker]
            seconds, chain = max(before, key=lambda end: (end[0], len(end[1])), default=(0.0, []))
            best[job.key] = (seconds + own, [*chain, job])
        return best[job.key]

    return max(map(until, jobs), key=lambda end: (end[0], len(end[1])))
