import json
import platform
import subprocess

import numpy
import pytest
import torch

from recall_horizon.errors import DamagedFileError
from recall_horizon.storage import provenance

MODULE = "workflow/recall_horizon/storage/provenance.py"

NEW, OLD = {"python": "3.13", "torch": "2.9"}, {"python": "3.13", "torch": "2.8"}
RECORDS = [
    {"device": "cuda", "device_name": "GPU", "versions": NEW, "seconds": [1.25, 2.5]},
    {"device": "cpu", "device_name": "CPU", "versions": NEW, "seconds": [4.0]},
    {"device": "cuda", "device_name": "GPU", "versions": OLD, "seconds": [0.5, 0.5]},
]
ASKED = {"question": "What?", "words": {}, "shapes": {}}
FILES = {"weights": {"model.safetensors": "0" * 64}}
for record, spec in zip(
    RECORDS,
    ({"model": "a", "files": {}}, {"model": "b", "files": FILES}, {"model": "c"}),
    strict=True,
):
    record["fingerprint"] = {"spec": spec, "device": "cpu: AVX2", "threads": 1}


def test_training_is_counted_over_all_jobs():
    told = provenance.gather({"study": "s"}, ASKED, iter(RECORDS))
    assert told["study"] == {"study": "s"}
    assert told["training"] == {
        "jobs": 3,
        "replicates": 5,
        "seconds": 8.8,
        "devices": {"CPU (cpu)": 1, "GPU (cuda)": 2},
        "versions": {"python 3.13, torch 2.8": 1, "python 3.13, torch 2.9": 2},
        "arithmetic": {"cpu: AVX2, 1 thread": 3},
        "warnings": {},
    }


def test_the_files_that_models_have_read_are_kept():
    assert provenance.gather({"study": "s"}, ASKED, RECORDS)["files"] == {"b": FILES}


def test_versions_are_those_of_the_process_that_asks():
    versions = provenance.training_versions()
    assert versions["numpy"] == numpy.__version__
    assert versions["torch"].split("+")[0] == torch.__version__.split("+")[0]
    assert versions["python"] == platform.python_version()


def test_a_model_that_imports_a_package_adds_its_version_to_training_alone(monkeypatch):
    monkeypatch.setattr(provenance, "OF_MODELS", ("pytest", "mambapy-of-nobody"))
    assert provenance.training_versions().keys() == {"python", "torch", "numpy", "pytest"}
    assert provenance.versions(provenance.TABLES).keys() == {"python", *provenance.TABLES}


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder that is the project's."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    folder = tmp_path / "checkout"
    module = folder / MODULE
    module.parent.mkdir(parents=True)
    module.touch()
    monkeypatch.setattr(provenance, "ROOT", folder)
    return folder


def git(folder, *words):
    identity = ["-c", "user.name=n", "-c", "user.email=n@localhost", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.mark.usefixtures("checkout")
def test_code_outside_version_control_says_so():
    assert provenance.git_state() == {"commit": None, "changed": None}


def test_the_commit_is_recorded_and_whether_it_was_changed_since(checkout):
    (checkout / ".gitignore").write_text("__pycache__\n")
    git(checkout, "init")
    git(checkout, "add", ".")
    git(checkout, "commit", "-m", "first")
    commit = git(checkout, "rev-parse", "HEAD")
    assert provenance.git_state() == {"commit": commit, "changed": False}
    (checkout / MODULE).write_text("changed = True\n")
    assert provenance.git_state() == {"commit": commit, "changed": True}


def test_the_commit_of_a_repository_around_the_project_is_not_its_own(checkout, monkeypatch):
    around = checkout.parent
    git(around, "init")
    git(around, "add", ".")
    git(around, "commit", "-m", "a thesis")
    assert provenance.git_state() == {"commit": None, "changed": None}
    monkeypatch.setenv("GIT_DIR", str(around / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(checkout))
    assert provenance.git_state() == {"commit": None, "changed": None}


def written(folder, **changes):
    """A provenance file in `folder`, of a study whose keys have these `changes`."""
    words = dict.fromkeys(("loss", "short", "score", "chance", "target", "first", "length"), "w")
    told = provenance.gather({"study": "s"}, {**ASKED, "words": words}, RECORDS)
    for path, value in changes.items():
        *parts, last = path.split("__")
        inner = told
        for part in parts:
            inner = inner[part]
        inner[last] = value
    (folder / "provenance.json").write_text(json.dumps(told))
    return told


@pytest.mark.parametrize("levels", [{}, {"half": 0.5}, {"half": {"1": 0.5, "16": 0.25}}])
def test_what_was_gathered_is_read(tmp_path, levels):
    """Also the levels of a task that differ from length to length."""
    told = written(tmp_path, asked__levels=levels)
    assert provenance.read(tmp_path) == told


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"code__commit": "--output=FILE"}, "code.commit: String should match pattern"),
        ({"code__commit": "HEAD"}, "code.commit"),
        ({"code__commit": "a" * 40 + "\n"}, "code.commit"),
        ({"code": None}, "code: "),
        ({"study": "s"}, "study: "),
        ({"asked__words": {}}, "asked.words.loss: Field required"),
        ({"training__jobs": "many"}, "training.jobs: "),
        ({"machine__versions": ["numpy"]}, "machine.versions: "),
    ],
)
def test_a_provenance_that_says_something_else_is_refused(tmp_path, changes, says):
    written(tmp_path, **changes)
    with pytest.raises(DamagedFileError, match="does not say where a study comes from") as refused:
        provenance.read(tmp_path)
    assert says in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"{}", b"[" * 10**5])
def test_a_damaged_provenance_is_one_message(tmp_path, content):
    (tmp_path / "provenance.json").write_bytes(content)
    with pytest.raises(DamagedFileError, match=r"provenance\.json does not say"):
        provenance.read(tmp_path)
