"""The plan of a run, as text."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping

from recall_horizon.analysis.costs import Estimate, longest_chain
from recall_horizon.analysis.dry_run import Job
from recall_horizon.presentation.plan_reasons import Cause, causes, several
from recall_horizon.presentation.quantities import duration
from recall_horizon.storage import layout


def in_words(
    jobs: list[Job], every: list[Job], costs: Mapping[str, Estimate], cores: int | None = None
) -> Iterator[str]:
    """The plan, line by line: which `jobs` of `every` job would run, why, and how long.

    `costs` has the estimates that there are, by the jobs' keys.
    """
    study = " ".join(sorted({job.study for job in every}))
    done = f"{len(every) - len(jobs):,} of {_count(len(every), 'job')} are done"
    if not jobs:
        yield f"{study}: nothing to run, {done}"
        return
    yield f"{study}: {_count(len(jobs), 'job')} to run; {done} and stay as they are"
    yield from ("", "Why, in Snakemake's words", *_reasons(jobs))
    yield from ("", *_time(jobs, costs, cores))


def _reasons(jobs: list[Job]) -> Iterator[str]:
    """Jobs, sorted by rule, by the reasons that they share; first what waits for no other job."""
    alike: dict[tuple[Cause, ...], list[Job]] = defaultdict(list)
    for job in jobs:
        alike[tuple(causes(job.reason))].append(job)
    made = {path for job in jobs for path in job.outputs}
    waits = {why: all(made & {*job.inputs} for job in group) for why, group in alike.items()}
    for why in sorted(alike, key=lambda why: (not waits[why], why), reverse=True):
        for cause in why:
            files = sorted({file for job in alike[why] for file in causes(job.reason)[cause]})
            yield f"  {cause.phrase}{': ' if files else ''}{several(files, 1)}"
            yield from (f"      {difference}" for difference in cause.differences)
        for rule, same in itertools.groupby(alike[why], lambda job: job.rule):
            group = list(same)
            yield f"    {rule:18} {len(group):4}  {_which(group)}".rstrip()


def _which(jobs: list[Job]) -> str:
    """What distinguishes `jobs` of one rule: their models, figures and lengths."""
    values: dict[str, set[str]] = defaultdict(set)
    for job in jobs:
        for key, value in job.wildcards.items():
            values[key].add(value)
    lengths = {*values["length"], *(place.removeprefix("T") for place in values["place"])}
    together = [layout.trained_in(layout.TOGETHER)] if layout.TOGETHER in lengths else []
    each = ", ".join(sorted(lengths - {layout.TOGETHER}, key=int))
    parts = [several(sorted(values[key])) for key in ("model", "figure")]
    return "; ".join(filter(None, [*parts, each and f"T = {each}", *together]))


def _time(jobs: list[Job], costs: Mapping[str, Estimate], cores: int | None) -> Iterator[str]:
    known = [(job, costs[job.key]) for job in jobs if job.key in costs]
    on_cpus = sum(job.threads * cost.seconds for job, cost in known if not job.gpus)
    on_gpus = sum(job.gpus * cost.seconds for job, cost in known)
    seconds, chain = longest_chain(jobs, costs)
    times = {"CPU time": on_cpus, "GPU time": on_gpus}
    if cores:
        times[f"on {_count(cores, 'core')}"] = max(seconds, on_cpus / cores, on_gpus)
    facts = {what: f"about {duration(spent)}" for what, spent in times.items() if spent}
    if guessed := {job.wildcards.get("model", job.rule) for job, cost in known if cost.guess}:
        facts["guessed"] = f"{several(sorted(guessed))}: like other architectures"
    if known and (unknown := sorted({job.rule for job in jobs if job.key not in costs})):
        facts["not counted"] = f"{', '.join(unknown)}: without benchmarks"
    about = f", about {duration(seconds)}" if seconds else ""
    names = " → ".join(f"{job.rule} {_which([job])}".strip() for job in chain)
    facts["longest chain"] = f"{_count(len(chain), 'job')}{about}: {names}"
    if any(job.rule == "select" for job in jobs):
        facts["not foreseen"] = "what is trained again because a selection chooses other settings"
    where = ", ".join(sorted({cost.study for _, cost in known}))
    unlike = "not known, since nothing like it has run here"
    yield f"How long{', from the benchmarks of ' if known else ': '}{where or unlike}"
    yield from (f"  {what:16} {fact}" for what, fact in facts.items())


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
