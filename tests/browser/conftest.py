"""The page of a small study in a real browser: Chromium, headless, without a network."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

MODELS = ["lstm", "lstm-mixed", "gru", "attention", "attention-no-positions"]
STUDY = [f"models=[{','.join(MODELS)}]", "lengths=[3,6,12]", "replicates=3"]


@dataclass(frozen=True)
class Study:
    """A finished study: its folder and its tables."""

    folder: Path
    labels: dict[str, str]

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / "tables" / f"{name}.csv")


@dataclass
class Watched:
    """A page, with the errors that it reported and the requests that it made."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def study(copy) -> Study:
    project = copy("browsed")
    project.snakemake("--config", *STUDY)
    folder = project.root / "results/smoke"
    labels = pd.read_csv(folder / "tables/models.csv").groupby("model")["label"].first()
    return Study(folder, labels.to_dict())


@pytest.fixture(scope="session")
def browser():
    chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    assert shutil.which(chromium), f"there is no browser at {chromium}: see make test-browser"
    with sync_playwright() as playwright:
        # The sandbox is not available to root; only our own page is opened.
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium, args=root)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Browser, study: Study):
    """Opens the page from disk, offline, in a browser with these properties."""
    contexts = []

    def show(width: int = 1100, height: int = 900, scripts: bool = True, **options) -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            offline=True,
            java_script_enabled=scripts,
            accept_downloads=True,
            **options,
        )
        contexts.append(context)
        watched = Watched(context.new_page())
        watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        watched.page.on(
            "console",
            lambda message: (
                message.type in ("error", "warning") and watched.complaints.append(message.text)
            ),
        )
        watched.page.on("request", lambda request: watched.requests.append(request.url))
        watched.page.goto((study.folder / "report.html").as_uri())
        if scripts:
            watched.page.wait_for_function(
                "document.querySelectorAll('.live').length == "
                "document.querySelectorAll('[data-chart]').length"
            )
        return watched

    yield show
    for context in contexts:
        context.close()
