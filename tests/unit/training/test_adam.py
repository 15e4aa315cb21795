import copy

import pytest
import torch

from recall_horizon.training.adam import Adam


@pytest.mark.parametrize("learning_rate", [0.01, 3.0])
def test_it_gives_the_same_bits_as_torchs_adam(learning_rate):
    torch.manual_seed(0)
    ours = torch.nn.LSTM(1, 5)
    theirs = copy.deepcopy(ours)
    adam = Adam(ours.parameters(), learning_rate)
    reference = torch.optim.Adam(theirs.parameters(), lr=learning_rate)
    for _ in range(300):
        x = torch.randn(4, 3, 1)
        for model, optimiser in ((ours, adam), (theirs, reference)):
            optimiser.zero_grad()
            model(x)[0].square().sum().backward()
            optimiser.step()
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(one, other)


def test_the_first_step_has_the_size_of_the_learning_rate():
    """m / √v is at first the gradient's sign, regardless of its size."""
    parameter = torch.nn.Parameter(torch.tensor([1.0, 1.0]))
    adam = Adam([parameter], 0.1)
    parameter.grad = torch.tensor([1e-3, -1e3])
    adam.step()
    torch.testing.assert_close(parameter.detach(), torch.tensor([0.9, 1.1]), atol=1e-5, rtol=0)


def test_a_parameter_without_a_gradient_does_not_change():
    used, unused = (torch.nn.Parameter(torch.ones(2)) for _ in range(2))
    adam = Adam([unused, used], 0.1)
    used.square().sum().backward()
    adam.step()
    assert torch.equal(unused, torch.ones(2))
    assert (used < 1).all()


def test_a_parameter_used_late_is_updated_as_by_torchs_adam():
    """Each parameter counts its own steps."""
    ours, theirs = ([torch.nn.Parameter(torch.ones(2)) for _ in range(2)] for _ in range(2))
    for optimiser, (always, late) in (
        (Adam(ours, 0.1), ours),
        (torch.optim.Adam(theirs, lr=0.1), theirs),
    ):
        for step in range(5):
            optimiser.zero_grad()
            (always.square().sum() + (late.square().sum() if step > 2 else 0)).backward()
            optimiser.step()
    assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_a_frozen_parameter_does_not_change():
    frozen = torch.nn.Parameter(torch.ones(2), requires_grad=False)
    adam = Adam([frozen], 0.1)
    frozen.grad = torch.ones(2)
    adam.step()
    assert torch.equal(frozen, torch.ones(2))


def test_gradients_are_cleared():
    parameter = torch.nn.Parameter(torch.ones(2))
    adam = Adam([parameter], 0.1)
    parameter.sum().backward()
    adam.zero_grad()
    assert parameter.grad is None
