"""The wheel, installed in an empty environment: as a command, and as a module from an address."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from recall_horizon.code.version import __version__
from recall_horizon.storage import project

from .. import conftest

ROOT = Path(__file__).resolve().parents[2]
GIT = ["git", "-c", "user.name=A", "-c", "user.email=a@b.c"]


def output(*words, cwd, fails=False, **variables):
    environment = {**os.environ, **variables, "PYTHONPATH": ""}
    return conftest.output(*words, cwd=cwd, fails=fails, timeout=None, env=environment)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    output(*pip, "wheel", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def programs(wheel, tmp_path_factory):
    """The folder of programs of an empty environment in which the wheel was installed."""
    folder = tmp_path_factory.mktemp("environment")
    output(sys.executable, "-m", "venv", folder, cwd=folder)
    pins = ["-c", ROOT / "requirements.txt", "-c", ROOT / "tests/package/requirements.txt"]
    pip = [folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check"]
    output(*pip, *pins, wheel, "snakedeploy", cwd=folder)
    return folder / "bin"


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A repository of the project as it is now, with a tag."""
    folder = tmp_path_factory.mktemp("repository")
    more = (".snakemake-workflow-catalog.yml", "README.md", "hatch_build.py")
    for name in (*project.SOURCES, *more):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
        else:
            shutil.copy(ROOT / name, folder / name)
    (folder / ".gitignore").write_text("__pycache__\n")
    for words in ("init", "add .", "commit --message=all", "tag v1"):
        output(*GIT, *words.split(), cwd=folder)
    return folder


def test_it_has_every_file_of_a_clone(programs, tmp_path):
    listing = "from recall_horizon.storage import project; print(*project.files(), sep='\\n')"
    installed = set(output(programs / "python", "-c", listing, cwd=tmp_path).split())
    assert installed == set(project.files())


def test_a_study_runs_in_an_empty_folder_and_ends_with_the_page(programs, tmp_path):
    command = programs / "recall-horizon"
    said = output(command, "run", "smoke", "--cores", "2", cwd=tmp_path)
    page = tmp_path / "results/smoke/report.html"
    assert f"The page   {page.as_uri()}" in said
    assert "recall-horizon compare results/smoke results/ANOTHER" in said
    assert "</html>" in page.read_text()
    assert {path.name for path in tmp_path.iterdir()} == {"results", ".snakemake"}
    assert "nothing to run" in output(command, "plan", "smoke", cwd=tmp_path)
    assert output(command, "open", cwd=tmp_path, BROWSER="true").strip() == page.as_uri()
    assert "smoke.zip" in output(command, "archive", "results/smoke", cwd=tmp_path)


def test_a_study_of_ones_own_begins_with_a_model_that_trains(programs, tmp_path):
    command = programs / "recall-horizon"
    output(command, "init", "mine", cwd=tmp_path)
    tiny = ["training={epochs: 2, samples: 50, evaluate_at: []}", "lengths=[3,6]", "replicates=2"]
    tiny += ["dataset={pool: 100, test: 50}", "analysis={test_lengths: [], test_sequences: 50}"]
    words = ["run", "my_study.yaml", "--config", *tiny, "--", "trained"]
    output(command, *words, cwd=tmp_path / "mine")
    assert list(tmp_path.glob("mine/results/my-study/runs/mine/T3/*.weights.safetensors"))
    again = output(command, "init", "mine", cwd=tmp_path, fails=True)
    assert "my_study.yaml is there already" in again


def deployed(programs, repository, folder):
    """What snakedeploy makes of the repository, whose address it takes for a folder's path."""
    output(programs / "snakedeploy", "deploy-workflow", repository, ".", "--tag", "v1", cwd=folder)
    snakefile = folder / "workflow/Snakefile"
    address = f'gitfile("{repository}", path="workflow/Snakefile", tag="v1")'
    text, changed = re.subn(r'"workflow/Snakefile"', address, snakefile.read_text())
    assert changed == 1
    snakefile.write_text(text)


def test_what_snakedeploy_deploys_runs_from_the_repositorys_address(programs, repository, tmp_path):
    deployed(programs, repository, tmp_path)
    words = ["--cores", "2", "--configfile", "config/smoke.yaml"]
    output(programs / "snakemake", *words, cwd=tmp_path)
    assert "</html>" in (tmp_path / "results/smoke/report.html").read_text()


def test_an_address_of_another_version_is_refused_with_the_line_to_install_it(
    programs, repository, tmp_path
):
    version = repository / "workflow/recall_horizon/code/version.py"
    version.write_text(version.read_text().replace(__version__, "9.9.9"))
    for words in ("commit --all --message=next", "tag v9"):
        output(*GIT, *words.split(), cwd=repository)
    deployed(programs, repository, tmp_path)
    snakefile = tmp_path / "workflow/Snakefile"
    snakefile.write_text(snakefile.read_text().replace('tag="v1"', 'tag="v9"'))
    said = output(programs / "snakemake", "--dry-run", cwd=tmp_path, fails=True)
    assert f"is the workflow of recall-horizon 9.9.9, and {__version__} is installed here" in said
    line = re.search(r'pip install "(git\+file://.*@v9)"', said)
    place = ["--no-deps", "--target", tmp_path / "there"]
    output(programs / "pip", "install", "--quiet", *place, line[1], cwd=tmp_path)
    assert "9.9.9" in (tmp_path / "there/recall_horizon/code/version.py").read_text()
    assert "Traceback" not in said
