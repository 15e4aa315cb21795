"""Say what a run has made; Snakemake calls it at the end."""

import itertools
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

from recall_horizon.cli._reports import report
from recall_horizon.errors import RecallHorizonError
from recall_horizon.presentation.grid import TERMINAL
from recall_horizon.presentation.quantities import duration
from recall_horizon.presentation.watch import snapshot
from recall_horizon.storage import layout
from recall_horizon.storage.project import INSTALLED


def main(*, results: Path) -> None:
    """Print what a run has made.

    Args:
        results: the folder of its study.
    """
    print("\n".join(["", *made(results)]))


def made(results: Path) -> Iterator[str]:
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
        study = report(results)
        answers = [study.section(name).sentences[:1] for name in ("answer", "degradation")]
        origin = study.provenance
        warned = [*origin.get("warnings", ()), *origin["training"].get("warnings", ())]
        warnings = [f"Warning: {text}" for text in warned]
        for sentence in [*itertools.chain(*answers), *warnings]:
            yield from ("", *textwrap.wrap(sentence, TERMINAL))
    except RecallHorizonError:  # a module of the user's own that is not to be found from here
        pass
    yield ""
    yield f"It took {duration(time.time() - started)}. To see how it differs from another study:"
    in_a_clone = f'make compare STUDIES="{results} results/ANOTHER"'
    yield f"  {f'recall-horizon compare {results} results/ANOTHER' if INSTALLED else in_a_clone}"
