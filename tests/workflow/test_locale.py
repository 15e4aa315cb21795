"""A study with a label, and in a folder, that the locale cannot print."""

import os
import sys

import pytest

from ..conftest import SNAKEMAKE, output

OVERLAY = """
study: greek
lengths: [3]
models: [lstm]
replicates: 2
replicates_per_job: 2
dataset: {pool: 100, validation: 20, test: 50}
training: {samples: 30, epochs: 2, evaluate_at: []}
controls: {shuffled_models: []}
claims: []
model_zoo:
  lstm: {label: 'Größe α→β'}
"""
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}


@pytest.fixture
def printed(copy):
    """What a program prints in such a folder; it has to succeed."""
    project = copy("größe α")
    (project.root / "config/greek.yaml").write_text(OVERLAY, encoding="utf-8")

    def run(*words):
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
        environment = {**kept, **ASCII, "PYTHONPATH": "workflow"}
        said = output(*words, cwd=project.root, env=environment, encoding="ascii")
        assert "Traceback" not in said
        return " ".join(said.split())

    return run


def test_a_study_runs_and_is_planned_watched_and_compared_in_any_locale(printed):
    label = r"Gr\xf6\xdfe \u03b1\u2192\u03b2"
    study, overlay = "results/greek", ["--configfile", "config/greek.yaml"]
    said = printed(SNAKEMAKE, "--cores", "2", *overlay, "--printshellcmds")
    assert f"The recall horizon of the {label} at" in said
    module = [sys.executable, "-m", "recall_horizon"]
    assert r"train lstm; T = 3 \u2192 " in printed(*module, "plan", *overlay, "--forceall")
    assert "1 of 1 training jobs done" in printed(*module, "watch", study)
    assert label in printed(*module, "compare", study, study, "--output", "page.html")
