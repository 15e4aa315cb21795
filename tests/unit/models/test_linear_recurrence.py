import pytest
import torch

from recall_horizon.models._linear_recurrence import linear_recurrence


def step_by_step(kept, driven):
    hidden, states = torch.zeros_like(driven[:, 0]), []
    for keep, each in zip(kept.expand_as(driven).unbind(1), driven.unbind(1), strict=True):
        hidden = keep * hidden + each
        states.append(hidden)
    return torch.stack(states, dim=1)


@pytest.mark.parametrize("dtype", [torch.float64, torch.complex128])
@pytest.mark.parametrize("shape", [(5,), (3, 1, 5), (3, 7, 5)], ids=["size", "batch", "steps"])
def test_states_and_gradients_are_those_of_the_loop(dtype, shape):
    torch.manual_seed(0)
    kept = torch.rand(shape, dtype=dtype).requires_grad_()
    driven = torch.randn(3, 7, 5, dtype=dtype).requires_grad_()
    weights = torch.randn(3, 7, 5, dtype=dtype)
    results = []
    for form in (linear_recurrence, step_by_step):
        states = form(kept, driven)
        (states * weights).sum().abs().backward()
        results.append((states.detach(), kept.grad, driven.grad))
        kept.grad = driven.grad = None
    for ours, theirs in zip(*results, strict=True):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("steps", [1, 2])
@pytest.mark.parametrize("dtype", [torch.float64, torch.complex128])
def test_gradients_are_those_of_finite_differences(steps, dtype):
    torch.manual_seed(0)
    kept, driven = (torch.randn(2, steps, 3, dtype=dtype).requires_grad_() for _ in range(2))
    assert torch.autograd.gradcheck(linear_recurrence, (kept, driven))


def test_a_second_derivative_is_refused():
    kept, driven = (torch.rand(1, 4, 2).requires_grad_() for _ in range(2))
    states = linear_recurrence(kept, driven)
    (first,) = torch.autograd.grad(states.square().sum(), driven, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        first.sum().backward()
