"""Values of `--config`, which Snakemake hands on as text, also inside of lists and sections."""

import copy
import re
from pathlib import Path

import pytest
import yaml
from snakemake.cli import parse_config
from snakemake.utils import update_config

from recall_horizon.config.load import load
from recall_horizon.config.section import from_command_line
from recall_horizon.errors import ConfigError

DEFAULT = yaml.safe_load((Path(__file__).parents[3] / "config/config.yaml").read_text())


def study(*arguments, file=None):
    """The default study with the overlay `file` and `--config` with these arguments."""
    given = parse_config(arguments)
    config = copy.deepcopy(DEFAULT)
    for overlay in (file or {}, given):
        update_config(config, overlay)
    return load(from_command_line(config, given))


@pytest.mark.parametrize("null", ["null", "~", "Null", "NULL"])
def test_null_is_null_in_every_key_that_may_be_null(null):
    made = study(
        f"training={{batch_size: {null}, gradient_clip: {null}}}",
        f"analysis={{headline_model: {null}}}",
        f"model_zoo={{lstm: {{label: {null}, colour: {null}, lengths: {null}, match: {null}}}}}",
        f"selection={null}",
        "claims=[{source: a, says: b, bound: {models: [lstm], at_least: 0, at_most: "
        f"{null}}}, length: 5, task: {null}, epoch: {null}, chance: {null}}}]",
        file={
            "analysis": {"headline_model": "gru"},
            "training": {"batch_size": 10, "gradient_clip": 1.0},
        },
    )
    entry = made.model_zoo["lstm"]
    assert (made.training.batch_size, made.training.gradient_clip, made.selection) == (None,) * 3
    assert (entry.label, entry.colour, entry.lengths, entry.match) == (None,) * 4
    assert made.headline_model == made.models[0]
    (claim,) = made.claims
    assert (claim.task, claim.epoch, claim.chance, claim.bound.at_most) == (None,) * 4


def test_null_is_null_in_a_list_of_values_to_try():
    made = study("selection={grid: {batch_size: [null, 100]}, replicates: 3}")
    assert made.selection.grid.batch_size == [None, 100]


def test_null_is_null_in_the_options_of_a_users_own_model(module):
    name = module(
        "class Own:\n"
        "    def __init__(self, shape, kind: str | None = 'a', word: str = 'b', other=None):\n"
        "        pass\n"
    )
    made = study(
        f"model_zoo={{own: {{architecture: '{name}:Own', options: "
        "{kind: null, word: null, other: [1, {a: Null}]}}}"
    )
    assert made.model_zoo["own"].options == {
        **{"kind": None, "word": "null", "other": ["1", {"a": None}]}
    }


def test_where_null_is_no_value_it_is_a_name():
    made = study(
        "study=null",
        "model_zoo={null: {architecture: lstm}}",
        "models=[null]",
    )
    assert (made.study, made.models) == ("null", ["null"])


def test_a_text_of_a_file_stays_text():
    for text in ("null", "~", "NULL"):
        made = study("seed=1", file={"model_zoo": {"lstm": {"label": text}}})
        assert made.model_zoo["lstm"].label == text
    zoo = {"null": {"architecture": "lstm"}}
    made = study(
        file={"models": ["null"], "model_zoo": zoo, "analysis": {"headline_model": "null"}}
    )
    assert made.headline_model == "null"


@pytest.mark.parametrize(
    ("file", "path"),
    [
        ({"study": True}, "study = True"),
        ({"study": 2026}, "study = 2026"),
        ({"study": 1.5}, "study = 1.5"),
        ({"study": None}, "study = None"),
        (yaml.safe_load("study: 2026-01-31"), "study = 2026-01-31"),
        ({"model_zoo": {"lstm": {"label": False}}}, "model_zoo.lstm.label = False"),
        (
            yaml.safe_load("model_zoo: {lstm: {label: 2026-01-31 10:20:30}}"),
            "lstm.label = 2026-01-31 10:20:30",
        ),
        ({"model_zoo": {"lstm": {"colour": 123456}}}, "model_zoo.lstm.colour = 123456"),
        ({"models": ["lstm", 7]}, "models[1] = 7"),
        ({"task": {"name": True}}, "task.name = True"),
        ({"training": {"device": False}}, "training.device = False"),
    ],
)
def test_where_text_is_meant_the_message_tells_how_to_write_it(file, path):
    with pytest.raises(ConfigError) as refused:
        study(file=file)
    (line,) = (line for line in str(refused.value).splitlines() if path in line)
    assert re.search(r'should be (text|.* or .*); in quotes, ".*" is text', line)
    assert "on the command line, use a file" in line


@pytest.mark.parametrize("argument", ["study=2026", "study=1e5", "study=True", "study=1_0"])
def test_an_argument_that_is_no_text_is_to_be_written_into_a_file(argument):
    with pytest.raises(ConfigError, match=r"study = .* on the command line, use a file"):
        study(argument)
