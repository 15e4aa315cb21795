import pkgutil

import pytest
import torch

from recall_horizon.code import catalogue
from recall_horizon.contract import Shape

# Those that can be built with the default options; huggingface has tests of its own, since it
# needs an extra.
OFFERED = sorted({*catalogue.names("architecture")} - {"huggingface"})


@pytest.fixture(params=OFFERED)
def architecture(request):
    return pkgutil.resolve_name(catalogue.locate("architecture", request.param))


@pytest.mark.parametrize("length", [5, 20])
@pytest.mark.parametrize(
    ("name", "options", "state"),
    [
        ("lstm", {}, lambda t: 2 * 32),
        ("lstm-attention", {"hidden_size": 7}, lambda t: t * 7 + 7),
        ("attention", {"hidden_size": 7}, lambda t: t * 7),
        ("transformer", {"hidden_size": 8}, lambda t: t * 8),
        ("window", {"k": 10, "hidden_size": 7}, lambda t: min(t, 10)),
        ("feedforward", {"hidden_size": 7}, lambda t: 1),
    ],
)
def test_a_model_knows_how_many_numbers_it_keeps(name, options, state, length):
    model = pkgutil.resolve_name(catalogue.locate("architecture", name))(Shape(length), **options)
    assert model.state_size == state(length)


@pytest.mark.parametrize("name", ["lstm", "gru", "rnn"])
def test_a_recurrent_state_is_what_the_layer_hands_on(name):
    model = pkgutil.resolve_name(catalogue.locate("architecture", name))(Shape(4), hidden_size=5)
    _, state = model.layer(torch.randn(1, 4, 1))
    parts = state if isinstance(state, tuple) else (state,)
    assert model.state_size == sum(part.numel() for part in parts)


def test_every_architecture_of_the_project_says_its_state(architecture):
    assert architecture(Shape(6)).state_size > 0


# Models of which every answer reads the whole sequence, and models with weights for each answer.
WHOLE = {"attention", "feedforward", "lstm_attention", "transformer"}
WEIGHTS = {"feedforward"}


def built(name, shape):
    """A model of the name; the window fits before each answer, whether one is asked or several."""
    options = {"k": 5} if name == "window" else {}
    architecture = pkgutil.resolve_name(catalogue.locate("architecture", name))
    return architecture(shape, **options).eval()


@pytest.mark.parametrize("name", sorted({*OFFERED} - WHOLE))
def test_of_several_answers_each_is_that_of_its_own_step(name):
    """What follows a step does not change its answer."""
    torch.manual_seed(0)
    model = built(name, Shape(9, features=2, outputs=3, answers=4))
    x = torch.randn(5, 9, 2)
    later = x.clone()
    later[:, -2:] = 0  # the last two steps, of which the last two answers are
    one, other = model(x), model(later)
    torch.testing.assert_close(one[:, :2], other[:, :2])
    assert not torch.allclose(one[:, 2:], other[:, 2:], atol=1e-4)


@pytest.mark.parametrize("name", sorted({*OFFERED} - WEIGHTS))
def test_a_single_answer_is_the_last_of_several(name):
    """With the same weights: whether one or more steps are answered changes no answer."""
    several, one = (built(name, Shape(9, 2, 3, answers)) for answers in (4, 1))
    one.load_state_dict(several.state_dict())
    x = torch.randn(5, 9, 2)
    torch.testing.assert_close(several(x)[:, -1], one(x))


def test_a_sequence_is_answered_regardless_of_the_batch_that_it_is_in(architecture):
    torch.manual_seed(0)
    model, x = architecture(Shape(40)).eval(), torch.randn(6, 40, 1)
    answers = model(x)
    torch.testing.assert_close(model(x.flip(0)), answers.flip(0))
    torch.testing.assert_close(model(x[2:3]), answers[2:3])


def test_initial_weights_depend_only_on_torchs_generator(architecture):
    def weights():
        torch.manual_seed(8)
        return architecture(Shape(6)).state_dict()

    first, second = weights(), weights()
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_every_architecture_can_learn(architecture):
    torch.manual_seed(0)
    model = architecture(Shape(6))
    model(torch.randn(8, 6, 1)).square().mean().backward()
    assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())
