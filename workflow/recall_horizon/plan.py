"""What a run would do and why, in words: from what Snakemake's dry run says of its jobs."""

import ast
import csv
import json
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from recall_horizon import source
from recall_horizon.quantities import duration

FOLLOWS = "follows from these"
# What Snakemake's reasons begin with, and what they are called here. Those with files after a
# colon name them; a job's own reasons outweigh that its input is made anew.
REASONS = {
    "Missing output files": "not made yet",
    "Incomplete output files": "left unfinished",
    "Updated input files": "edited",
    "Set of input files has changed": "made from more or fewer jobs than before",
    "Code has changed": "the rule itself was edited",
    "Software environment definition has changed": "other software",
    "Forced execution": "asked for",
    "Rules with a run or shell declaration but no output": "done at every run",
}
PARAMETERS, UPDATED = "Params have changed", "Input files updated by another job"
# Reasons are joined by semicolons, which may stand in a parameter, too.
BETWEEN = re.compile(rf"; (?={'|'.join(map(re.escape, [*REASONS, PARAMETERS, UPDATED]))})")
TELLING = ("model", "figure", "length")  # the wildcards that tell a person jobs apart


class Job(NamedTuple):
    """A job as Snakemake tells of it; `benchmark` is where its time was or will be kept."""

    rule: str
    wildcards: dict[str, str]
    inputs: list[str]
    outputs: list[str]
    benchmark: str | None
    gpus: int
    reason: str

    @property
    def name(self) -> str:
        """The rule with what tells its jobs apart: `train lstm T=50`."""
        known = {key: self.wildcards[key] for key in TELLING if key in self.wildcards}
        words = [f"T={value}" if key == "length" else value for key, value in known.items()]
        return " ".join([self.rule, *words])

    @property
    def replicates(self) -> int:
        """How many replicates it trains; 1 for what trains none."""
        ends = [int(self.wildcards.get(end, 0)) for end in ("first", "last")]
        return ends[1] - ends[0] + 1


class Cost(NamedTuple):
    """What a job costs, in seconds: of wall clock, and of CPU."""

    wall: float
    cpu: float


def read_jobs(lines: Iterable[str]) -> list[Job]:
    """Jobs from lines of JSON, in an order that does not depend on Snakemake's."""
    jobs = (Job(**json.loads(line)) for line in lines if line.startswith("{"))
    return sorted(jobs, key=lambda job: (job.rule, job.outputs))


def why(reason: str, made: Container[str] = ()) -> list[str]:
    """Snakemake's reason for a job, in this project's words; `made` are the files of all jobs."""
    causes = []
    for part in BETWEEN.split(reason):
        if part.startswith(PARAMETERS):
            causes += _changes(part)
        for start, words in REASONS.items():
            if not part.startswith(start):
                continue
            if words != "edited":
                causes.append(words)
            elif files := sorted(filter(None, part.partition(": ")[2].split(", "))):
                own = [file for file in files if file not in made]
                causes.append(
                    f"edited: {', '.join(own)}" if own else "left undone by an earlier run"
                )
    return list(dict.fromkeys(causes)) or [FOLLOWS]


def _changes(reason: str) -> Iterator[str]:
    """What differs between the parameters `before` and `now` that Snakemake tells of."""
    before, now = _sides(reason)
    code = [{k: v for d in side if _is_code(d) for k, v in d.items()} for side in (before, now)]
    edited = sorted({module for module, _ in code[0].items() ^ code[1].items()})
    if edited:
        yield f"edited code: {', '.join(map(_file, edited)) if code[0] else 'all of it'}"
    options = [dict(_flat(next(filter(_is_options, side), {}))) for side in (before, now)]
    for key in sorted(options[0].keys() | options[1].keys()):
        old, new = (side.get(key, "unset") for side in options)
        if old != new:
            yield f"changed: {key}, {old} → {new}"
    # A digest on its own says nothing that the modules it sums up do not say.
    plain = [
        [v for v in side if not isinstance(v, dict) and not _is_digest(v)] for side in (before, now)
    ]
    if plain[0] or plain[1]:
        old, new = (", ".join(str(v) for v in sorted(side, key=str)) or "unset" for side in plain)
        yield f"changed: {old} → {new}"


def _file(module: str) -> str:
    """The file of `module` as one would look for it."""
    path = source.module_file(module)
    depth = module.count(".") + 1 + (path is not None and path.name == "__init__.py")
    return "/".join(path.parts[-depth:]) if path else f"{module} (gone)"


def _sides(reason: str) -> tuple[list[Any], list[Any]]:
    """The parameters before and now: the words between may stand in a parameter, too."""
    text = reason.partition("before: ")[2].rstrip()
    for between in re.finditer(" now: ", text):
        try:
            return _values(text[: between.start()]), _values(text[between.end() :])
        except (SyntaxError, ValueError):
            continue
    return [], [text]


def _values(text: str) -> list[Any]:
    """The parameters in a text of theirs, each as Python writes it; JSON among them is read."""
    values = ast.literal_eval(f"[{text}]") if text != "<nothing exclusive>" else []
    return [_from_json(value) for value in values]


def _from_json(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("{"):
        try:
            return json.loads(value)
        except ValueError:
            pass
    return value


def _is_code(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_digest(part) for part in value.values())


def _is_options(value: Any) -> bool:
    return isinstance(value, dict) and not _is_code(value)


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"[0-9a-f]{12}|[0-9a-f]{16}", value))


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves of nested options, by their paths: `training.learning_rate`."""
    if not isinstance(value, dict):
        yield path, value
        return
    for key, inner in value.items():
        yield from _flat(inner, f"{path}.{key}" if path else key)


def costs(jobs: Iterable[Job], every: Iterable[Job]) -> dict[str, Cost]:
    """What each of `jobs` will cost, by name of its first output, from benchmarks of earlier runs.

    A job that ran before costs what it cost then. Else it is told from those of its rule that did,
    of its own model if there are any, by a straight line in the length; replicates cost alike. Of
    jobs whose rule never ran, nothing is known.
    """
    known = [(job, cost) for job in every if (cost := _measured(job))]
    exact = {_key(job): cost for job, cost in known}
    found = {}
    for job in jobs:
        cost = exact.get(_key(job)) or _alike(job, known)
        if cost:
            found[_key(job)] = cost
    return found


def _key(job: Job) -> str:
    return job.outputs[0] if job.outputs else job.name


def _measured(job: Job) -> Cost | None:
    path = Path(job.benchmark) if job.benchmark else None
    if path is None or not path.is_file():
        return None
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    try:
        wall, cpu = (np.mean([float(row[key]) for row in rows]) for key in ("s", "cpu_time"))
    except (KeyError, ValueError):  # too short a job has NA
        return None
    return Cost(float(wall), max(float(cpu), 0.0)) if rows else None


def _alike(job: Job, known: list[tuple[Job, Cost]]) -> Cost | None:
    same = [(other, cost) for other, cost in known if other.rule == job.rule]
    own = [pair for pair in same if pair[0].wildcards.get("model") == job.wildcards.get("model")]
    same = own or same
    if not same:
        return None
    each = np.array([cost for _, cost in same]) / [[other.replicates] for other, _ in same]
    lengths = [int(other.wildcards.get("length", 0)) for other, _ in same]
    cost = each.mean(axis=0)
    if len(set(lengths)) > 1:
        slope, start = np.polyfit(lengths, each, 1)
        cost = np.maximum(start + slope * int(job.wildcards["length"]), each.min(axis=0))
    return Cost(*(cost * job.replicates).tolist())


def longest_chain(jobs: list[Job], cost: Mapping[str, Cost]) -> tuple[float, list[Job]]:
    """The jobs that have to wait for one another the longest: seconds of wall clock, and which."""
    maker = {path: job for job in jobs for path in job.outputs}
    best: dict[str, tuple[float, list[Job]]] = {}

    def until(job: Job) -> tuple[float, list[Job]]:
        key = _key(job)
        if key not in best:
            own = cost[key].wall if key in cost else 0.0
            before = [until(maker[path]) for path in sorted(job.inputs) if path in maker]
            seconds, chain = max(before, key=lambda b: (b[0], len(b[1])), default=(0.0, []))
            best[key] = (seconds + own, [*chain, job])
        return best[key]

    return max(map(until, jobs), key=lambda end: (end[0], len(end[1])), default=(0.0, []))


def in_words(jobs: list[Job], every: list[Job]) -> Iterator[str]:
    """The plan, line by line: `jobs` would run, of `every` job that there is."""
    study = " ".join(
        sorted({"/".join(Path(path).parts[:2]) for j in every for path in j.outputs[:1]})
    )
    done = f"{len(every) - len(jobs)} of {len(every)} jobs are done"
    if not jobs:
        yield f"{study}: nothing to run, all {len(every)} jobs are done"
        return
    yield f"{study}: {_count(len(jobs), 'job')} to run; {done} and stay as they are"
    yield ""
    yield "Why"
    because: dict[str, dict[str, list[Job]]] = defaultdict(lambda: defaultdict(list))
    made = {path for job in every for path in job.outputs}
    for job in jobs:
        causes = why(job.reason, made)
        because["; ".join(causes)][job.rule].append(job)
    for cause in sorted(because, key=lambda cause: (cause == FOLLOWS, cause)):
        yield f"  {cause}"
        for rule, group in because[cause].items():
            yield f"    {rule:18} {len(group):4}  {_which(group)}".rstrip()
    yield ""
    yield from _time(jobs, costs(jobs, every))
    if any("changed: " in cause for cause in because):
        yield "  not foreseen     what the changed options themselves cost or save"


def _which(jobs: list[Job]) -> str:
    """What tells `jobs` of one rule apart: their models, lengths, figures."""
    values: dict[str, set[str]] = defaultdict(set)
    for job in jobs:
        for key, value in job.wildcards.items():
            values[key].add(value)
    parts = []
    for key in TELLING[:2]:
        if names := sorted(values[key]):
            parts.append(", ".join(names) if len(names) <= 6 else f"{len(names)} {key}s")
    if values["length"]:
        parts.append(f"T = {', '.join(map(str, sorted(map(int, values['length']))))}")
    return "; ".join(parts)


def _time(jobs: list[Job], cost: Mapping[str, Cost]) -> Iterator[str]:
    unknown = sorted({job.rule for job in jobs if _key(job) not in cost})
    if not cost:
        yield "How long: not known, since nothing like it has run here before"
    else:
        on_gpus = sum(cost[_key(job)].wall for job in jobs if job.gpus and _key(job) in cost)
        on_cpus = sum(cost[_key(job)].cpu for job in jobs if not job.gpus and _key(job) in cost)
        yield "How long, from the benchmarks of earlier runs"
        yield f"  CPU time         about {duration(on_cpus)}"
        if on_gpus:
            yield f"  GPU time         about {duration(on_gpus)}"
        if unknown:
            yield f"  not counted      {', '.join(unknown)}: never measured here"
    seconds, chain = longest_chain(jobs, cost)
    about = f", about {duration(seconds)}" if seconds else ""
    names = " → ".join(job.name for job in chain)
    yield f"  longest chain    {_count(len(chain), 'job')}{about}: {names}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number:,} {thing}s"
