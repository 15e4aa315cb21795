import copy
import hashlib
import json
import math
import re
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from snakemake.utils import update_config

from recall_horizon.analysis import experiment
from recall_horizon.config import jobs, memory, shown
from recall_horizon.config.load import load
from recall_horizon.config.look import Look
from recall_horizon.config.schema import schema
from recall_horizon.config.section import Section
from recall_horizon.config.shown import PALETTE
from recall_horizon.config.training import Matched, TrainingSpec
from recall_horizon.contract import Shape
from recall_horizon.errors import ConfigError
from recall_horizon.storage.provenance import gather

CONFIG = Path(__file__).parents[3] / "config"
OVERLAYS = sorted(str(path.relative_to(CONFIG)) for path in CONFIG.rglob("*.yaml"))
DEFAULT = yaml.safe_load((CONFIG / "config.yaml").read_text())
thorough = effort(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def merged(base, overlay):
    """`overlay` over `base`, section by section, as Snakemake merges configuration files."""
    both = copy.deepcopy(base)
    update_config(both, overlay)
    return both


def changed(path, value):
    """The default configuration with `value` at a dotted `path`."""
    for key in reversed(path.split(".")):
        value = {key: value}
    return merged(DEFAULT, value)


def refusal(raw):
    with pytest.raises(ConfigError) as refused:
        load(raw)
    message = str(refused.value)
    assert "Traceback" not in message
    assert "pydantic" not in message
    return message


def section_keys(section, raw, path=()):
    """Every key of `raw` that the configuration itself names, and whether it must be there."""
    for key, field in type(section).model_fields.items():
        value = getattr(section, key)
        if key in raw:
            yield (*path, key), field.is_required()
            if isinstance(value, Section):
                yield from section_keys(value, raw[key], (*path, key))
            elif isinstance(value, dict):
                for name, entry in value.items():
                    if isinstance(entry, Section):
                        yield from section_keys(entry, raw[key][name], (*path, key, name))


WHOLE = load(DEFAULT)
REQUIRED = dict(section_keys(WHOLE, DEFAULT))
keys = st.sampled_from(list(REQUIRED))


def section_of(raw, path):
    for key in path[:-1]:
        raw = raw[key]
    return raw


BELOW = {"modern-copy.yaml": ["modern.yaml"]}  # an overlay of another one


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_configuration_that_comes_with_the_project_loads(overlay):
    """What needs an extra is loaded as a run does where that is installed, in tests/huggingface."""
    raw = DEFAULT
    for name in [*BELOW.get(overlay, []), overlay]:
        raw = merged(raw, yaml.safe_load((CONFIG / name).read_text()))
    extra = any(raw["model_zoo"][name]["architecture"] == "huggingface" for name in raw["models"])
    study = load(raw, to_run=not extra)
    assert study.models[0] in shown.look_of(study).labels


@thorough
@given(path=keys, place=st.integers(0, 30))
def test_a_misspelt_key_is_named_with_the_right_one(path, place):
    raw = copy.deepcopy(DEFAULT)
    section, right = section_of(raw, path), path[-1]
    place %= len(right)
    wrong = right[:place] + right[place] + right[place:]
    section[wrong] = section.pop(right)
    message = refusal(raw)
    assert f"{'.'.join((*path[:-1], wrong))} = " in message
    assert f"did you mean {right!r}?" in message


@thorough
@given(path=keys, value=st.sampled_from([object(), {"nested": 1}, [[[]]], "no such thing", True]))
def test_a_value_of_another_type_is_refused_with_its_path(path, value):
    raw = copy.deepcopy(DEFAULT)
    if path[-1] == "label" and isinstance(value, str):
        value = ["no text"]
    if path[-1] == "control" and value is True:
        value = 1
    section_of(raw, path)[path[-1]] = value
    if path[-1] == "options" and isinstance(value, dict):
        assert f"{'.'.join(path)}.nested = 1: unknown key" in refusal(raw)
    else:
        assert ".".join(path) in refusal(raw)


@thorough
@given(path=keys)
def test_a_missing_key_is_named_unless_it_has_a_default(path):
    raw = copy.deepcopy(DEFAULT)
    del section_of(raw, path)[path[-1]]
    if REQUIRED[path]:
        assert f"{'.'.join(path)} = None: this key is missing; " in refusal(raw)
    else:
        assert load(raw)


def test_a_model_needs_neither_label_nor_colour():
    """Its name, and the next colour that no other shown model has."""
    zoo = {name: {"architecture": "rnn"} for name in ("one", "two")}
    zoo["mine"] = {"architecture": "rnn", "label": "Mine", "colour": PALETTE[1]}
    models = {"models": ["one", "mine", "two"], "model_zoo": zoo}
    look = shown.look_of(load(merged(DEFAULT, models)))
    assert look.labels == {"one": "one", "mine": "Mine", "two": "two"}
    assert look.colours == {"one": PALETTE[0], "mine": PALETTE[1], "two": PALETTE[2]}


def test_more_models_than_colours_still_have_colours():
    names = [f"m{i}" for i in range(len(PALETTE) + 2)]
    zoo = {name: {"architecture": "rnn"} for name in names}
    colours = shown.look_of(load(merged(DEFAULT, {"models": names, "model_zoo": zoo}))).colours
    assert list(colours.values())[: len(PALETTE)] == list(PALETTE)
    assert len(colours) == len(names)


def test_a_users_task_is_named_like_a_users_model(module):
    name = module(
        "from recall_horizon.contract import Shape\n"
        "class Own:\n"
        "    loss, chance = 'mse', 2.0\n"
        "    def __init__(self, length, k: int = 1):\n"
        "        if k > length:\n"
        "            raise ValueError('no such element')\n"
        "        self.shape = Shape(steps=length + 1)\n"
    )
    study = load(merged(DEFAULT, {"task": {"name": f"{name}:Own", "options": {"k": 2}}}))
    assert jobs.dataset_spec(study, 5).task == f"{name}:Own"
    spec = jobs.training_spec(study, "lstm", "T5", 0, 1)
    assert (spec.task, spec.shape, spec.chance) == (f"{name}:Own", Shape(6), 2.0)
    assert shown.words_of(study)["target"] == "its target"
    wrong = {"task": {"name": f"{name}:Own", "options": {"j": 2}}}
    assert "task.options.j = 2: unknown key" in refusal(merged(DEFAULT, wrong))
    short = {"task": {"name": f"{name}:Own", "options": {"k": 7}}}
    said = f"lengths[0] = 5: task {name}:Own cannot be built for length 5: no such element"
    assert said in refusal(merged(DEFAULT, short))


POOL = DEFAULT["dataset"]["pool"]
SAMPLES, EPOCHS = (DEFAULT["training"][key] for key in ("samples", "epochs"))
LSTM = "model_zoo.lstm"


@pytest.mark.parametrize(
    ("path", "value", "shown"),
    [
        ("lengths", [], "lengths = []"),
        ("lengths", [10, 5], "[5, 10]"),
        ("lengths", [0, 5], "lengths[0] = 0"),
        ("lengths", [5, 7.5], "lengths[1] = 7.5"),
        ("lengths", 5, "lengths = 5"),
        ("replicates", 0, "replicates = 0"),
        ("replicates", 2.5, "replicates = 2.5"),
        ("replicates", True, "replicates = True"),
        ("replicates", "ten", "replicates = 'ten'"),
        ("replicates_per_job", 0, "replicates_per_job = 0"),
        ("seed", -1, "seed = -1"),
        ("study", "", "plain file name"),
        ("study", "../elsewhere", "plain file name"),
        ("study", "two words", "plain file name"),
        ("study", ".hidden", "plain file name"),
        ("study", "--option", "plain file name"),
        ("study", "newline\n", "plain file name"),
        ("study", "größe", "plain file name"),
        ("study", "n" * 65, "at most 64"),
        ("models", [], "models = []"),
        ("models", ["lstm", "lstm"], "each once; named twice: lstm"),
        ("models", ["lstm", "lsmt"], "models[1] = 'lsmt': not in model_zoo; did you mean 'lstm'?"),
        ("models", "lstm", "models = 'lstm'"),
        ("model_zoo.a b", DEFAULT["model_zoo"]["lstm"], "plain file name"),
        ("model_zoo.LSTM", DEFAULT["model_zoo"]["lstm"], "differ only in case"),
        ("dataset.pool", 0, "dataset.pool = 0"),
        ("dataset.validation", 1, "dataset.validation = 1"),
        ("dataset.test", -1, "dataset.test = -1"),
        ("training.samples", POOL + 1, f"dataset.pool ({POOL})"),
        ("training.batch_size", SAMPLES + 1, f"training.samples ({SAMPLES})"),
        ("training.batch_size", 0, "training.batch_size = 0"),
        ("training.epochs", 0, "training.epochs = 0"),
        ("training.evaluate_at", [0, EPOCHS + 1], f"later: [{EPOCHS + 1}]"),
        ("training.evaluate_at", [-1], "training.evaluate_at[0] = -1"),
        ("training.learning_rate", 0, "training.learning_rate = 0"),
        ("training.learning_rate", math.nan, "training.learning_rate = nan"),
        ("training.learning_rate", math.inf, "training.learning_rate = inf"),
        ("training.gradient_clip", -1.0, "training.gradient_clip = -1.0"),
        ("training.device", "gpu", "'cuda'"),
        ("analysis.confidence", 1.0, "analysis.confidence = 1.0"),
        ("analysis.confidence", 95, "analysis.confidence = 95"),
        ("analysis.bootstrap_draws", 0, "analysis.bootstrap_draws = 0"),
        ("analysis.solved_score", 1.5, "analysis.solved_score = 1.5"),
        ("analysis.headline_model", "lsmt", "did you mean 'lstm'?"),
        ("analysis.horizon_score", [0.9, 0.9], "should name each once; named twice: 0.9"),
        ("controls.shuffled_models", ["lstn"], "shuffled_models[0] = 'lstn': not in model_zoo"),
        ("task.name", "first_elemnt", "did you mean 'first_element'?"),
        ("task.options", {"sound": 1}, "task.options.sound = 1: unknown key"),
        (f"{LSTM}.architecture", "lsmt", f"{LSTM}.architecture = 'lsmt': no architecture"),
        (f"{LSTM}.architecture", "no.where:Net", "there is no module no.where"),
        (f"{LSTM}.architecture", "json:Net", "json defines no Net"),
        (f"{LSTM}.options.hidden_sise", 8, "did you mean 'hidden_size'?"),
        (f"{LSTM}.options.hidden_size", 0, f"{LSTM}.options.hidden_size = 0"),
        (f"{LSTM}.options.hidden_size", "wide", f"{LSTM}.options.hidden_size = 'wide'"),
        (f"{LSTM}.options.forget_bias", math.nan, f"{LSTM}.options.forget_bias = nan"),
        (f"{LSTM}.colour", "blue", "#rrggbb"),
        (f"{LSTM}.label", "", f"{LSTM}.label = ''"),
    ],
)
def test_what_cannot_be_run_is_refused(path, value, shown):
    message = refusal(changed(path, value))
    assert path.split(".")[0] in message
    assert shown in message


def test_models_that_share_a_label_are_refused_where_both_are_shown():
    twin = changed("model_zoo.gru.label", DEFAULT["model_zoo"]["lstm"]["label"])
    said = "model_zoo.gru.label = 'LSTM': the label of lstm, too; each model needs its own"
    assert said in refusal(twin)
    zoo = {"one": {"architecture": "rnn", "label": "two"}, "two": {"architecture": "gru"}}
    named = merged(DEFAULT, {"models": ["one", "two"], "model_zoo": zoo})
    assert "model_zoo.two.label = 'two': the label of one, too" in refusal(named)
    alone = {"models": ["gru"], "analysis": {"headline_model": None}, "claims": []}
    assert load(merged(twin, alone))


def test_what_is_said_of_a_missing_key_is_the_text_below_its_field():
    raw = {key: value for key, value in DEFAULT.items() if key != "lengths"}
    (line,) = (line for line in refusal(raw).splitlines() if line.startswith("  lengths = "))
    _, _, said = line.partition("this key is missing; ")
    assert said == json.loads(schema())["properties"]["lengths"]["description"].replace("\n", " ")


def test_a_problem_of_an_unused_model_is_refused_too():
    entry = {**DEFAULT["model_zoo"]["lstm"], "architecture": "nothing"}
    assert "model_zoo.idle.architecture" in refusal(changed("model_zoo.idle", entry))


def test_all_problems_are_reported_at_once():
    wrong = {"seed": -1, "lengths": [], "training": {"epochs": 0, "rate": 1}}
    wrong["model_zoo"] = {"lstm": {"colour": "blue"}}
    message = refusal(merged(DEFAULT, wrong))
    for path in ("seed", "lengths", "training.epochs", "training.rate", "model_zoo.lstm.colour"):
        assert f"  {path} = " in message
    assert "5 problems" in message


def test_all_contradictions_are_reported_at_once():
    wrong = {"models": ["lstm", "other"], "task": {"options": {"sound": 1}}}
    wrong["training"] = {"samples": POOL + 1, "batch_size": POOL + 2, "epochs": 1}
    message = refusal(merged(DEFAULT, wrong))
    for path in ("models[1]", "training.samples", "training.batch_size", "training.evaluate_at"):
        assert f"  {path} = " in message
    assert "  task.options.sound = " in message


@pytest.mark.parametrize("raw", [{}, {1: 2}, {**DEFAULT, None: 1}, {**DEFAULT, "training": None}])
def test_a_value_that_is_not_a_configuration_is_refused(raw):
    assert "the configuration has" in refusal(raw)


def test_numbers_that_yaml_reads_as_text_are_read():
    words = yaml.safe_load("training: {learning_rate: 1e-3}\nlengths: ['5', '10']\n")
    study = load(merged(DEFAULT, words))
    assert study.training.learning_rate == 0.001
    assert study.lengths == [5, 10]


def test_text_stays_text():
    study = load(merged(changed("study", "2026"), {"model_zoo": {"lstm": {"label": "7"}}}))
    assert (study.study, study.model_zoo["lstm"].label) == ("2026", "7")


def test_an_option_reaches_the_job_as_the_number_it_was_checked_as():
    study = load(changed(f"{LSTM}.options", yaml.safe_load("{forget_bias: 1e0}")))
    assert jobs.training_spec(study, "lstm", "T5", 0, 0).options["forget_bias"] == 1.0


@thorough
@given(replicates=st.integers(1, 300), size=st.integers(1, 400))
def test_shards_hold_every_replicate_once_in_order(replicates, size):
    study = WHOLE.model_copy(update={"replicates": replicates, "replicates_per_job": size})
    held = [r for first, last in study.shards_of("lstm") for r in range(first, last + 1)]
    assert held == list(range(replicates))
    assert all(1 <= last - first + 1 <= size for first, last in study.shards_of("lstm"))


def test_more_replicates_keep_the_shards_that_were_full():
    few, more = (load({**DEFAULT, "replicates": n, "replicates_per_job": 4}) for n in (8, 10))
    assert more.shards_of("lstm")[: len(few.shards_of("lstm"))] == few.shards_of("lstm")


def specs(raw):
    """The settings that every job of a study receives."""
    study = load(raw)
    return {
        (model, length, shard): jobs.training_spec(study, model, f"T{length}", *shard)
        for model in study.models
        for length in study.lengths_of(model)
        for shard in study.shards_of(model)
    }


def two_models(**changes):
    """A study of two models that are alike but for these changes of the second one's entry."""
    entry = {"architecture": "lstm", "colour": "#000000"}
    zoo = {"a": entry, "b": {**entry, **changes}}
    analysis = {**DEFAULT["analysis"], "headline_model": None}
    controls = {**DEFAULT["controls"], "shuffled_models": ["a"]}
    chosen = {"model_zoo": zoo, "analysis": analysis, "controls": controls, "claims": []}
    return {**DEFAULT, "models": ["a", "b"], **chosen}


def test_training_one_model_differently_affects_no_other():
    changes = {"epochs": 7, "evaluate_at": [3]}
    before, after = specs(two_models()), specs(two_models(training=changes))
    assert {key[0] for key in before if before[key] != after[key]} == {"b"}
    told = after[("b", 5, (0, 9))].training
    assert (told.epochs, told.evaluate_at) == (7, [3])
    assert told.samples == DEFAULT["training"]["samples"]


def test_a_study_that_is_written_reads_back_as_itself():
    changes = {"gradient_clip": None, "epochs": 7, "evaluate_at": []}
    study = load(two_models(training=changes))
    assert load(json.loads(study.model_dump_json())) == study


def test_a_model_may_override_what_the_study_sets():
    unclipped = two_models(training={"gradient_clip": None})
    study = load(merged(unclipped, {"training": {"gradient_clip": 1.0}}))
    assert study.training_of("a").gradient_clip == 1.0
    assert study.training_of("b").gradient_clip is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"training": {"epoch": 3}}, "training.epoch = 3: unknown key; did you mean 'epochs'?"),
        ({"training": {"epochs": None}}, "training.epochs = None"),
        ({"training": {"epochs": 0}}, "training.epochs = 0"),
        ({"training": {"samples": 10**6}}, "training.samples = 1000000: should be at most"),
        ({"training": {"epochs": 1, "evaluate_at": [2]}}, "training.evaluate_at"),
        ({"match": {}}, "match.parameters = None: this key is missing"),
        ({"match": {"parameters": 0}}, "match.parameters = 0"),
        (
            {"match": {"parameter": 9}},
            "match.parameter = 9: unknown key; did you mean 'parameters'?",
        ),
        ({"match": {"parameters": 9, "length": 0}}, "match.length = 0"),
        (
            {"match": {"parameters": 9}, "options": {"hidden_size": 8}},
            "match = {'parameters': 9}: should be left out, or options.hidden_size",
        ),
        (
            {"match": {"parameters": 9}, "architecture": "no.where:Net"},
            "architecture = 'no.where:Net': there is no module no.where",
        ),
    ],
)
def test_what_cannot_be_set_for_one_model_is_refused(changes, said):
    assert f"model_zoo.b.{said}" in refusal(two_models(**changes))


def test_the_controls_are_a_small_study_of_shuffled_targets():
    study = load(DEFAULT)
    shuffled = study.on_shuffled_targets()
    length = study.controls.shuffled_length
    assert shuffled.lengths == [length]
    assert jobs.dataset_spec(shuffled, length, shuffled=True).shuffled
    assert not jobs.dataset_spec(study, length).shuffled
    assert shuffled.shards_of("lstm") == [(0, study.controls.shuffled_replicates - 1)]
    assert load(changed("controls.shuffled_models", [])).on_shuffled_targets().models == []


def test_changing_a_models_options_changes_only_its_own_jobs():
    before, after = (specs(two_models(options={"hidden_size": size})) for size in (8, 9))
    assert {key[0] for key in before if before[key] != after[key]} == {"b"}


def test_changing_how_a_model_is_shown_changes_nothing_for_its_jobs():
    raw = two_models()
    shown = merged(raw, {"model_zoo": {"a": {"label": "other", "colour": "#ffffff"}}})
    shown["analysis"] = {**raw["analysis"], "solved_score": 0.5, "confidence": 0.5}
    assert specs(raw) == specs(shown)


def test_adding_lengths_and_models_changes_nothing_for_existing_jobs():
    before = specs({**two_models(), "models": ["a"], "lengths": [5, 10]})
    after = specs({**two_models(), "lengths": [5, 7, 10]})
    assert before.items() <= after.items()
    assert len(after) == 3 * len(before)


def test_a_dataset_does_not_depend_on_how_it_is_used():
    raw = two_models()
    other = merged(raw, {"replicates": 3, "training": {"epochs": EPOCHS + 1}, "models": ["a"]})
    assert jobs.dataset_spec(load(raw), 5) == jobs.dataset_spec(load(other), 5)
    assert jobs.dataset_spec(load(raw), 5) != jobs.dataset_spec(load(raw), 10)
    assert jobs.dataset_spec(load(raw), 5) != jobs.dataset_spec(load({**raw, "seed": 1}), 5)


@thorough
@given(
    seed=st.integers(0, 2**200),
    rate=st.floats(min_value=0, exclude_min=True, allow_infinity=False),
    bias=st.none() | st.floats(allow_nan=False, allow_infinity=False),
)
def test_a_jobs_settings_survive_json(seed, rate, bias):
    raw = two_models(options={"forget_bias": bias})
    study = load(merged(raw, {"seed": seed, "training": {"learning_rate": rate}}))
    spec = jobs.training_spec(study, "b", "T5", 1, 3)
    assert TrainingSpec.model_validate_json(spec.model_dump_json()) == spec
    assert list(spec.replicates) == [1, 2, 3]


def test_both_ends_are_always_evaluated():
    def evaluated(epochs):
        return load(changed("training.evaluate_at", epochs)).training.evaluated_epochs()

    assert evaluated([]) == [0, EPOCHS]
    assert evaluated([7, 3, 7]) == [0, 3, 7, EPOCHS]
    assert evaluated([EPOCHS, 0]) == [0, EPOCHS]


def test_the_headline_is_the_first_model_unless_another_is_named():
    assert shown.look_of(load(two_models())).headline == "a"
    named = merged(two_models(), {"analysis": {"headline_model": "b"}})
    assert shown.look_of(load(named)).headline == "b"


def test_figures_receive_only_the_models_that_run():
    look = shown.look_of(load({**two_models(), "models": ["b"]}))
    assert (look.models, list(look.labels), list(look.colours)) == (["b"], ["b"], ["b"])
    assert Look(**json.loads(json.dumps(look._asdict()))) == look


def test_a_size_reaches_the_jobs_of_its_own_model_alone():
    before, after = (specs(two_models(match={"parameters": n})) for n in (4000, 5000))
    assert {key[0] for key in before if before[key] != after[key]} == {"b"}
    told = after[("b", 5, (0, 9))]
    shape = Shape(max(DEFAULT["lengths"]))
    assert told.matched == Matched(option="hidden_size", parameters=5000, shape=shape)
    assert after[("a", 5, (0, 9))].matched is None
    assert TrainingSpec.model_validate_json(told.model_dump_json()) == told


def test_a_size_is_that_at_the_longest_length_of_the_study_in_its_controls_too():
    study = load(two_models(match={"parameters": 4000}))
    place = f"T{study.controls.shuffled_length}"
    shuffled = jobs.training_spec(study.on_shuffled_targets(), "b", place, 0, 0)
    assert shuffled.matched == jobs.training_spec(study, "b", "T5", 0, 0).matched
    assert shuffled.matched.shape.steps == max(study.lengths)
    named = load(two_models(match={"parameters": 4000, "length": 7}))
    assert jobs.training_spec(named, "b", "T5", 0, 0).matched.shape.steps == 7
    assert load(json.loads(study.model_dump_json())) == study


def test_a_width_that_must_be_named_need_not_be_where_it_is_solved(module):
    name = module(
        "class Net:\n    width_option = 'n'\n    def __init__(self, length, n: int, k: int): ...\n"
    )
    entry = {"architecture": f"{name}:Net", "options": {"k": 3}}
    study = load(two_models(match={"parameters": 4000}, **entry))
    spec = jobs.training_spec(study, "b", "T5", 0, 0)
    assert (spec.options, spec.matched.option) == ({"k": 3}, "n")
    assert "options.n = None: this key is missing" in refusal(two_models(**entry))
    entry["options"] = {}
    message = refusal(two_models(match={"parameters": 4000}, **entry))
    assert "model_zoo.b.options.k = None: this key is missing" in message
    assert "options.n" not in message


def test_a_size_of_a_model_without_a_width_is_refused(module):
    name = module("class Net:\n    def __init__(self, length): ...\n")
    message = refusal(two_models(match={"parameters": 9}, architecture=f"{name}:Net"))
    assert "has no width to be solved: it takes no option `hidden_size`" in message
    assert "`width_option`" in message


def test_a_larger_model_asks_for_more_memory():
    small, large = (load(two_models(match={"parameters": n})) for n in (4500, 450_000))
    assert memory.training_mb(small, "b", [100]) < memory.training_mb(large, "b", [100])
    lstm = load(two_models(options={"hidden_size": 33}))
    assert memory.training_mb(small, "b", [100]) == memory.training_mb(lstm, "b", [100])


def test_longer_sequences_and_wider_models_ask_for_more_memory():
    study = load(two_models(options={"hidden_size": 512}))
    assert memory.dataset_mb(study, 1000) > memory.dataset_mb(study, 10)
    splits = study.dataset.model_copy(update={"validation": 10**6})
    larger = study.model_copy(update={"dataset": splits})
    assert memory.dataset_mb(larger, 10) > memory.dataset_mb(study, 10)
    assert memory.training_mb(study, "a", [1000]) > memory.training_mb(study, "a", [10])
    assert memory.training_mb(study, "b", [100]) > memory.training_mb(study, "a", [100])


def test_a_study_cannot_be_changed_after_it_was_checked():
    with pytest.raises(ValueError, match="frozen"):
        load(DEFAULT).training.epochs = 7


def test_a_model_may_have_lengths_and_replicates_of_its_own():
    before, after = specs(two_models()), specs(two_models(lengths=[5, 20], replicates=3))
    assert {key for key in after if key[0] == "a"} == {key for key in before if key[0] == "a"}
    assert {key for key in after if key[0] == "b"} == {("b", 5, (0, 2)), ("b", 20, (0, 2))}


def test_a_models_own_lengths_are_among_the_studys():
    raw = two_models(lengths=[5, 7])
    said = "model_zoo.b.lengths = [5, 7]: should be among the study's lengths; not there: [7]"
    assert said in refusal(raw)
    raw["models"] = ["a"]
    load(raw)  # a model that is not trained may have any


def test_a_width_is_solved_at_the_models_own_longest_length():
    study = load(two_models(lengths=[5, 20], match={"parameters": 4720}))
    assert study.matched("b").shape.steps == 20


def test_on_shuffled_targets_every_model_has_the_controls_lengths_and_replicates():
    raw = two_models(lengths=[100], replicates=1)
    raw["controls"] = {**raw["controls"], "shuffled_models": ["b"]}
    shuffled = load(raw).on_shuffled_targets()
    assert shuffled.lengths_of("b") == [raw["controls"]["shuffled_length"]]
    assert shuffled.replicates_of("b") == raw["controls"]["shuffled_replicates"]


READS_A_FOLDER = """
from pydantic import DirectoryPath
from torch import nn

class Net(nn.Module):
    def __init__(self, shape, weights: DirectoryPath, hidden_size: int = 3) -> None: ...
"""


def test_the_content_of_a_folder_among_the_options_is_a_part_of_the_job(module, tmp_path):
    folder = tmp_path / "weights"
    (folder / "part").mkdir(parents=True)
    (folder / "part/one").write_text("1")
    architecture = f"{module(READS_A_FOLDER)}:Net"
    raw = two_models(architecture=architecture, options={"weights": str(folder)})
    spec = jobs.training_spec(load(raw), "b", "T5", 0, 0)
    assert spec.options == {"weights": str(folder)}
    assert spec.files == {"weights": {"part/one": hashlib.sha256(b"1").hexdigest()}}
    assert jobs.training_spec(load(raw), "a", "T5", 0, 0).files == {}
    many = memory.training_mb(load(raw | {"replicates_per_job": 5}), "b", [5])
    few = memory.training_mb(load(raw | {"replicates_per_job": 1}), "b", [5])
    (folder / "part/one").write_text("1" * 10**6)  # 1 MB: four of each replicate, of 16 bits
    assert memory.training_mb(load(raw | {"replicates_per_job": 5}), "b", [5]) == many + 8 + 5 * 8
    assert memory.training_mb(load(raw | {"replicates_per_job": 1}), "b", [5]) == few + 8 + 8
    raw["model_zoo"]["b"]["options"] = {"weights": "owner/name"}
    assert "options.weights = 'owner/name': is no folder here" in refusal(raw)
    assert load(raw, to_run=False).models  # where it has run, it was there


def test_a_study_with_a_folder_is_the_experiment_that_its_own_provenance_records(module, tmp_path):
    def study(folder, content="1"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "one").write_text(content)
        options = {"weights": str(tmp_path / folder)}
        return load(two_models(architecture=architecture, options=options))

    architecture = f"{module(READS_A_FOLDER)}:Net"
    ran = study("here")
    spec = jobs.training_spec(ran, "b", "T5", 0, 0).model_dump()
    record = {"device": "cpu", "device_name": "a CPU", "versions": {}, "seconds": [1.0]}
    record["fingerprint"] = {"spec": spec, "device": "cpu", "threads": 1}
    kept = experiment.recorded(gather(ran.model_dump(mode="json"), {}, [record]))

    def differs(now):
        sides = (experiment.settings(side, "b") for side in (jobs.experiment(now), kept))
        return experiment.differing_keys(*sides)

    assert differs(ran) == ""
    assert differs(study("there")) == ""
    assert re.fullmatch("files.weights.one: .+ here, .+ in the reference", differs(study("e", "2")))


CHECKS = """
from torch import nn

class Net(nn.Module):
    def __init__(self, shape, low: int = 0, high: int = 1) -> None: ...

    @staticmethod
    def check(low=0, high=1):
        if low >= high:
            raise ValueError(f"low ({low}) should be less than high ({high})")
"""


def test_an_architecture_may_refuse_options_that_are_each_valid(module):
    raw = two_models(architecture=f"{module(CHECKS)}:Net", options={"low": 2})
    assert "low (2) should be less than high (1)" in refusal(raw)
    raw["models"] = ["a"]  # what the study does not train is not asked
    load(raw)


def test_models_of_an_extra_that_is_not_installed_are_refused_with_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "transformers", None)  # its import fails
    raw = two_models(architecture="huggingface", options={"model": "mamba"})
    assert "transformers is not installed: make setup-huggingface" in refusal(raw)
    assert load(raw, to_run=False).models  # once it has run, elsewhere, it can be read


def with_curriculum(curriculum="mixed", **more):
    """The default study with its second model trained on all lengths."""
    return changed("model_zoo.lstm-mixed.training", {"curriculum": curriculum, **more})


def test_a_model_with_a_curriculum_has_one_place_for_all_of_its_lengths():
    study = load(with_curriculum())
    assert study.places_of("lstm") == {f"T{t}": [t] for t in study.lengths}
    assert study.places_of("lstm-mixed") == {"all": study.lengths}
    few = load(merged(with_curriculum(), {"model_zoo": {"lstm-mixed": {"lengths": [5, 20]}}}))
    assert few.places_of("lstm-mixed") == {"all": [5, 20]}


def test_its_job_is_built_for_the_longest_and_knows_each_length():
    spec = jobs.training_spec(load(with_curriculum()), "lstm-mixed", "all", 0, 9)
    assert (spec.length, spec.shape.steps) == (100, 100)
    assert [at.length for at in spec.lengths] == [5, 10, 20, 50, 100]
    assert [at.shape.steps for at in spec.lengths] == [5, 10, 20, 50, 100]
    assert spec.trained_on == "mixed"
    alone = jobs.training_spec(load(with_curriculum()), "lstm", "T20", 0, 9)
    assert ([at.length for at in alone.lengths], alone.trained_on) == ([20], "20")


@pytest.mark.parametrize(("batch_size", "steps"), [(None, (1, 5)), (100, (10, 50)), (300, (4, 20))])
def test_an_epoch_on_all_lengths_takes_as_many_steps_as_those_of_each(batch_size, steps):
    study = load(merged(with_curriculum(), {"training": {"batch_size": batch_size}}))
    alone, both = (jobs.per_epoch(study, model) for model in ("lstm", "lstm-mixed"))
    assert (alone["steps"], both["steps"]) == steps
    assert (alone["sequences"], both["sequences"]) == (1000, 5000)
    assert (alone["elements"], both["elements"]) == (100_000, 185_000)


def test_networks_on_all_lengths_are_tested_beyond_them_and_others_at_the_studys():
    study = load(with_curriculum())
    assert study.tested_at("lstm") == [5, 10, 20, 50, 100]
    assert study.tested_at("lstm-mixed") == [5, 10, 20, 50, 100, 200, 500]
    assert study.only_tested() == [200, 500]
    alone = load(merged(DEFAULT, {"models": ["lstm"]}))
    assert alone.only_tested() == []
    assert jobs.test_dataset_spec(study, 200).test_alone
    assert "test_alone" not in jobs.dataset_spec(study, 100).model_dump()


def test_one_network_cannot_answer_in_several_shapes(module):
    task = module(
        "import numpy as np\n"
        "from recall_horizon.contract import Shape\n"
        "class Wide:\n"
        "    target, loss, chance = 'it', 'mse', 1.0\n"
        "    def __init__(self, length):\n"
        "        self.shape = Shape(length, answers=length)\n"
        "    def ceiling(self, view):\n        return None\n"
    )
    said = refusal(changed("task", {"name": f"{task}:Wide"}))
    assert "model_zoo.lstm-mixed.training.curriculum = 'mixed'" in said
    assert "another shape at T = 5 than at T = 10" in said


def test_memory_grows_with_all_lengths_that_are_held_at_once():
    study = load(with_curriculum())
    alone, both = (memory.training_mb(study, "lstm", lengths) for lengths in ([100], study.lengths))
    assert both > alone


def test_a_length_to_test_at_that_the_task_cannot_have_is_named():
    said = refusal(changed("task", {"name": "associative_recall", "options": {"keys": 128}}))
    assert "analysis.test_lengths = 200" in said
    assert "[] tests at no other lengths" in said
