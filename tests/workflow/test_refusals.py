"""Bad input is refused with one clear message, and nothing is half-written."""

import pytest

from ..conftest import Project

SHARD = "results/smoke/runs/lstm/T3/seeds-0-1.losses.csv"


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--config", "lengths=[10,5]", "should be ascending"),
        ("--config", "trainin={epochs: 3}", "did you mean 'training'?"),
        ("--config", "model_zoo={lstm: {options: {hidden: 3}}}", "model_zoo.lstm.options.hidden"),
        # What Snakemake would drop.
        ("--config", "training={epochs:{},epochs:{}}", "--config training: epochs is here"),
        ("--configfile", "my.yaml", "write --configfile config/smoke.yaml my.yaml"),
    ],
)
def test_a_bad_config_stops_before_any_job(project, option, value, said):
    (project.root / "my.yaml").write_text("seed: 7\n")
    output = project.snakemake(option, value, fails=True)
    assert said in output
    assert "Traceback" not in output
    assert not (project.root / "results").exists()


def test_a_configuration_that_means_something_else_to_yaml_is_refused_with_file_and_line(project):
    text = "study: own\nlengths: [005, 010]\nmodel_zoo:\n  lstm: {label: !!str 5}\n  rnn:\n"
    text += "    colour: #D55E00\nstudy: own\n"
    (project.root / "config/own.yaml").write_text(text)
    output = project.snakemake(study="own", fails=True)
    for line in (2, 4, 6, 7):
        assert f"config/own.yaml, line {line}: " in output
    (project.root / "config/config.yaml").write_text("seed: 1\nlabel: b: c\n")
    assert "config/config.yaml, line 2: this is not YAML" in project.snakemake(fails=True)


@pytest.mark.parametrize("name", ["random.py", "pandas/__init__.py"])
def test_a_module_with_the_name_of_another_one_stops_before_any_job(project, tmp_path, name):
    """Next to the Snakefile, or where Snakemake runs."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    files = [str(project.root / f"config/{file}.yaml") for file in ("config", "smoke")]
    words = ("--snakefile", str(project.root / "Snakefile"), "--configfile", *files)
    for folder in (project.root, elsewhere):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("raise SystemExit('hidden')\n")
        output = Project(elsewhere).snakemake(*words, study=None, fails=True)
        assert f"  {folder / name.removesuffix('/__init__.py')} (" in output
        assert "rename" in output
        assert "Traceback" not in output
        (folder / name).unlink()
    assert not list(tmp_path.glob("*/results"))


def test_from_another_folder_it_is_said_where_to_run(project, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "my.yaml").write_text("study: mine\n")
    words = ("--snakefile", str(project.root / "Snakefile"))
    for more in ((), ("--configfile", "my.yaml"), ("--config", "study=mine")):
        output = Project(elsewhere).snakemake(*words, *more, study=None, fails=True)
        assert f"there is no config/config.yaml in {elsewhere}" in output
        assert f"add --directory {project.root}" in output
        assert "missing" not in output
    there = ("--dry-run", "--directory", str(project.root), "--configfile", "my.yaml")
    assert "results/mine/report.html" in Project(elsewhere).snakemake(*words, *there, study=None)


def test_a_damaged_dataset_stops_the_job_with_the_file_and_what_to_do(ran):
    dataset = ran.root / "results/smoke/datasets/T3.safetensors"
    content = bytearray(dataset.read_bytes())
    content[8 + int.from_bytes(content[:8], "little")] ^= 1  # the pool's first
    dataset.write_bytes(content)
    shard = ran.root / SHARD
    shard.unlink()
    output = ran.snakemake("--rerun-triggers", "input", "--", SHARD, fails=True)
    assert "results/smoke/datasets/T3.safetensors is damaged" in output
    assert "Delete the file and run again" in output
    assert "Traceback" not in output
    assert not shard.exists()
    dataset.unlink()
    ran.snakemake("--", SHARD)
    assert shard.exists()


def test_without_bash_nothing_starts(project):
    """As on Windows, where Snakemake takes cmd.exe."""
    first = 'include: "start.smk"'
    project.edit("workflow/Snakefile", first, f"shell.executable(None)\n\n\n{first}")
    assert "jobs are commands of bash" in project.snakemake(fails=True)
    assert not (project.root / "results").exists()


def test_a_study_that_needs_a_gpu_says_so_if_there_is_none(project):
    words = ("--config", "training={device: cuda}", "--", SHARD)
    output = project.snakemake(*words, fails=True)
    assert "torch sees no CUDA device" in output
    assert not list(project.root.glob("results/smoke/runs/**/*.csv"))


def test_a_job_that_the_kernel_kills_is_said_to_have_been_killed(project):
    """As when memory runs out; it has no time to write why."""
    project.edit(
        "workflow/recall_horizon/training/loop.py",
        "    model.eval()\n",
        "    __import__('os').kill(__import__('os').getpid(), 9)\n",
    )
    output = project.snakemake("--", SHARD, fails=True)
    end = output[output.index("1 job failed:") :]
    assert "train of lstm, T = 3, replicates 0 to 1" in end
    assert "It was killed, most likely because the machine's memory had run out" in end
