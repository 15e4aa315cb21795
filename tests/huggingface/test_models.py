"""Models of transformers as architectures: fed with numbers, trained, read from a folder."""

import os
import sys

import pytest
import torch
import transformers
from transformers import AutoModel

from recall_horizon.analysis.architectures import facts
from recall_horizon.code import catalogue
from recall_horizon.contract import Shape
from recall_horizon.data.tasks.first_element import FirstElement
from recall_horizon.models.huggingface import HuggingFace
from recall_horizon.training.width import parameters

from ..conftest import output

SMALL = {"num_hidden_layers": 1}
HEADS = {**SMALL, "num_attention_heads": 2, "intermediate_size": 16}
# Types, and the smallest of each that a test needs. They are causal: no step sees a later one.
TYPES = {
    "gpt2": {**SMALL, "num_attention_heads": 2},
    "llama": {**HEADS, "num_key_value_heads": 2},
    "mamba": SMALL,
    "mamba2": {**SMALL, "num_heads": 4, "head_dim": 4, "n_groups": 1, "state_size": 4},
    "recurrent_gemma": {**HEADS, "block_types": ["recurrent"]},
    "rwkv": {"num_hidden_layers": 2},
    "xlstm": {**SMALL, "num_heads": 1, "ffn_round_up_to_multiple_of": 1},
}
LOCATION = catalogue.locate("architecture", "huggingface")


@pytest.fixture(params=TYPES)
def kind(request):
    transformers.logging.set_verbosity_error()
    return request.param


def built(kind, shape, seed=0, **options):
    torch.manual_seed(seed)
    return HuggingFace(shape, model=kind, config=TYPES[kind], hidden_size=8, **options)


@pytest.mark.parametrize("task", catalogue.names("task"))
def test_every_type_does_every_task_and_every_weight_learns(kind, task):
    HuggingFace.check(model=kind, config=TYPES[kind], hidden_size=8)
    shape = catalogue.task(task, 7, {}).shape
    model = built(kind, shape)
    y = model(torch.randn(3, shape.steps, shape.features))
    answers = () if shape.answers == 1 else (shape.answers,)
    assert (y.shape, y.dtype) == ((3, *answers, shape.outputs), torch.float32)
    y.square().mean().backward()
    assert not [name for name, p in model.named_parameters() if p.grad is None]


def test_the_same_seed_gives_the_same_weights_and_a_model_in_evaluation_the_same_answers(kind):
    one, other = (built(kind, Shape(6)).eval() for _ in range(2))
    x = torch.randn(4, 6, 1)
    assert torch.equal(one(x), other(x))
    assert torch.equal(one(x), one(x))


def test_what_follows_a_step_does_not_change_its_answer(kind):
    model = built(kind, Shape(9, answers=4)).eval()
    x = torch.randn(5, 9, 1)
    later = x.clone()
    later[:, -2:] = 0
    torch.testing.assert_close(model(x)[:, :2], model(later)[:, :2])


def test_it_is_the_librarys_own_model_between_two_linear_layers():
    model = built("gpt2", Shape(6)).eval()
    own = AutoModel.from_config(model.backbone.config)
    own.load_state_dict(model.backbone.state_dict(), strict=False)  # without embeddings of words
    x = torch.randn(2, 6, 1)
    with torch.no_grad():
        hidden = own.eval()(inputs_embeds=model.embedding(x)).last_hidden_state
        assert torch.equal(model.readout(hidden[:, -1]), model(x))


def test_its_own_scan_gives_mamba_the_answers_of_the_librarys_loop():
    fast, slow = (
        HuggingFace(Shape(20), "mamba", {**SMALL, "use_mambapy": scan}, 8).eval()
        for scan in (True, False)
    )
    slow.load_state_dict(fast.state_dict())
    x = torch.randn(3, 20, 1)
    fast.train()  # the scan is for training
    torch.testing.assert_close(fast(x), slow(x))


@pytest.mark.parametrize("steps", [1, 3, 12, 30])
def test_it_answers_at_other_lengths_and_the_same_as_before_at_its_own(kind, steps):
    model = built(kind, Shape(8, answers=3 if steps > 1 else 1)).eval()
    own, x = torch.randn(4, 8, 1), torch.randn(4, steps, 1)
    before = model(own)
    if kind == "gpt2" and steps > 8:
        with pytest.raises(ValueError, match=f"it has 8 positions, sequences have {steps} steps"):
            model(x)
    else:
        answers = model(x)
        assert answers.isfinite().all()
        # Of one that was built for this length, with the same weights.
        fresh = built(kind, Shape(steps, answers=model.answers)).eval()
        weights = model.state_dict()
        if kind == "gpt2":
            weights["backbone.wpe.weight"] = weights["backbone.wpe.weight"][:steps]
        fresh.load_state_dict(weights)
        torch.testing.assert_close(answers, fresh(x))
    assert torch.equal(model(own), before)


def test_every_element_of_a_longer_sequence_matters(kind):
    steps = 11 if kind == "gpt2" else 4
    model, x = built(kind, Shape(steps)).eval(), torch.randn(8, 11, 1)
    x.requires_grad_()
    model(x).sum().backward()
    assert (x.grad.abs().sum(dim=(0, 2)) > 0).all()


def test_pretrained_positions_are_read_to_their_end(folder):
    model = HuggingFace(Shape(6), pretrained=folder).eval()
    assert model(torch.randn(3, 20, 1)).shape == (3, 1)
    with pytest.raises(ValueError, match="it has 20 positions, sequences have 21 steps"):
        model(torch.randn(3, 21, 1))


@pytest.mark.parametrize("steps", [1, 7, 64, 101, 200])
def test_xlstm_takes_any_number_of_steps(steps):
    assert built("xlstm", Shape(steps))(torch.randn(2, steps, 1)).shape == (2, 1)


def test_xlstm_refuses_a_width_that_its_heads_cannot_share():
    config = {**TYPES["xlstm"], "num_heads": 2}
    with pytest.raises(ValueError, match="hidden_size 18: 2 heads cannot share 9 keys or values"):
        HuggingFace(Shape(6), "xlstm", config, 18)
    HuggingFace(Shape(6), "xlstm", config, 20)(torch.randn(2, 6, 1))


def test_state_is_counted_from_what_the_library_keeps():
    table = {
        # the state of 16 numbers a channel and the last 4 inputs of the convolution, 16 channels
        "mamba": 16 * 16 + 16 * 4,
        # keys and values of every step
        "gpt2": 2 * 6 * 8,
        "llama": 2 * 6 * 8,
        # five numbers a feature and layer
        "rwkv": 5 * 8 * 2,
    }
    assert {kind: built(kind, Shape(6)).eval().state_size for kind in table} == table


def test_the_state_of_an_xlstm_is_what_its_layers_return():
    config = {"num_hidden_layers": 2, "num_heads": 2, "ffn_round_up_to_multiple_of": 1}
    model = HuggingFace(Shape(6), "xlstm", config, hidden_size=12).eval()
    returned = []
    for block in model.backbone.blocks:
        block.register_forward_hook(lambda _, inputs, output: returned.extend(output[1]))
    model(torch.zeros(1, 6, 1))
    assert len(returned) == 2 * 3
    assert model.state_size == sum(tensor.numel() for tensor in returned)


def test_the_state_of_an_xlstm_is_that_of_a_cache_that_fits():
    from transformers.models.xlstm.modeling_xlstm import xLSTMCache

    model = HuggingFace(Shape(6), "xlstm", {"num_hidden_layers": 1, "num_heads": 1}, 128)
    (layer,) = xLSTMCache(model.backbone.config, 1).rnn_state.values()
    assert model.state_size == sum(tensor.numel() for tensor in layer)


def test_only_what_sees_the_past_through_a_state_is_recurrent():
    rows = {
        kind: facts(LOCATION, {"model": kind, "config": c, "hidden_size": 8}, FirstElement(6))
        for kind, c in TYPES.items()
    }
    recurrent = {kind for kind, row in rows.items() if row["recurrent"]}
    assert recurrent == {"mamba", "mamba2", "rwkv", "xlstm"}


def test_its_width_is_solved_from_its_parameters():
    from recall_horizon.config.training import Matched
    from recall_horizon.training.width import with_width

    matched = Matched(option="hidden_size", parameters=4720, shape=Shape(200), tolerance=0.1)
    options = {"model": "mamba", "config": SMALL}
    assert with_width(LOCATION, options, matched)["hidden_size"] == 20


@pytest.fixture
def folder(tmp_path):
    """Weights on the disk, as save_pretrained writes them."""
    torch.manual_seed(1)
    config = transformers.GPT2Config(
        vocab_size=8, n_embd=8, n_head=2, n_layer=1, n_positions=20, bos_token_id=0, eos_token_id=0
    )
    transformers.GPT2Model(config).save_pretrained(tmp_path / "weights")
    return tmp_path / "weights"


def test_pretrained_weights_are_those_of_the_folder(folder):
    HuggingFace.check(pretrained=str(folder))
    model = HuggingFace(Shape(6), pretrained=folder)
    saved = AutoModel.from_pretrained(folder).state_dict()
    held = model.backbone.state_dict()
    assert held
    assert all(torch.equal(tensor, saved[name]) for name, tensor in held.items())
    assert parameters(model) == sum(t.numel() for n, t in saved.items() if n != "wte.weight") + 25


def test_pretrained_weights_of_16_bits_are_computed_with_32(folder):
    AutoModel.from_pretrained(folder, dtype=torch.bfloat16).save_pretrained(folder)
    model = HuggingFace(Shape(6), pretrained=folder)
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    model(torch.randn(3, 6, 1)).sum().backward()


def test_an_evaluation_does_not_change_pretrained_weights(tmp_path):
    config = transformers.RwkvConfig(vocab_size=8, hidden_size=4, num_hidden_layers=8)
    transformers.RwkvModel(config).save_pretrained(tmp_path)
    model = HuggingFace(Shape(6), pretrained=tmp_path).eval()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    model(torch.randn(3, 6, 1))
    after = model.state_dict()
    assert all(torch.equal(tensor, after[name]) for name, tensor in before.items())


def test_a_key_in_the_types_own_words_is_heard_as_the_common_one():
    positions = {"n_positions": 50}
    model = HuggingFace(Shape(6), "gpt2", {**TYPES["gpt2"], **positions}, 8)
    assert model.backbone.config.max_position_embeddings == 50


def test_frozen_weights_stay_and_the_layers_around_them_learn(folder):
    model = HuggingFace(Shape(6), pretrained=folder, freeze=True)
    assert parameters(model) == 2 * 8 + 8 + 1  # embedding and read-out
    model(torch.randn(3, 6, 1)).sum().backward()
    learned = {name for name, p in model.named_parameters() if p.grad is not None}
    assert {name.partition(".")[0] for name in learned} == {"embedding", "readout"}


def test_sequences_longer_than_the_pretrained_positions_are_refused(folder):
    with pytest.raises(ValueError, match="it has 20 positions, sequences have 21 steps"):
        HuggingFace(Shape(21), pretrained=folder)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "needs either `model`"),
        ({"model": "mambo"}, "no model type 'mambo'; did you mean 'mamba'"),
        ({"model": "vit"}, "no model that reads one sequence"),
        ({"model": "t5"}, "no model that reads one sequence"),
        ({"model": "bart"}, "no model that reads one sequence"),
        ({"model": "mamba", "config": {"num_hiden_layers": 1}}, "did you mean 'num_hidden_layers'"),
        ({"model": "mamba", "config": {"num_hidden_layers": "1"}}, "expected int, got str"),
        ({"model": "rwkv", "config": {"num_hidden_layers": 1}}, "at least 2"),
        ({"model": "gpt2", "freeze": True}, "`freeze` is for `pretrained`"),
        ({"pretrained": os.curdir}, "has no config.json"),
        ({"pretrained": os.curdir, "model": "gpt2"}, "needs either `model`"),
        ({"pretrained": os.curdir, "hidden_size": 3}, "leave out `config`"),
    ],
)
def test_options_that_cannot_be_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        HuggingFace.check(**options)


def test_pretrained_weights_of_a_type_that_reads_no_sequence_are_refused(tmp_path):
    sizes = {"vocab_size": 8, "d_model": 8, "d_kv": 4, "d_ff": 8, "num_layers": 1, "num_heads": 2}
    transformers.T5Model(transformers.T5Config(**sizes)).save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="'t5' is no model that reads one sequence"):
        HuggingFace.check(pretrained=str(tmp_path))
    (tmp_path / "config.json").write_text("[]")
    with pytest.raises(ValueError, match=r"has no config\.json with a model_type"):
        HuggingFace.check(pretrained=str(tmp_path))


def test_nothing_is_asked_of_the_hub():
    code = (
        "import recall_horizon.models.huggingface\n"
        "from huggingface_hub.constants import HF_HUB_OFFLINE\nprint(HF_HUB_OFFLINE)"
    )
    environment = {k: v for k, v in os.environ.items() if k != "HF_HUB_OFFLINE"}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    assert output(sys.executable, "-c", code, env=environment) == "True\n"
