"""Somebody else's study is data: reading it runs nothing that it names."""

import json
import shutil
import zipfile

import pytest

import recall_horizon
from recall_horizon.__main__ import main
from recall_horizon.errors import DamagedFileError, RecallHorizonError
from recall_horizon.storage.files import read_tensors, write_tensors

# A module that leaves a file behind if it is ever imported, and offers a task and a model.
MODULE = """
from pathlib import Path
Path(__file__).with_suffix(".ran").touch()
from recall_horizon.data.tasks.first_element import FirstElement
from recall_horizon.models.lstm import LSTM

class Task(FirstElement):
    pass

class Net(LSTM):
    pass
"""


@pytest.fixture
def study(finished, tmp_path):
    """A private copy of a finished study's folder."""
    return shutil.copytree(finished.root / "results/smoke", tmp_path / "theirs")


@pytest.fixture
def foreign(tmp_path, monkeypatch):
    """A module of somebody else's on the Python path, and the file that it leaves when it runs."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code/theirs_alone.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path / "code"))
    monkeypatch.chdir(tmp_path / "code")
    monkeypatch.delitem(__import__("sys").modules, "theirs_alone", raising=False)
    return tmp_path / "code/theirs_alone.ran"


def changed(folder, change):
    """The provenance of the study in `folder`, after `change`."""
    path = folder / "provenance.json"
    told = json.loads(path.read_text())
    change(told)
    path.write_text(json.dumps(told))
    return told


def name_their_task(told):
    told["study"]["task"] = {"name": "theirs_alone:Task", "options": {}}


def name_their_model(told):
    told["study"]["model_zoo"]["lstm"]["architecture"] = "theirs_alone:Net"


def name_a_shell_command(told):
    command = "touch theirs_alone.ran"
    told["study"]["task"] = {"name": "pydoc:pipepager", "options": {"cmd": command}}


def commands(folder, tmp_path):
    """Every command that reads a study, as the words after `python -m recall_horizon`."""
    return [
        ["compare", str(folder), str(folder)],
        ["archive", str(folder), "--output", str(tmp_path / "packed.zip")],
        ["ended", "--results", str(folder)],
        ["verdicts", str(folder)],
        ["reference", "--results", str(folder), "--folder", str(tmp_path / "kept")],
    ]


@pytest.mark.parametrize("change", [name_their_task, name_their_model, name_a_shell_command])
def test_no_command_runs_the_code_that_a_study_names(study, foreign, tmp_path, change):
    changed(study, change)
    for words in commands(study, tmp_path):
        assert main(words) == 0, words
    opened = recall_horizon.open_study(study)
    assert opened.look.words["target"] == "the first element"
    assert opened.held_out(3)[0].shape[1] == 3
    assert not foreign.exists()


def test_a_network_of_foreign_code_is_built_for_who_trusts_it(study, foreign):
    changed(study, name_their_model)
    with pytest.raises(RecallHorizonError, match=r"open_study\('.*theirs', trust=True\)"):
        recall_horizon.open_study(study).model("lstm", 3)
    assert not foreign.exists()
    for path in study.glob("runs/lstm/*/*.weights.safetensors"):
        tensors, about = read_tensors(path)
        about["spec"]["architecture"] = "theirs_alone:Net"
        write_tensors(path, tensors, {"spec": about["spec"]})
    recall_horizon.open_study(study, trust=True).model("lstm", 3)
    assert foreign.exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("architecture", "theirs_alone:Net"),
        ("architecture", "recall_horizon.models.gru:GRU"),
        ("architecture", "recall_horizon.storage.files:write_text"),
        ("model", "gru"),
        ("length", 4),
    ],
)
def test_weights_of_something_else_are_refused(study, foreign, key, value):
    for path in study.glob("runs/lstm/T3/*.weights.safetensors"):
        tensors, about = read_tensors(path)
        about["spec"][key] = value
        write_tensors(path, tensors, {"spec": about["spec"]})
    with pytest.raises(DamagedFileError, match=f"has weights of {key} "):
        recall_horizon.open_study(study).model("lstm", 3)
    assert not foreign.exists()


def test_an_older_study_of_a_foreign_task_says_what_to_do(study, foreign):
    changed(study, lambda told: (name_their_task(told), told.pop("asked")))
    with pytest.raises(RecallHorizonError, match="task theirs_alone:Task is code outside"):
        recall_horizon.open_study(study).look  # noqa: B018
    assert not foreign.exists()
    assert recall_horizon.open_study(study, trust=True).look.words["score"] == "R²"


def test_an_older_study_of_the_projects_own_task_is_read_as_before(study):
    look = recall_horizon.open_study(study).look
    changed(study, lambda told: told.pop("asked"))
    assert recall_horizon.open_study(study).look == look


def test_a_reference_is_a_study_too(study, tmp_path):
    main(["reference", "--results", str(study), "--folder", str(tmp_path / "kept")])
    kept = recall_horizon.open_study(tmp_path / "kept/smoke")
    assert kept.horizons.equals(recall_horizon.open_study(study).horizons)
    assert "profiles" not in kept.tables()


DAMAGE = {
    "an empty provenance": lambda study: (study / "provenance.json").write_text(""),
    "a provenance of another program": lambda study: (study / "provenance.json").write_text("[1]"),
    "no configuration": lambda study: changed(study, lambda told: told.update(study={})),
    "a missing table": lambda study: (study / "tables/claims.csv").unlink(),
    "an empty table": lambda study: (study / "tables/claims.csv").write_text(""),
    "other columns": lambda study: (study / "tables/claims.csv").write_text("a,b\n1,2\n"),
    "a table of bytes": lambda study: (study / "tables/claims.csv").write_bytes(b"\xff\x00\xfe"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_damaged_is_one_message_that_names_the_file(study, tmp_path, capsys, damage):
    DAMAGE[damage](study)
    named = "provenance.json" if "table" not in damage and "columns" not in damage else "claims.csv"
    for words in commands(study, tmp_path):
        if words[0] == "ended" or (words[0] == "verdicts" and named == "provenance.json"):
            continue
        assert main(words) == 1, words
        error = capsys.readouterr().err
        assert named in error, words
        assert "Traceback" not in error
    assert main(["ended", "--results", str(study)]) == 0  # a run that has ended says that it has


def test_words_in_a_table_of_numbers_are_refused(study):
    path = study / "tables/horizons.csv"
    path.write_text(path.read_text().replace("lstm,0.", "lstm,soon"))
    with pytest.raises(DamagedFileError, match="threshold should be a number, and is 'soon"):
        recall_horizon.open_study(study).horizons  # noqa: B018


def test_an_archive_has_what_the_configuration_makes_and_nothing_else(study, tmp_path):
    for name in ("tables/selection.csv", "tables/notes.csv", "tables/.secret.csv"):
        (study / name).write_text("model\nlstm\n")
    (study / "figures/.models.png.abcd").write_text("half")
    (study / "runs/old/T9").mkdir(parents=True)
    (study / "runs/old/T9/seeds-0-1.losses.csv").write_text("stale")
    for full in ([], ["--full"]):
        output = tmp_path / "packed.zip"
        assert main(["archive", str(study), "--output", str(output), *full]) == 0
        with zipfile.ZipFile(output) as file:
            names = [name for name in file.namelist() if name.startswith("smoke/results/")]
        assert "smoke/results/smoke/tables/losses.csv" in names
        assert not [n for n in names if "selection" in n or "notes" in n or "old" in n]
        assert not [n for n in names if "/." in n]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("paper.pdf", []),
        ("figures/models.svg", []),
        ("tables/horizons.csv", []),
        ("datasets/T3.safetensors", ["--full"]),
        ("probes/lstm.csv", ["--full"]),
    ],
)
def test_what_an_archive_lacks_is_named(study, tmp_path, capsys, name, words):
    whole = (study / name).read_bytes()
    call = ["archive", str(study), "--output", str(tmp_path / "packed.zip"), *words]
    for content in (None, b"", whole[: len(whole) // 2] if "csv" not in name else b"a\n1\n"):
        (study / name).unlink(missing_ok=True)
        if content is not None:
            (study / name).write_bytes(content)
        if content and name == "probes/lstm.csv":
            continue  # a table of a job, whose columns the next step checks
        assert main(call) == 1, content
        assert name in capsys.readouterr().err
        assert not (tmp_path / "packed.zip").exists()


def test_a_link_that_leaves_the_study_is_not_followed(study, tmp_path, capsys):
    secret = tmp_path / "secret.html"
    secret.write_text("<!DOCTYPE html><p>not yours</html>")
    (study / "report.html").unlink()
    (study / "report.html").symlink_to(secret)
    assert main(["archive", str(study), "--output", str(tmp_path / "packed.zip")]) == 1
    assert "outside the study's folder" in capsys.readouterr().err
    (study / "report.html").unlink()
    (study / "page.html").write_text("<!DOCTYPE html><p>ours</html>")
    (study / "report.html").symlink_to("page.html")  # a link inside is as good as the file
    (study / "tables").rename(study / "elsewhere")
    (study / "tables").symlink_to("elsewhere")
    assert main(["archive", str(study), "--output", str(tmp_path / "packed.zip")]) == 0


def test_a_commit_is_never_an_option_of_git(study, tmp_path, capsys):
    victim = tmp_path / "victim"
    victim.write_text("whole")
    changed(study, lambda told: told["code"].update(commit=f"--output={victim}", changed=False))
    assert main(["archive", str(study), "--output", str(tmp_path / "packed.zip")]) == 1
    assert "code.commit" in capsys.readouterr().err
    assert victim.read_text() == "whole"
