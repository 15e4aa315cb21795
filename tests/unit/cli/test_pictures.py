import json
import shutil
from pathlib import Path

import pytest

from recall_horizon.cli import pictures
from recall_horizon.errors import RecallHorizonError

REPORT = Path(__file__).parents[3] / "report"
PNG = b"\x89PNG"
BROWSER = (
    '#!/bin/sh\nfor word; do case "$word" in --screenshot=*) echo seen > "${word#*=}"; esac; done\n'
)


@pytest.fixture
def make(tmp_path):
    """Makes the pictures of a document that shows these; returns those in its folder, by name."""
    for study in ("lesson", "anchor-copy"):
        shutil.copytree(REPORT / "reference" / study, tmp_path / "reference" / study)
    shutil.copytree(REPORT, tmp_path / "report", ignore=lambda *_: ["reference"])
    (tmp_path / "report.html").touch()
    (tmp_path / "docs").mkdir()
    browser = tmp_path / "browser"
    browser.write_text(BROWSER)
    browser.chmod(0o755)

    def run(*shown):
        document = tmp_path / "docs/page.md"
        document.write_text("\n".join(f"![What it shows]({name})" for name in shown))
        pictures.main(
            [document],
            record=tmp_path / "docs/pictures.json",
            reference=tmp_path / "reference",
            templates=tmp_path / "report",
            page=tmp_path / "report.html",
            browser=str(browser),
        )
        made = {path.name: path.read_bytes() for path in tmp_path.glob("docs/*.png")}
        assert json.loads((tmp_path / "docs/pictures.json").read_text()).keys() == made.keys()
        return made

    return run


def test_a_figure_is_drawn_anew_when_its_table_has_changed(make, tmp_path):
    name = "anchor-copy-outcomes.png"
    assert make(name)[name].startswith(PNG)
    (tmp_path / "docs" / name).write_text("as it was")
    assert make(name)[name] == b"as it was"
    others = tmp_path / "reference/lesson/outcomes.csv.gz"
    shutil.copy(others, tmp_path / "reference/anchor-copy/models.csv.gz")  # not the figure's
    assert make(name)[name] == b"as it was"
    with (tmp_path / "reference/anchor-copy/outcomes.csv.gz").open("ab") as file:
        file.write(b"\0")  # of the file, not of the table
    assert make(name)[name].startswith(PNG)


def test_a_picture_that_is_not_there_is_made(make, tmp_path):
    name = "anchor-copy-outcomes.png"
    drawn = make(name)
    (tmp_path / "docs" / name).unlink()
    assert make(name) == drawn


def test_the_page_is_seen_anew_when_a_template_of_its_has_changed(make, tmp_path):
    def changed(template):
        (tmp_path / "docs/page.png").write_text("as it was")
        with (tmp_path / "report" / template).open("a") as file:
            file.write("\n")
        return make("page.png")["page.png"] != b"as it was"

    assert make("page.png") == {"page.png": b"seen\n"}
    assert changed("page.css")
    assert changed("sentences.j2")
    assert not changed("paper.typ")


@pytest.mark.parametrize("name", ["anchor-copy-nothing", "models", "diagram"])
def test_a_picture_that_no_command_makes_is_refused(make, name):
    with pytest.raises(RecallHorizonError, match=rf"shows {name}\.png, which no command makes"):
        make(f"{name}.png")


def test_a_browser_that_fails_leaves_the_picture_as_it_was(make, tmp_path):
    make("page.png")
    (tmp_path / "browser").write_text("#!/bin/sh\necho no display >&2\nexit 1\n")
    (tmp_path / "report/page.css").write_text("")
    with pytest.raises(RecallHorizonError, match=r"no picture of .*no display"):
        make("page.png")
    assert (tmp_path / "docs/page.png").read_text() == "seen\n"
    (tmp_path / "report.html").unlink()
    with pytest.raises(RecallHorizonError, match="run `make lesson`"):
        make("page.png")
