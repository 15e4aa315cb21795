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
