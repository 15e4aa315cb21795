import os
import subprocess
import sys
from pathlib import Path

import pytest

from recall_horizon.cli import _environment as environment
from recall_horizon.cli._environment import (
    JOB_PYTHON,
    put_before,
    refuse_namesakes,
    set_job_python,
)
from recall_horizon.errors import RecallHorizonError

WORKFLOW = Path(__file__).resolve().parents[3] / "workflow"


def test_a_folder_comes_first_once(monkeypatch):
    monkeypatch.setenv("PATH", f"/first{os.pathsep}/bin{os.pathsep}/usr/bin")
    put_before("sh", Path("/new"))
    put_before("sh", Path("/new"))
    assert os.environ["PATH"].split(os.pathsep)[:2] == ["/new", "/first"]
    assert os.environ["PATH"].count("/new") == 1


def test_nothing_changes_where_the_command_is_not_found(monkeypatch):
    monkeypatch.setenv("PATH", "/bin")
    put_before("no-such-command-anywhere", Path("/new"))
    assert os.environ["PATH"] == "/bin"


def test_the_interpreter_of_jobs_is_set_and_unset(monkeypatch):
    monkeypatch.setenv(JOB_PYTHON, "/old/python")
    set_job_python("/new/python")
    assert os.environ[JOB_PYTHON] == "/new/python"
    set_job_python(None)
    assert JOB_PYTHON not in os.environ


@pytest.mark.parametrize(
    ("file", "whose"),
    [
        ("random.py", "random is a module of Python's library"),
        ("statistics.pyc", "statistics is a module of Python's library"),
        ("json/__init__.py", "json is a module of Python's library"),
        ("sys.py", "sys is a module of Python's library"),
        ("torch.py", "torch is an installed package"),
        ("pandas/__init__.py", "pandas is an installed package"),
        ("numpy.so", "numpy is an installed package"),
        ("yaml.cpython-311-x86_64-linux-gnu.so", "yaml is an installed package"),
        ("recall_horizon.py", "recall_horizon is this project's own package"),
        ("recall_horizon/__init__.py", "recall_horizon is this project's own package"),
        ("snakemake_logger_plugin_plan.py", "this project's own package"),
    ],
)
def test_a_module_with_the_name_of_another_one_is_refused_by_name(tmp_path, file, whose):
    (tmp_path / "mine.py").touch()
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).touch()
    with pytest.raises(RecallHorizonError) as refused:
        refuse_namesakes([WORKFLOW, tmp_path, tmp_path])
    start, *lines = str(refused.value).splitlines()
    assert "rename" in start
    assert len(lines) == 1
    assert str(tmp_path / file.removesuffix("/__init__.py")) in lines[0]
    assert whose in lines[0]


def test_a_file_beside_the_package_with_its_name_is_refused(tmp_path, monkeypatch):
    """Python would find the package first."""
    (tmp_path / "recall_horizon").mkdir()
    (tmp_path / "recall_horizon/__init__.py").touch()
    monkeypatch.setattr(
        environment, "__file__", str(tmp_path / "recall_horizon/cli/_environment.py")
    )
    refuse_namesakes([tmp_path])
    (tmp_path / "recall_horizon.py").touch()
    with pytest.raises(RecallHorizonError, match="this project's own package"):
        refuse_namesakes([tmp_path])


def test_the_users_own_modules_and_folders_without_python_pass(tmp_path):
    for file in (
        *("my_net.py", "my_nets/__init__.py", "torch/notes.txt", "code/analysis.py", "random.yaml"),
        *("torch.py.orig", "random-walk.py", "numpy.libs/libx.so", "__pycache__/random.pyc"),
    ):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()
    refuse_namesakes([tmp_path, WORKFLOW, WORKFLOW.parent, tmp_path / "nowhere"])


TEXT = "Größe α→β"
PRINTING = (
    "import sys; from recall_horizon.cli._environment import print_anything; print_anything(); "
    f"print({TEXT!a}); print({TEXT!a}, file=sys.stderr)"
)
ESCAPED = TEXT.encode("ascii", "backslashreplace")


@pytest.mark.parametrize(
    ("variables", "printed"),
    [
        ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, ESCAPED),
        ({"PYTHONIOENCODING": "ascii"}, ESCAPED),
        ({"PYTHONIOENCODING": "ascii:strict"}, ESCAPED),
        ({"PYTHONIOENCODING": "latin-1"}, ESCAPED),
        ({"PYTHONIOENCODING": "utf-8"}, TEXT.encode()),
        ({"LC_ALL": "C.UTF-8"}, TEXT.encode()),
    ],
)
def test_text_is_printed_in_any_locale(variables, printed):
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "LC_", "LANG"))
    }
    done = subprocess.run(
        [sys.executable, "-c", PRINTING],
        env={**environment, "PYTHONPATH": str(WORKFLOW), **variables},
        capture_output=True,
        check=True,
    )
    assert done.stdout.splitlines() == done.stderr.splitlines() == [printed]


def test_a_folder_with_the_package_alone_stays_right_when_the_package_moves(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for home in ("one", "one", "other"):
        package = tmp_path / home / "recall_horizon"
        package.mkdir(parents=True, exist_ok=True)
        monkeypatch.setattr(environment, "PACKAGE", package)
        (found,) = (tmp_path / environment.package_alone()).iterdir()
        assert found.name == "recall_horizon"
        assert found.resolve() == package
