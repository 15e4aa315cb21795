"""Say what a run has made, or which of its jobs failed and why; Snakemake calls it at the end."""

import argparse
import re
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

from recall_horizon.errors import RecallHorizonError
from recall_horizon.explore import open_study
from recall_horizon.planning.watch import PLANNED
from recall_horizon.presentation.grid import TERMINAL
from recall_horizon.presentation.quantities import duration
from recall_horizon.presentation.sentences import Report

# What Snakemake's log says of a job that failed.
FAILED = re.compile(r"^Error in rule (\w+):\n((?:    .*\n)+)", re.MULTILINE)
LOG = re.compile(r"^    log: (.+?)(?: \(check log file|$)", re.MULTILINE)


def main(arguments: list[str]) -> None:
    """Print the end of the run in --results; with --failed, from Snakemake's log of that name."""
    parser = argparse.ArgumentParser(prog="recall_horizon ended", description=__doc__)
    parser.add_argument("--results", required=True, type=Path)
    parser.add_argument("--failed", type=Path, help="Snakemake's log of a run that failed")
    options = parser.parse_args(arguments)
    lines = failure(options.failed) if options.failed else success(options.results)
    print("\n".join(["", *lines]))


def success(results: Path) -> Iterator[str]:
    """Where the page and the paper are, what they say, how long the run took, what to do next."""
    page, paper = results / "report.html", results / "paper.pdf"
    started = (results / PLANNED).stat().st_mtime
    if not page.exists() or page.stat().st_mtime < started:
        yield f"Done. The results are in {results}/."
        return
    yield f"The page   {page.resolve().as_uri()}"
    yield f"The paper  {paper.resolve().as_uri()}"
    try:
        study = open_study(results)
        report = Report(study.tables(), study.look, study.provenance)
        answers = [report.section(name).sentences[:1] for name in ("degradation", "models")]
        for sentence in [sentence for answer in answers for sentence in answer]:
            yield from ("", *textwrap.wrap(sentence, TERMINAL))
    except RecallHorizonError:  # a module of the user's own that is not to be found from here
        pass
    yield ""
    yield f"It took {duration(time.time() - started)}. To see how it differs from another study:"
    yield f'  make compare STUDIES="{results} results/ANOTHER"'


def failure(log: Path) -> Iterator[str]:
    """Which jobs failed, where their logs are, the last line of each, and how to resume."""
    text = log.read_text(encoding="utf-8", errors="replace")
    jobs = {
        (rule, file[1]): None for rule, about in FAILED.findall(text) if (file := LOG.search(about))
    }
    if not jobs:
        yield f"The run has failed before any job did: {log} says why."
        return
    yield f"{len(jobs)} job{'s' if len(jobs) > 1 else ''} failed:"
    for rule, file in jobs:
        yield f"  {rule}: {file}"
        yield f"    {_last_line(Path(file))}"
    yield "What is done stays, and training resumes from its checkpoints."
    yield "When the cause is gone, run the same command again."


def _last_line(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return "(no such file)"
    return next((line for line in reversed(lines) if line.strip()), "(empty)")
