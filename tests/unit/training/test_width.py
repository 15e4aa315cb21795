import pkgutil
import re
from pathlib import Path

import pytest
import torch
import yaml
from snakemake.utils import update_config

from recall_horizon.code import catalogue
from recall_horizon.config.load import load
from recall_horizon.config.training import Matched
from recall_horizon.contract import Shape
from recall_horizon.errors import RecallHorizonError
from recall_horizon.training.loop import build, train_shard
from recall_horizon.training.width import parameters, resolved, with_width

from .test_loop import CPU, spec


def matched(wanted, option="hidden_size", length=20):
    return Matched(option=option, parameters=wanted, shape=Shape(length))


def built(architecture, options, length=20):
    return pkgutil.resolve_name(architecture)(Shape(length), **options)


@pytest.mark.parametrize("name", sorted({*catalogue.names("architecture")} - {"huggingface"}))
@pytest.mark.parametrize("width", [8, 20, 36])
def test_the_width_of_a_model_is_found_from_its_parameters(name, width):
    architecture = catalogue.locate("architecture", name)
    option = catalogue.width(name)
    wanted = parameters(built(architecture, {option: width}))
    assert with_width(architecture, {}, matched(wanted, option)) == {option: width}


@pytest.mark.parametrize(
    ("architecture", "options"),
    [
        ("lstm", {"forget_bias": "chrono", "orthogonal": True}),
        ("gru", {"orthogonal": True}),
        ("attention", {"positions": "sinusoidal"}),
        ("transformer", {"heads": 8, "positions": "none"}),
    ],
)
def test_a_solved_model_is_of_the_size_with_the_options_it_has(architecture, options):
    architecture = catalogue.locate("architecture", architecture)
    found = with_width(architecture, options, matched(20_000))
    assert found == {**options, "hidden_size": found["hidden_size"]}
    assert parameters(built(architecture, found)) == pytest.approx(20_000, rel=0.02)


def test_the_nearest_of_two_widths_is_taken():
    """An LSTM of 31 units has 4,249 parameters, one of 32 has 4,513."""
    architecture = catalogue.locate("architecture", "lstm")
    assert with_width(architecture, {}, matched(4330)) == {"hidden_size": 31}
    assert with_width(architecture, {}, matched(4430)) == {"hidden_size": 32}


@pytest.mark.parametrize(
    ("name", "wanted", "said"),
    [
        ("lstm", 320, "to within 2% of sequences of 20 steps; the nearest: 7 (288) and 8 (361)"),
        ("rnn", 1, "RNN 1 parameters to within 2% of sequences of 20 steps; the nearest: 1 (6)."),
        ("transformer", 2000, "the nearest: 8 (1,593) and 12 (2,549)"),
    ],
)
def test_a_size_that_no_width_gives_is_refused_with_the_nearest(name, wanted, said):
    architecture = catalogue.locate("architecture", name)
    with pytest.raises(RecallHorizonError, match=re.escape(said)):
        with_width(architecture, {}, matched(wanted))


@pytest.mark.parametrize(("off", "fits"), [(1.019, True), (1.021, False)])
def test_a_size_fits_to_within_two_percent(module, off, fits):
    name = module(
        "import torch\n"
        "class Net(torch.nn.Module):\n"
        "    def __init__(self, length, n):\n"
        "        super().__init__()\n"
        "        self.p = torch.nn.Parameter(torch.zeros(10000 * n))\n"
    )
    wanted = matched(round(10000 * off), "n")
    if fits:
        assert with_width(f"{name}:Net", {}, wanted) == {"n": 1}
    else:
        with pytest.raises(RecallHorizonError, match=r"1 \(10,000\) and 2 \(20,000\)"):
            with_width(f"{name}:Net", {}, wanted)


def test_a_width_that_decides_nothing_is_refused(module):
    name = module(
        "import torch\n"
        "class Net(torch.nn.Linear):\n"
        "    def __init__(self, length, n):\n"
        "        super().__init__(1, 1)\n"
    )
    with pytest.raises(RecallHorizonError, match="n does not decide how many parameters Net has"):
        with_width(f"{name}:Net", {}, matched(100, "n"))


def test_a_model_that_cannot_be_built_says_why(module):
    name = module(
        "class Net:\n    def __init__(self, length, n):\n        raise ValueError('no such file')\n"
    )
    with pytest.raises(RecallHorizonError, match=r"Net cannot be built .* no such file"):
        with_width(f"{name}:Net", {}, matched(100, "n"))


def test_a_width_that_is_named_stays():
    assert with_width("nowhere:Net", {"hidden_size": 5}, matched(10**6)) == {"hidden_size": 5}
    assert with_width("nowhere:Net", {}, None) == {}


def test_a_model_has_one_width_at_every_length():
    """That of the length that is named: each position has parameters."""
    architecture = catalogue.locate("architecture", "attention")
    wanted = parameters(built(architecture, {"hidden_size": 16}, length=100))
    short, long = (
        spec(0, 0, architecture, {}).model_copy(
            update={"shape": Shape(length), "matched": matched(wanted, length=100)}
        )
        for length in (5, 100)
    )
    assert resolved(short).options == resolved(long).options == {"hidden_size": 16}
    assert build(short, 0).embedding.out_features == 16


def test_a_solved_model_is_trained_like_one_whose_width_is_named(splits):
    named = spec(0, 1, options={"hidden_size": 6})
    wanted = matched(parameters(build(named, 0)))
    solved = named.model_copy(update={"options": {}, "matched": wanted})
    one, other = (train_shard(job, splits, CPU) for job in (named, solved))
    assert one.losses == other.losses
    assert all((one.weights[name] == other.weights[name]).all() for name in one.weights)


def test_solving_draws_no_random_number():
    torch.manual_seed(3)
    before = torch.get_rng_state()
    for name in ("lstm", "transformer"):
        with_width(catalogue.locate("architecture", name), {}, matched(19_149))
    assert torch.equal(torch.get_rng_state(), before)


CONFIG = Path(__file__).parents[3] / "config"
STUDIES = [[path] for path in sorted(CONFIG.rglob("*.yaml")) if path.name != "modern-copy.yaml"]
STUDIES.append([CONFIG / "modern.yaml", CONFIG / "modern-copy.yaml"])
EXTRA = "huggingface"  # its models are built where it is installed


@pytest.mark.parametrize("overlays", STUDIES, ids=lambda paths: paths[-1].stem)
def test_every_model_of_the_projects_studies_can_have_the_size_it_asks_for(overlays, settings):
    for overlay in overlays:
        update_config(settings, yaml.safe_load(overlay.read_text()))
    zoo = settings["model_zoo"]
    names = [name for name in settings["models"] if zoo[name]["architecture"] != EXTRA]
    settings["analysis"]["headline_model"] = None
    study = load({**settings, "models": names, "claims": []})
    for name in study.models:
        entry = study.model_zoo[name]
        location = catalogue.locate("architecture", entry.architecture)
        with_width(location, entry.options, study.matched(name))
