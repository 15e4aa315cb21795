"""What `recall-horizon run` and `plan` pass on to Snakemake."""

import io

import pytest

from recall_horizon.cli import _snakemake
from recall_horizon.errors import RecallHorizonError
from recall_horizon.storage.project import ROOT


@pytest.fixture(autouse=True)
def _here(monkeypatch):
    monkeypatch.chdir(ROOT)


@pytest.fixture
def elsewhere(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in ("my.yaml", "a.yaml", "b.yaml"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("words", "passed"),
    [
        ("", ""),
        ("default", ""),
        ("lesson", "--configfile config/lesson.yaml"),
        ("anchors/copy", "--configfile config/anchors/copy.yaml"),
        ("modern modern-copy -n", "--configfile config/modern.yaml config/modern-copy.yaml -n"),
        ("config/smoke.yaml", "--configfile config/smoke.yaml"),
        ("lesson --configfile my.yaml", "--configfile config/lesson.yaml my.yaml"),
        ("lesson -n --configfile=a.yaml", "--configfile config/lesson.yaml a.yaml -n"),
        ("lesson --configfiles a b -n", "--configfile config/lesson.yaml a b -n"),
        ("lesson --configfile a --configfile b", "--configfile config/lesson.yaml a b"),
        ("lesson --configfile config/lesson.yaml", "--configfile config/lesson.yaml"),
        (
            "lesson --config seed=1 b=[2,3] -n",
            "--configfile config/lesson.yaml --config seed=1 b=[2,3] -n",
        ),
        ("lesson -n -- figures", "--configfile config/lesson.yaml -n -- figures"),
        ("lesson -c 2 figures", "--configfile config/lesson.yaml -c 2 figures"),
        ("--forcerun figures", "--forcerun figures"),
        ("-- --configfile", "-- --configfile"),
    ],
)
def test_studies_are_overlays_and_all_else_is_snakemakes(words, passed):
    assert " ".join(_snakemake.of_study(words.split())) == passed


def test_anywhere_else_the_workflow_and_its_configuration_are_named(elsewhere):
    ours = f"--snakefile {ROOT / 'Snakefile'} --configfile"
    base, lesson = ROOT / "config/config.yaml", ROOT / "config/lesson.yaml"

    def passed(*words):
        return " ".join(_snakemake.of_study(words))

    assert passed() == f"{ours} {base}"
    assert passed("lesson", "my.yaml", "-n") == f"{ours} {base} {lesson} my.yaml -n"
    (elsewhere / "config").mkdir()
    for name in ("lesson.yaml", "config.yaml"):
        (elsewhere / "config" / name).touch()
    assert passed("lesson") == f"{ours} config/lesson.yaml"  # the folder has its own


@pytest.mark.parametrize("given", ["--cores 2", "--cores=2", "--core 2", "-c2", "-j 2", "--jobs=2"])
def test_cores_are_given_once(given):
    assert _snakemake.of_run(["lesson", *given.split()])[:3] == [
        "--logger",
        "lines",
        "--configfile",
    ]


@pytest.mark.parametrize(
    "given", ["--config a=1", "--jobscript x", "--jobname x", "--conda-prefix x"]
)
def test_other_options_do_not_say_how_many_cores(given):
    assert _snakemake.of_run(given.split())[2:4] == ["--cores", "all"]


def test_a_terminal_shows_bars_and_anything_else_a_line_for_each_job(monkeypatch):
    assert _snakemake.of_run([]) == ["--logger", "lines", "--cores", "all"]
    assert _snakemake.of_run(["--logger", "x"]) == ["--cores", "all", "--logger", "x"]
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr("sys.stdout", terminal)
    assert _snakemake.of_run([]) == ["--logger", "rich", "--cores", "all"]


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("lessen", "there is no study 'lessen'; did you mean 'lesson'\\?"),
        ("nowhere.yaml", "there is no file nowhere.yaml in "),
    ],
)
def test_a_study_that_is_not_there_is_refused(word, message):
    with pytest.raises(RecallHorizonError, match=message):
        _snakemake.of_study([word])


def test_the_environment_has_the_package_and_lets_jobs_import_the_users_modules(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/mine")
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    environment = _snakemake.environment()
    assert environment["PYTHONPATH"].split(":") == [str(ROOT / "workflow"), "/mine"]
    assert "PYTHONSAFEPATH" not in environment
