"""A finished study in one zip, described as an RO-Crate."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from rocrate.rocrate import ROCrate

from recall_horizon.analysis.dry_run import read_jobs
from recall_horizon.cli.archive import main as archive
from recall_horizon.storage.layout import rule_of

SMOKE = "results/smoke"


@pytest.fixture(scope="module")
def packed(finished, tmp_path_factory):
    """The archive of the finished study, and what is in it, unpacked."""
    folder = tmp_path_factory.mktemp("archive")
    archive(finished.root / SMOKE, output=folder / "smoke.zip")
    with zipfile.ZipFile(folder / "smoke.zip") as file:
        file.extractall(folder)
    return folder / "smoke.zip", folder / "smoke"


def test_the_same_study_gives_the_same_bytes(finished, packed, tmp_path):
    archive(finished.root / SMOKE, output=tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == packed[0].read_bytes()


def test_the_crate_describes_every_file_and_the_rule_that_made_it(packed):
    crate = ROCrate(packed[1])
    files = {str(p.relative_to(packed[1])) for p in packed[1].rglob("*") if p.is_file()}
    described = {entity.id for entity in crate.data_entities}
    assert described == files - {"ro-crate-metadata.json"}
    assert crate.mainEntity.id == "workflow/Snakefile"
    made = {
        f.id: action.id for action in crate.get_by_type("CreateAction") for f in action["result"]
    }
    assert made[f"{SMOKE}/tables/losses.csv"] == "#tables"
    assert made[f"{SMOKE}/report.html"] == "#report"
    assert {name for name in files if name.startswith(f"{SMOKE}/")} == set(made)
    losses = crate.dereference(f"{SMOKE}/tables/losses.csv")
    assert losses["description"].startswith("Every evaluated loss")
    seed = json.loads((packed[1] / SMOKE / "provenance.json").read_text())["study"]["seed"]
    assert f"seed {seed}" in crate.description


def test_the_rule_of_a_file_is_the_one_that_makes_it(ran):
    words = ["--cores", "1", "--configfile", "config/smoke.yaml", "--logger", "plan"]
    words += ["--dry-run", "--forceall", "--nolock"]
    _, said = ran.forked(words, PYTHONPATH=str(ran.root / "workflow"))
    jobs = read_jobs(line for line in said.splitlines() if line.startswith("{"))
    made = {path.removeprefix(f"{SMOKE}/"): job.rule for job in jobs for path in job.outputs}
    assert len(made) > 30
    assert {path: rule_of(path) for path in made} == made


def test_the_readmes_line_draws_the_figure_without_training(packed):
    line = re.search(r"^    (\w+=.* python .*)$", (packed[1] / "README.md").read_text(), re.M)[1]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    subprocess.run(line, shell=True, cwd=packed[1], env=environment, check=True)
    drawn = (packed[1] / "degradation.png").read_bytes()
    assert drawn.startswith(b"\x89PNG")
    assert not (packed[1] / SMOKE / "runs").exists()


def test_datasets_and_weights_are_packed_if_they_are_asked_for(finished, tmp_path):
    archive(finished.root / SMOKE, output=tmp_path / "full.zip", full=True)
    with zipfile.ZipFile(tmp_path / "full.zip") as file:
        names = set(file.namelist())
    assert f"smoke/{SMOKE}/datasets/T3.safetensors" in names
    assert f"smoke/{SMOKE}/runs/lstm/T6/seeds-2-3.weights.safetensors" in names
