import os
from pathlib import Path

from recall_horizon.environment import JOB_PYTHON, put_before, set_job_python


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
