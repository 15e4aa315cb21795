import pkgutil

import pydantic
import pytest
import torch

from recall_horizon.code import catalogue

OFFERED = [
    name
    for name in catalogue.names("architecture")
    if not any(
        f.is_required()
        for f in catalogue.options("architecture", name, pydantic.BaseModel).model_fields.values()
    )
]


@pytest.fixture(params=OFFERED)
def architecture(request):
    return pkgutil.resolve_name(catalogue.locate("architecture", request.param))


@pytest.mark.parametrize("length", [5, 20])
@pytest.mark.parametrize(
    ("name", "options", "state"),
    [
        ("lstm", {}, lambda t: 2 * 32),
        ("lstm", {"hidden_size": 7}, lambda t: 2 * 7),
        ("gru", {"hidden_size": 7}, lambda t: 7),
        ("rnn", {"hidden_size": 7}, lambda t: 7),
        ("lstm-attention", {"hidden_size": 7}, lambda t: t * 7 + 7),
        ("attention", {"hidden_size": 7}, lambda t: t * 7),
        ("transformer", {"hidden_size": 8}, lambda t: t * 8),
        ("window", {"k": 10, "hidden_size": 7}, lambda t: min(t, 10)),
        ("feedforward", {"hidden_size": 7}, lambda t: 1),
    ],
)
def test_a_model_knows_how_many_numbers_it_keeps(name, options, state, length):
    model = pkgutil.resolve_name(catalogue.locate("architecture", name))(length, **options)
    assert model.state_size == state(length)


@pytest.mark.parametrize("name", ["lstm", "gru", "rnn"])
def test_a_recurrent_state_is_what_the_layer_hands_on(name):
    model = pkgutil.resolve_name(catalogue.locate("architecture", name))(4, hidden_size=5)
    _, state = model.layer(torch.randn(1, 4, 1))
    parts = state if isinstance(state, tuple) else (state,)
    assert model.state_size == sum(part.numel() for part in parts)


def test_every_architecture_of_the_project_says_its_state(architecture):
    assert architecture(6).state_size > 0


@pytest.mark.parametrize("length", [3, 8])
def test_every_architecture_maps_sequences_to_predictions(architecture, length):
    y = architecture(length)(torch.randn(4, length, 1))
    assert (y.shape, y.dtype) == ((4, 1), torch.float32)
    assert y.isfinite().all()


def test_initial_weights_depend_only_on_torchs_generator(architecture):
    def weights():
        torch.manual_seed(8)
        return architecture(6).state_dict()

    first, second = weights(), weights()
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_every_architecture_can_learn(architecture):
    torch.manual_seed(0)
    model = architecture(6)
    model(torch.randn(8, 6, 1)).square().mean().backward()
    assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())
