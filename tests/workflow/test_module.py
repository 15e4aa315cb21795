"""The workflow as a module of another Snakefile, with another configuration."""

import shutil

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
