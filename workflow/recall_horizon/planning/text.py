"""The plan of a run, as text."""

import textwrap
from collections import defaultdict
from collections.abc import Iterator, Mapping

from recall_horizon.planning.costs import Estimate, longest_chain
from recall_horizon.planning.jobs import TELLING, Job
from recall_horizon.planning.reasons import FOLLOWS, why
from recall_horizon.presentation.quantities import duration
from recall_horizon.storage import layout

WIDTH = 80  # columns of a terminal
INDENTED = " " * 19  # where a line goes on


def in_words(
    jobs: list[Job], every: list[Job], costs: Mapping[str, Estimate], cores: int | None = None
) -> Iterator[str]:
    """The plan, line by line: which `jobs` of `every` job would run, and how long on `cores` cores.

    `costs` has the estimates that there are, by the jobs' keys. Lines fit a terminal of 80 columns.
    """
    for line in _whole_lines(jobs, every, costs, cores):
        words = {"subsequent_indent": INDENTED, "break_on_hyphens": False}
        yield from textwrap.wrap(line, WIDTH, break_long_words=False, **words) or [""]


def _whole_lines(
    jobs: list[Job], every: list[Job], costs: Mapping[str, Estimate], cores: int | None
) -> Iterator[str]:
    study = " ".join(sorted({job.study for job in every}))
    if not jobs:
        yield f"{study}: nothing to run, all {_count(len(every), 'job')} are done"
        return
    done = f"{len(every) - len(jobs)} of {_count(len(every), 'job')} are done"
    yield f"{study}: {_count(len(jobs), 'job')} to run; {done} and stay as they are"
    yield ""
    yield "Why"
    made = {path for job in every for path in job.outputs}
    having: dict[str, list[Job]] = defaultdict(list)
    for job in jobs:
        for cause in why(job.reason, made):
            having[cause].append(job)
    yield from _reasons(having)
    yield ""
    yield from _time(jobs, costs, cores)
    if any(job.rule == "select" for job in jobs):
        yield "  not foreseen     what is trained again because a selection chooses other settings"
    if any(cause.startswith("changed: ") for cause in having):
        yield "  not foreseen     what changed options cost, but for samples, epochs and width"


def _reasons(having: Mapping[str, list[Job]]) -> Iterator[str]:
    """Each cause once, with the jobs that have it; causes of the same jobs are listed together."""
    together: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for cause in sorted(having, key=lambda cause: (cause == FOLLOWS, cause)):
        together[tuple(job.key for job in having[cause])].append(cause)
    for causes in together.values():
        yield from (f"  {cause}" for cause in causes)
        rules: dict[str, list[Job]] = defaultdict(list)
        for job in having[causes[0]]:
            rules[job.rule].append(job)
        for rule, group in rules.items():
            yield f"    {rule:18} {len(group):4}  {_which(group)}".rstrip()


def _which(jobs: list[Job]) -> str:
    """What distinguishes `jobs` of one rule: their models, lengths, figures."""
    values: dict[str, set[str]] = defaultdict(set)
    for job in jobs:
        for key, value in job.wildcards.items():
            values[key].add(value)
    parts = []
    for key in TELLING[:2]:
        if names := sorted(values[key]):
            parts.append(", ".join(names) if len(names) <= 6 else f"{len(names)} {key}s")
    together = layout.TOGETHER in values["place"]
    lengths = values["length"] | {place[1:] for place in values["place"] - {layout.TOGETHER}}
    if lengths:
        parts.append(f"T = {', '.join(map(str, sorted(map(int, lengths))))}")
    if together:
        parts.append("all lengths together")
    return "; ".join(parts)


def _time(jobs: list[Job], costs: Mapping[str, Estimate], cores: int | None) -> Iterator[str]:
    known = [(job, costs[job.key]) for job in jobs if job.key in costs]
    seconds, chain = longest_chain(jobs, costs)
    if not known:
        yield "How long: not known, since nothing like it has run here before"
    else:
        on_cpus = sum(job.threads * cost.seconds for job, cost in known if not job.gpus)
        on_gpus = sum(job.gpus * cost.seconds for job, cost in known)
        studies = ", ".join(sorted({cost.study for _, cost in known}))
        yield f"How long, from the benchmarks of {studies}"
        yield f"  CPU time         about {duration(on_cpus)}"
        if on_gpus:
            yield f"  GPU time         about {duration(on_gpus)}"
        if cores:
            wall = max(seconds, on_cpus / cores, on_gpus)
            yield f"  on {_count(cores, 'core'):13} about {duration(wall)}"
        if guessed := [job for job, cost in known if cost.guess]:
            models = ", ".join(sorted({job.wildcards.get("model", job.rule) for job in guessed}))
            yield f"  guessed          {models}: from other architectures, as these never ran"
        if unknown := sorted({job.rule for job in jobs if job.key not in costs}):
            yield f"  not counted      {', '.join(unknown)}: without benchmarks"
    about = f", about {duration(seconds)}" if seconds else ""
    names = " → ".join(job.name for job in chain)
    yield f"  longest chain    {_count(len(chain), 'job')}{about}: {names}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number:,} {thing}s"
