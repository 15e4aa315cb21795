"""Show how a run stands: jobs done, running and waiting, their losses, and what remains."""

import argparse
import json
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.text import Text

from recall_horizon.errors import RecallHorizonError
from recall_horizon.presentation.watch import lines, snapshot

EVERY = 2.0  # seconds between two looks


def main(arguments: list[str]) -> None:
    """Show the run in the study's folder: live on a terminal, else once."""
    parser = argparse.ArgumentParser(prog="recall_horizon watch", description=__doc__)
    parser.add_argument(
        "results", nargs="?", type=Path, help="such as results/default; the latest run if left out"
    )
    parser.add_argument("--once", action="store_true", help="show it once, also on a terminal")
    parser.add_argument("--json", action="store_true", help="once, as JSON")
    options = parser.parse_args(arguments)
    results = options.results or latest(Path("results"))
    at = snapshot(results)
    if options.json:
        running = [job._asdict() for job in at.running]
        print(json.dumps({**at._asdict(), "running": running}, indent=2))
    elif options.once or not sys.stdout.isatty():
        print("\n".join(lines(at)))
    else:
        _live(results)


def latest(folder: Path) -> Path:
    """The study in `folder` whose run was started last.

    Raises:
        RecallHorizonError: there is none.
    """
    started = sorted(folder.glob("*/jobs.json"), key=lambda path: path.stat().st_mtime)
    if not started:
        raise RecallHorizonError(f"no run has started in {folder}/: name the folder of a study")
    return started[-1].parent


def _live(results: Path) -> None:
    """Show the run until it has finished, or Ctrl-C is pressed."""
    at = snapshot(results)
    with Live(Text("\n".join(lines(at))), console=Console(), refresh_per_second=4) as live:
        try:
            while not at.finished:
                time.sleep(EVERY)
                at = snapshot(results)
                live.update(Text("\n".join(lines(at))))
        except KeyboardInterrupt:
            return
