"""Which networks the page has to play with, and what is exported of them."""

import base64
import json

import numpy as np
import pandas as pd
import pytest
import torch

from recall_horizon.analysis import architectures, networks
from recall_horizon.analysis.playground import exported, median_replicate, picked
from recall_horizon.config import jobs, outputs, playground
from recall_horizon.config.load import load
from recall_horizon.data import datasets
from recall_horizon.storage import layout, tables
from recall_horizon.storage.files import canonical_json, write_tensors
from recall_horizon.training.loop import build

CELLS = ["_linear", "attention", "gru", "lstm", "rnn"]
RECURRENT = ("lstm", "gru", "rnn")


@pytest.fixture
def study(settings):
    """The default study, with changes of its configuration."""

    def make(**changes):
        return load({**settings, **changes})

    return make


def made(study, recalls):
    """The tables that networks are picked by: the headline model recalls at these lengths."""
    rows = [(m, n, "yes") for m in study.models for n in recalls]
    models = [(m, m.startswith(RECURRENT)) for m in study.models]
    return {
        "outcomes": pd.DataFrame(rows, columns=["model", "length", "recalls"]),
        "models": pd.DataFrame(models, columns=["model", "recurrent"]),
    }


def shown(study, recalls=(5, 10)):
    return picked(study, playground.models(study, CELLS), made(study, recalls))


def test_the_headline_model_at_two_lengths_its_partner_and_every_other_architecture(study):
    assert shown(study()) == [
        ("lstm", "T10"),
        ("lstm", "T20"),
        ("lstm-mixed", "all"),
        ("rnn", "T10"),
        ("gru", "T10"),
        ("attention", "T100"),
    ]


def test_the_lengths_are_the_last_that_is_recalled_and_its_neighbour(study):
    def lengths(recalls):
        return [place for model, place in shown(study(), recalls) if model == "lstm"]

    assert lengths([]) == ["T5", "T10"]
    assert lengths([5, 10, 20, 50, 100]) == ["T100", "T50"]
    assert shown(study(lengths=[5], models=["lstm"]), [5]) == [("lstm", "T5")]


def test_without_the_headline_model_the_first_that_can_be_computed_leads(study):
    transformer = study(models=["transformer", "rnn", "attention"])
    assert shown(transformer) == [("rnn", "T10"), ("rnn", "T20"), ("attention", "T100")]


def test_a_headline_model_on_all_lengths_is_shown_once(study):
    assert shown(study(models=["lstm-mixed", "gru"])) == [("lstm-mixed", "all"), ("gru", "T10")]


def test_a_model_needs_a_cell_and_is_no_control(study):
    models = ["lstm", "lstm-attention", "attention-no-positions", "window", "gru"]
    assert playground.models(study(models=models), CELLS) == ["lstm", "gru"]
    assert playground.models(study(models=models), ["lstm_attention"]) == ["lstm-attention"]
    assert playground.models(study(models=models), []) == []


def test_another_task_has_no_playground(study, tmp_path):
    adding = study(task={"name": "adding"}, claims=[])
    assert playground.models(adding, CELLS) == []
    assert exported(adding, tmp_path, []) == {"lengths": [], "sequences": [], "networks": []}


def test_the_lengths_are_those_that_can_be_drawn(study):
    assert playground.lengths(study()) == [5, 10, 20, 50, 100, 200, 500]
    assert playground.lengths(study(lengths=[5, 1000])) == [5, 200, 500]
    assert playground.lengths(study(models=["lstm"], lengths=[1000])) == [1000]


def test_the_replicate_is_the_lower_median_of_those_that_have_not_diverged(losses_table):
    ends = {0: 0.4, 1: 0.1, 2: 0.3, 3: 0.2}  # held-out losses
    runs = {("lstm", 5, r): [(0, 1.0, 1.0), (4, 0.1, loss)] for r, loss in ends.items()}
    assert median_replicate(losses_table(runs), "lstm", [5]) == 2  # scores .6 .7 .8 .9
    runs[("lstm", 5, 0)] = [(0, 1.0, 1.0), (3, np.inf, np.inf, "diverged")]
    assert median_replicate(losses_table(runs), "lstm", [5]) == 3
    gone = {key: [(0, 1.0, 1.0), (4, np.inf, np.inf, "diverged")] for key in runs}
    assert median_replicate(losses_table(gone), "lstm", [5]) is None


def test_of_several_lengths_the_mean_score_counts(losses_table):
    ends = {0: (0.1, 0.9), 1: (0.2, 0.2), 2: (0.3, 0.4)}
    runs = {
        ("lstm", length, r): [(4, 0.1, loss)]
        for r, pair in ends.items()
        for length, loss in zip((5, 10), pair, strict=True)
    }
    assert median_replicate(losses_table(runs), "lstm", [5, 10]) == 2
    assert median_replicate(losses_table(runs), "lstm", [5]) == 1


@pytest.fixture
def finished(study, losses_table, tables_of, tmp_path):
    """A small study with weights that nobody has trained, and the folder of its results."""
    small = study(
        lengths=[3, 6],
        models=["lstm", "lstm-mixed", "attention"],
        replicates=2,
        claims=[],
        dataset={"pool": 1000, "validation": 10, "test": 30},
        controls={"shuffled_models": [], "shuffled_length": 3, "shuffled_replicates": 1},
    )
    for model in small.models:
        for place in small.places_of(model):
            spec = jobs.training_spec(small, model, place, 0, 1)
            weights = {
                f"replicate-{r}/final/{name}": values.numpy()
                for r in (0, 1)
                for name, values in build(spec, r).state_dict().items()
            }
            path = tmp_path / layout.job(model, place, 0, 1, layout.WEIGHTS)
            write_tensors(path, weights, {"spec": spec.model_dump()})
    runs = {
        (model, length, r): [(0, 1.0, 1.0), (4, 0.1, 0.1 + 0.1 * r)]
        for model in small.models
        for length in small.lengths
        for r in (0, 1)
    }
    found = {**tables_of(losses_table(runs)), "models": architectures.described(small)}
    for name in playground.TABLES:
        tables.write(tmp_path / layout.table(name), found[name])
    (file,) = outputs.datasets(small, [500])
    datasets.write(tmp_path / file, jobs.test_dataset_spec(small, 500))
    return small, tmp_path


def test_networks_are_exported_with_what_computes_them(finished):
    small, folder = finished
    made = exported(small, folder, playground.models(small, CELLS))
    assert made["lengths"] == [3, 6, 200, 500]
    assert np.shape(made["sequences"]) == (20, 500)
    splits, _ = datasets.read(folder / layout.test_dataset(500), ["test"])
    np.testing.assert_allclose(made["sequences"], splits["test"].x[:20, :, 0], rtol=0, atol=5e-5)
    about = [(n["model"], n["label"], n["trained_on"], n["longest"]) for n in made["networks"]]
    assert about == [
        ("lstm", "LSTM", "3", None),
        ("lstm", "LSTM", "6", None),
        ("lstm-mixed", "LSTM", "mixed", None),
        ("attention", "Attention", "6", 6),
    ]
    for network in made["networks"]:
        assert network["replicate"] == 1  # of two the one that scores less
        length = 3 if network["trained_on"] == "3" else 6
        kept = networks.network(folder, small, network["model"], length, 1, "final").state_dict()
        assert network["weights"].keys() == kept.keys()
        for name, packed in network["weights"].items():
            values = np.frombuffer(base64.b64decode(packed["data"]), "<f4")
            expected = kept[name]
            assert torch.equal(torch.from_numpy(values.reshape(packed["shape"]).copy()), expected)


def test_the_same_study_gives_the_same_bytes(finished):
    small, folder = finished
    one, other = (canonical_json(exported(small, folder, small.models)) for _ in range(2))
    assert one == other
    assert json.loads(one)
