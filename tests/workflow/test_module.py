"""The workflow as a module of another Snakefile, with another configuration."""

import shutil
import subprocess

import yaml

from ..conftest import Project

SNAKEFILE = """
from pathlib import Path
from snakemake.utils import update_config
import yaml

PROJECT = {project!r}
config = yaml.safe_load(Path(PROJECT, "config/config.yaml").read_text())
for overlay in (Path(PROJECT, "config/smoke.yaml"), Path("mine.yaml")):
    update_config(config, yaml.safe_load(overlay.read_text()))


module recall_horizon:
    snakefile:
        PROJECT + "/workflow/Snakefile"
    config:
        config


use rule * from recall_horizon as recall_horizon_*


rule own:
    output:
        "own.txt",
    shell:
        'echo "${{{{PYTHONPATH:-unset}}}} $(command -v python || true)" > {{output}}'


rule everything:
    default_target: True
    input:
        rules.recall_horizon_all.input,
        "own.txt",
"""


def test_another_workflow_uses_this_one_and_overrides_its_config(project, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "Snakefile").write_text(SNAKEFILE.format(project=str(project.root)))
    mine = {"study": "mine", "models": ["rnn"], "lengths": [4], "training": {"epochs": 2}}
    mine["training"]["evaluate_at"] = []
    (other / "mine.yaml").write_text(yaml.safe_dump(mine))
    Project(other).snakemake(study=None, PYTHONPATH="/a/path")
    assert "rnn" in (other / "results/mine/tables/losses.csv").read_text()
    assert "RNN" in (other / "results/mine/report.html").read_text()
    assert not (project.root / "results").exists()
    assert "study “default”" in (other / "results/mine/report.html").read_text()
    project.keep("results/mine", other)
    assert "1 identical." in Project(other).snakemake("--", "recall_horizon_verify", study=None)
    # the other workflow's own rules run as if this one were not there
    assert (other / "own.txt").read_text() == f"/a/path {shutil.which('python')}\n"


FROM_A_REPOSITORY = """
module recall_horizon:
    snakefile:
        gitfile({repository!r}, path="workflow/Snakefile", tag="v1")
    config:
        {{"study": "mine"}}


use rule * from recall_horizon
"""


def test_a_module_from_a_repositorys_address_is_refused_with_what_works(project, tmp_path):
    def git(*words):
        who = ["-c", "user.name=A", "-c", "user.email=a@b.c"]
        subprocess.run(["git", *who, *words], cwd=project.root, check=True, capture_output=True)

    git("init", "--initial-branch=main")
    git("add", ".")
    git("commit", "--message=all")
    git("tag", "v1")
    other = tmp_path / "other"
    other.mkdir()
    (other / "Snakefile").write_text(FROM_A_REPOSITORY.format(repository=str(project.root)))
    output = Project(other).snakemake("--dry-run", study=None, fails=True)
    assert "Clone it, and name its workflow/Snakefile by a path" in output
    assert "Traceback" not in output
