"""Open the page of a finished study in the browser."""

import webbrowser
from pathlib import Path

from recall_horizon.cli.watch import latest
from recall_horizon.errors import RecallHorizonError
from recall_horizon.storage import layout


def main(results: Path | None = None) -> None:
    """Open the page of a finished study in the browser, and print its address.

    Args:
        results: the folder of the study, such as results/default; the latest run if left out.
    """
    page = (results or latest(Path("results"))) / layout.PAGE
    if not page.is_file():
        raise RecallHorizonError(f"there is no {page}: a run makes it at its end")
    address = page.resolve().as_uri()
    print(address)
    webbrowser.open(address)
