"""What jobs will cost, estimated from jobs of earlier runs: seconds of one core, or of one GPU.

The same formula applies to every job, with the numbers of the jobs that are most similar to it:

    seconds = start + work · rate(length)

* `start` is what a job takes in addition to its work: Python, torch, files.
* `work` of a training job is its replicates · samples · (epochs + evaluations / 3), since an
  evaluation reads the sequences forward only, a third of a step; times (hidden_size / 32)² for
  networks wider than 32 units; one whose width is solved is taken to be as wide as an LSTM with
  as many parameters. It is 1 for a job that trains nothing.
* `rate(length)` lies on the line through the two measured lengths that enclose the length, or that
  are the nearest to it; through the origin if only one length was measured.

If the job itself has run with the same work, its own time is the estimate. Other training jobs are
compared with those of the same architecture, and option `model` where it has one, and width, else
of the same architecture, else with all. A job that trains nothing is compared with the job of the
same name, else with its neighbours, such as the other probes. Among similar jobs, those of its own
study are used; else those of the study whose similar jobs did the most work.

The square of the width is an upper bound: an LSTM of 64 units took 2.2 times as long as one of 32,
one of 128 units 6.2 times (T = 20). That small batches cost more per sequence is ignored.
"""

import bisect
import csv
import json
import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from recall_horizon.config.training import lstm_width
from recall_horizon.planning.jobs import Job

# A benchmark of a training job: of the controls or not, a search or not, and which job.
TRAINED = re.compile(r"(controls/|)(train/|search/)(.+)")
WIDTH = 32  # hidden units of a model whose options name no hidden_size


class Training(NamedTuple):
    """What decides the cost of a training job; `work` as above."""

    architecture: str
    width: int  # at least 32: narrower networks are assumed to cost as much
    device: str
    length: int
    work: float


class MeasuredJob(NamedTuple):
    """A job that ran; of its `seconds`, the last `at_work` were spent in training."""

    study: str
    name: str  # its benchmark's path below benchmarks/, no suffix: train/lstm/T50/seeds-0-9
    training: Training | None
    seconds: float
    at_work: float


class Estimate(NamedTuple):
    """Seconds that a job will take, read from jobs of `study`; a `guess` if none was similar."""

    seconds: float
    study: str
    guess: bool


def training_in(options: dict[str, Any], device: str) -> Training | None:
    """The training that a job's options describe; None if it trains nothing."""
    try:
        settings = options["training"]
        matched = options.get("matched")
        given = lstm_width(matched["parameters"]) if matched else None
        width = max(given or options["options"].get("hidden_size") or WIDTH, WIDTH)
        evaluations = len({0, *settings["evaluate_at"], settings["epochs"]})
        replicates = options["last_replicate"] - options["first_replicate"] + 1
        sequences = replicates * settings["samples"] * (settings["epochs"] + evaluations / 3)
        # On several lengths, every one of them is read: as long as so many of their mean length.
        lengths = [at["length"] for at in options.get("together", ())] or [options["length"]]
        work = sequences * len(lengths) * (width / WIDTH) ** 2
        # One architecture may stand for many: the types of Hugging Face's models.
        architecture = f"{options['architecture']} {options['options'].get('model', '')}"
        return Training(architecture, width, device, sum(lengths) // len(lengths), work)
    except (KeyError, TypeError):
        return None


def read(results: Iterable[Path]) -> list[MeasuredJob]:
    """The jobs whose benchmarks are in these studies' folders of results."""
    found = []
    for study in results:
        for path in sorted((study / "benchmarks").rglob("*.tsv")):
            seconds = _seconds(path)
            if seconds is None:
                continue
            name = str(path.relative_to(study / "benchmarks").with_suffix(""))
            training, at_work = None, seconds
            trained = TRAINED.match(name)
            if trained:
                folder = "search/" if trained[2] == "search/" else "runs/"
                training, at_work = _run(study / f"{trained[1]}{folder}{trained[3]}.run.json")
                if training is None:
                    continue
            found.append(MeasuredJob(str(study), name, training, seconds, min(at_work, seconds)))
    return found


def _seconds(benchmark: Path) -> float | None:
    """Seconds of wall-clock time. The file's CPU time misses up to the last 30 s."""
    try:
        with benchmark.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        return sum(float(row["s"]) for row in rows) / len(rows)
    except (OSError, csv.Error, KeyError, TypeError, ValueError, ZeroDivisionError):
        return None


def _run(record: Path) -> tuple[Training | None, float]:
    """What a training job recorded: what it trained, and the seconds of its replicates."""
    try:
        run = json.loads(record.read_text(encoding="utf-8"))
        return training_in(run["fingerprint"]["spec"], run["device"]), sum(run["seconds"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, 0.0


class _SimilarJobs:
    """Jobs of one study that differ only in their length and work."""

    def __init__(self) -> None:
        self.starts: list[float] = []
        self.sums: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
        self.work = 0.0

    def add(self, job: MeasuredJob) -> None:
        length, work = _extent(job.training)
        self.starts.append(job.seconds - job.at_work)
        self.sums[length][0] += job.at_work
        self.sums[length][1] += work
        self.work += work

    def seconds(self, length: int, work: float) -> float:
        """The seconds that a job of this length and work takes."""
        return sum(self.starts) / len(self.starts) + work * self._rate(length)

    def _rate(self, length: int) -> float:
        lengths = sorted(self.sums)
        rates = [self.sums[length][0] / self.sums[length][1] for length in lengths]
        if len(lengths) == 1:
            return rates[0] * (length / lengths[0] if lengths[0] else 1.0)
        upper = min(max(bisect.bisect(lengths, length), 1), len(lengths) - 1)
        (x0, x1), (y0, y1) = lengths[upper - 1 : upper + 1], rates[upper - 1 : upper + 1]
        return max(y0 + (y1 - y0) * (length - x0) / (x1 - x0), min(y0, y1))


def _extent(training: Training | None) -> tuple[int, float]:
    """The length and the work of a job."""
    return (training.length, training.work) if training else (0, 1.0)


def _likenesses(name: str, training: Training | None) -> Iterator[tuple[Hashable, bool]]:
    """What a job may have in common with others, the closest first; and whether it is little."""
    if training is None:
        yield name, False
        yield ("folder", name.rpartition("/")[0]), False
    else:
        yield (name, training), False
        yield training[:3], False
        yield (training.architecture, training.device), False
        yield ("device", training.device), True


def estimates(jobs: Iterable[Job], measured: Iterable[MeasuredJob]) -> dict[str, Estimate]:
    """What each of `jobs` will take, by its key. A job without a benchmark has no estimate."""
    alike: dict[Hashable, dict[str, _SimilarJobs]] = defaultdict(lambda: defaultdict(_SimilarJobs))
    for done in measured:
        for likeness, _ in _likenesses(done.name, done.training):
            alike[likeness][done.study].add(done)
    found = {}
    for job in jobs:
        if not job.benchmark:
            continue
        name = job.benchmark.partition("/benchmarks/")[2].removesuffix(".tsv")
        training = training_in(job.options, "cuda" if job.gpus else "cpu")
        for likeness, little in _likenesses(name, training):
            if studies := alike.get(likeness):
                best = max(studies, key=lambda s: (s == job.study, studies[s].work, s))
                seconds = studies[best].seconds(*_extent(training))
                found[job.key] = Estimate(seconds, best, little)
                break
    return found


def longest_chain(jobs: list[Job], costs: Mapping[str, Estimate]) -> tuple[float, list[Job]]:
    """The longest chain of jobs that wait for one another: its seconds and its jobs."""
    maker = {path: job for job in jobs for path in job.outputs}
    best: dict[str, tuple[float, list[Job]]] = {}

    def until(job: Job) -> tuple[float, list[Job]]:
        if job.key not in best:
            own = costs[job.key].seconds if job.key in costs else 0.0
            before = [until(maker[path]) for path in sorted(job.inputs) if path in maker]
            seconds, chain = max(before, key=lambda b: (b[0], len(b[1])), default=(0.0, []))
            best[job.key] = (seconds + own, [*chain, job])
        return best[job.key]

    return max(map(until, jobs), key=lambda end: (end[0], len(end[1])), default=(0.0, []))
