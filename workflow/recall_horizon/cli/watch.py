"""Show how a run stands: jobs done, running and waiting, their losses, and what remains."""

import sys
import time
from json import dumps
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.text import Text

from recall_horizon.errors import RecallHorizonError
from recall_horizon.presentation.watch import lines, snapshot
from recall_horizon.storage import layout

EVERY = 2.0  # seconds between two looks


def main(results: Path | None = None, *, once: bool = False, json: bool = False) -> None:
    """Show how a run stands: live on a terminal, else once.

    Args:
        results: the folder of its study, such as results/default; the latest run if left out.
        once: show it once, also on a terminal.
        json: once, as JSON.
    """
    results = results or latest(Path("results"))
    at = snapshot(results)
    if json:
        running = [job._asdict() for job in at.running]
        print(dumps({**at._asdict(), "running": running}, indent=2))
    elif once or not sys.stdout.isatty():
        print("\n".join(lines(at)))
    else:
        _live(results)


def latest(folder: Path) -> Path:
    """The study in `folder` whose run was started last.

    Raises:
        RecallHorizonError: there is none.
    """
    started = sorted(folder.glob(f"*/{layout.PLANNED}"), key=lambda path: path.stat().st_mtime)
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
