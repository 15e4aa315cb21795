"""What `make` passes on to Snakemake, and what it sets up and cleans."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRINTS = '#!/bin/sh\nprintf "<%s>" "${0##*/}" "$@"\necho\n'


@pytest.fixture
def make(tmp_path):
    """What a target prints in a folder of any name, where programs print their arguments alone."""

    def run(*words, folder="project", fails=False, **variables):
        root = tmp_path / folder
        root.mkdir(exist_ok=True)
        for name in ("Makefile", "requirements.txt", "pyproject.toml"):
            shutil.copy(ROOT / name, root)
        programs = root / ".venv/bin"
        programs.mkdir(parents=True, exist_ok=True)
        (programs / "activate").write_text('PATH="$PWD/.venv/bin:$PATH"\n')
        for name in ("python", "pip"):
            (programs / name).write_text(PRINTS)
            (programs / name).chmod(0o755)
        done = subprocess.run(
            ["make", "--silent", *words],
            cwd=root,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout

    return run


READY = "--assume-old=.venv/.ready"
HUGGINGFACE = "--assume-old=.venv/.huggingface"


def called(line):
    """A command of the package and its arguments."""
    words = line.strip().removeprefix("<").removesuffix(">").split("><")
    return " ".join(words).replace("-P ", "").removeprefix("python -m recall_horizon ")


@pytest.mark.parametrize(
    ("arguments", "passed"),
    [
        ("", "--cores all"),
        ("--configfile my.yaml", "--cores all --configfile my.yaml"),
        ("figures", "--cores all figures"),
        *((f"{c} --dry-run", f"{c} --dry-run") for c in ("--cores 2", "--core 2", "-c2")),
        *((f"{c} --dry-run", f"{c} --dry-run") for c in ("--cores=2", "-j 2", "--jobs=2")),
    ],
)
def test_a_run_is_what_the_user_asks_for(make, arguments, passed):
    assert called(make(READY, "run", f"ARGS={arguments}")) == f"run {passed}"


def test_how_many_cores_can_be_said(make):
    said = called(make(READY, "run", "ARGS=--configfile a.yaml", "CORES=3"))
    assert said == "run --cores 3 --configfile a.yaml"


def test_options_with_quotes_and_spaces_are_passed_on_whole(make):
    said = make(READY, "lesson", "ARGS=--config 'model_zoo={lstm: {label: a  b}}' --jobscript x")
    assert called(said).startswith("run lesson --cores all --config ")
    assert "<model_zoo={lstm: {label: a  b}}>" in said


def test_each_anchor_is_run_and_then_judged(make):
    said = make(READY, HUGGINGFACE, "anchors", "ARGS=--configfile my.yaml --cores 1")
    *runs, verdicts = said.splitlines()
    names = ("adding", "copy", "chrono", "parity", "selective", "bistable", "rates", "delays")
    studies = [*(f"anchors/{name}" for name in names), "recall"]
    results = [*(f"results/anchor-{name}" for name in names), "results/recall"]
    assert [called(run) for run in runs] == [
        f"run {study} --configfile my.yaml --cores 1" for study in studies
    ]
    assert called(verdicts).split() == ["verdicts", *results]


@pytest.mark.parametrize("character", [":", "{", "}", '"', "$", "`", "\t", "\n"])
def test_a_path_that_cannot_work_is_refused_before_anything_is_installed(make, character):
    said = make("setup", "PYTHON=false", folder=f"a{character}b", fails=True)
    assert len(said.splitlines()) == 1
    assert "The path of this folder" in said
    assert "move it" in said


@pytest.mark.parametrize("character", [" ", "'", "\\", "&", "ü", "*"])
def test_any_other_path_is_tried(make, character):
    said = make("setup", "PYTHON=false", folder=f"a{character}b", fails=True)
    assert "Python 3.11 or newer is needed" in said


def test_packages_are_installed_into_the_environment_of_the_project(make, tmp_path):
    (tmp_path / "project").mkdir()
    elsewhere = {f"PIP_{name}": "/elsewhere" for name in ("TARGET", "PREFIX", "ROOT", "PYTHON")}
    python = tmp_path / "python"
    python.write_text(
        "#!/bin/sh\ncase $* in *venv*) echo 'env | grep ^PIP_ | sort' >> .venv/bin/pip;; esac\n"
    )
    python.chmod(0o755)
    said = make("setup", f"PYTHON={python}", PIP_USER="1", PIP_INDEX_URL="here", **elsewhere)
    assert {"PIP_USER=0", "PIP_INDEX_URL=here"} <= set(said.splitlines())
    assert "/elsewhere" not in said


@pytest.mark.parametrize("linked", [False, True])
def test_clean_empties_the_results_also_behind_a_link(make, tmp_path, linked):
    root = tmp_path / "project"
    root.mkdir()
    results = tmp_path / "another disk" if linked else root / "results"
    for file in ("README.md", "default/README.md", "default/tables/losses.csv", "lesson/x"):
        (results / file).parent.mkdir(parents=True, exist_ok=True)
        (results / file).touch()
    if linked:
        (root / "results").symlink_to(results)
    make("clean")
    assert [path.name for path in results.rglob("*")] == ["README.md"]
    assert (root / "results").is_symlink() == linked
    shutil.rmtree(results)
    make("clean")


def test_caches_are_in_the_project_where_the_users_cannot_be_written_to(make, tmp_path):
    (tmp_path / "project/.venv/bin").mkdir(parents=True)
    shown = {}
    for home in ("/proc/nowhere", str(tmp_path)):
        line = make(READY, "--dry-run", "run", HOME=home)
        line = line.replace("python -P", 'echo "${XDG_CACHE_HOME:-unset}";:')
        environment = {**os.environ, "HOME": home}
        environment.pop("XDG_CACHE_HOME", None)
        shown[home] = subprocess.run(
            line,
            shell=True,
            cwd=tmp_path / "project",
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    assert shown == {
        "/proc/nowhere": f"{tmp_path}/project/.snakemake/caches",
        str(tmp_path): "unset",
    }
