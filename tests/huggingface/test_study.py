"""A study of Hugging Face models through the real workflow."""

import pkgutil

import pytest
import torch
import transformers
import yaml
from snakemake.utils import update_config

from recall_horizon.code import catalogue
from recall_horizon.config.load import load
from recall_horizon.training.width import parameters, with_width

from ..conftest import ROOT

ZOO = """
model_zoo:
  mamba:
    architecture: huggingface
    options: {model: mamba, hidden_size: 4, config: {num_hidden_layers: 1}}
  tuned:
    architecture: huggingface
    options: {pretrained: weights, freeze: true}
"""


def save(folder, seed):
    torch.manual_seed(seed)
    config = transformers.GPT2Config(vocab_size=8, n_embd=4, n_head=1, n_layer=1, n_positions=6)
    transformers.GPT2Model(config).save_pretrained(folder)


def test_a_study_of_a_type_and_of_a_folder_runs_and_follows_the_folders_content(project):
    save(project.root / "weights", seed=1)
    project.edit("config/smoke.yaml", "shuffled_models: [lstm]", "shuffled_models: []")
    project.edit("config/smoke.yaml", "models: [lstm]", "models: [mamba, tuned]")
    project.edit("config/smoke.yaml", "\ncontrols:", f"{ZOO}controls:")
    project.snakemake()
    assert (project.root / "results/smoke/report.html").exists()
    assert not project.would_run()
    save(project.root / "weights", seed=1)  # the same bytes again
    assert not project.would_run()
    save(project.root / "weights", seed=2)
    jobs = project.would_run()
    assert jobs["train"] == 4  # two lengths, two shards, of one model of two
    assert jobs["describe"] == 1


def test_a_hubs_name_and_a_misspelt_key_stop_before_any_job(project):
    for change, said in (
        ("{pretrained: openai/gpt2}", "is no folder here; nothing is downloaded"),
        ("{model: mamba, config: {num_layer: 1}}", "mamba has no such key; did you mean"),
    ):
        zoo = f"model_zoo={{lstm: {{architecture: huggingface, options: {change}}}}}"
        output = project.snakemake("--config", zoo, fails=True)
        assert said in output
        assert "Traceback" not in output
    assert not (project.root / "results").exists()


def test_the_example_of_a_type_is_a_study_of_three_lines(project):
    words = ["--configfile", "config/config.yaml", "examples/huggingface.yaml"]
    table = "results/huggingface/tables/models.csv"
    project.snakemake(*words, "--", table, study=None)
    assert "HuggingFace" in (project.root / table).read_text()


def test_the_example_of_a_package_from_pypi_trains(project):
    zoo = "model_zoo={lstm: {architecture: 'examples.mamba_from_pypi:MambaFromPyPI'}}"
    losses = "results/smoke/runs/lstm/T3/seeds-0-1.losses.csv"
    project.snakemake("--config", zoo, "--", losses, "results/smoke/tables/models.csv")
    assert (project.root / losses).read_text().count(",ok") == 2 * 3
    assert "MambaFromPyPI" in (project.root / "results/smoke/tables/models.csv").read_text()


@pytest.mark.parametrize("overlays", [["modern"], ["modern", "modern-copy"]])
def test_the_models_of_the_modern_study_have_its_size_to_within_a_tenth(overlays):
    raw = {}
    for name in ("config", *overlays):
        update_config(raw, yaml.safe_load((ROOT / f"config/{name}.yaml").read_text()))
    study = load(raw)
    widths = {name for name in study.models if study.matched(name) is None}
    assert widths == {name for name in study.models if name.startswith("mamba")}
    for name in sorted({*study.models} - widths):
        entry, matched = study.model_zoo[name], study.matched(name)
        location = catalogue.locate("architecture", entry.architecture)
        options = with_width(location, entry.options, matched)
        model = pkgutil.resolve_name(location)(matched.shape, **options)
        assert abs(parameters(model) - 4720) <= 472, name
