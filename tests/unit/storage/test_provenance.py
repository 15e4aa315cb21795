import importlib.util
import json
import platform
import shutil
import subprocess

import numpy
import pytest
import torch

from recall_horizon.storage import provenance

NEW, OLD = {"python": "3.13", "torch": "2.9"}, {"python": "3.13", "torch": "2.8"}
RECORDS = [
    {"device": "cuda", "device_name": "GPU", "versions": NEW, "seconds": [1.25, 2.5]},
    {"device": "cpu", "device_name": "CPU", "versions": NEW, "seconds": [4.0]},
    {"device": "cuda", "device_name": "GPU", "versions": OLD, "seconds": [0.5, 0.5]},
]
FILES = {"weights": {"model.safetensors": "0" * 64}}
for record, spec in zip(
    RECORDS,
    ({"model": "a", "files": {}}, {"model": "b", "files": FILES}, {"model": "c"}),
    strict=True,
):
    record["fingerprint"] = {"spec": spec}


def test_training_is_counted_over_all_jobs():
    told = provenance.gather({"study": "s"}, iter(RECORDS))
    assert told["study"] == {"study": "s"}
    assert told["training"] == {
        "jobs": 3,
        "replicates": 5,
        "seconds": 8.8,
        "devices": {"CPU (cpu)": 1, "GPU (cuda)": 2},
        "versions": {"python 3.13, torch 2.8": 1, "python 3.13, torch 2.9": 2},
    }


def test_the_files_that_models_have_read_are_kept():
    assert provenance.gather({"study": "s"}, RECORDS)["files"] == {"b": FILES}


def test_versions_are_those_of_the_process_that_asks():
    versions = provenance.training_versions()
    assert versions["numpy"] == numpy.__version__
    assert versions["torch"].split("+")[0] == torch.__version__.split("+")[0]
    assert versions["python"] == platform.python_version()


def test_a_model_that_imports_a_package_adds_its_version_to_training_alone(monkeypatch):
    monkeypatch.setattr(provenance, "OF_MODELS", ("pytest", "mambapy-of-nobody"))
    assert provenance.training_versions().keys() == {"python", "torch", "numpy", "pytest"}
    assert provenance.versions(provenance.TABLES).keys() == {"python", *provenance.TABLES}


def test_provenance_can_be_written_as_json():
    told = provenance.gather({"study": "s"}, RECORDS)
    assert json.loads(json.dumps(told)) == told


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder with a copy of the module, and the git state that this copy reports."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "checkout"
    folder.mkdir()
    copy = folder / "provenance.py"
    shutil.copy(provenance.__file__, copy)
    spec = importlib.util.spec_from_file_location("provenance_of_a_checkout", copy)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return folder, module.git_state


def git(folder, *words):
    identity = ["-c", "user.name=n", "-c", "user.email=n@localhost", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_code_outside_version_control_says_so(checkout):
    _, state = checkout
    assert state() == {"commit": None, "changed": None}


def test_the_commit_is_recorded_and_whether_it_was_changed_since(checkout):
    folder, state = checkout
    (folder / ".gitignore").write_text("__pycache__\n")
    git(folder, "init")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "first")
    commit = git(folder, "rev-parse", "HEAD")
    assert state() == {"commit": commit, "changed": False}
    (folder / "provenance.py").write_text("changed = True\n")
    assert state() == {"commit": commit, "changed": True}
