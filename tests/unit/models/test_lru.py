import math

import numpy as np
import pytest
import torch

from recall_horizon.contract import Shape, View
from recall_horizon.data.tasks.first_element import FirstElement
from recall_horizon.models._linear_recurrence import linear_recurrence
from recall_horizon.models.lru import LRU, normalisation, of_inputs, of_states, on_a_ring


def test_a_block_is_the_papers_formula():
    torch.manual_seed(0)
    model = LRU(Shape(9), hidden_size=4, states=6)
    block, x = model.blocks[0], torch.randn(2, 9, 4)
    u, h, ys = block.norm(x), torch.zeros(2, 6, dtype=torch.complex64), []
    b, c = torch.view_as_complex(block.b), torch.view_as_complex(block.c)
    lam = torch.exp(-torch.exp(block.nu) + 1j * torch.exp(block.theta))
    for step in range(9):
        h = lam * h + torch.exp(block.gamma) * (u[:, step].to(b.dtype) @ b.T)
        ys.append((h @ c.T).real + block.d * u[:, step])
    gated = torch.nn.functional.glu(block.gates(torch.nn.functional.gelu(torch.stack(ys, 1))))
    torch.testing.assert_close(block(x), x + gated)


def test_eigenvalues_start_on_the_ring_and_never_leave_the_unit_circle():
    torch.manual_seed(0)
    block = LRU(Shape(9), states=2000, r_min=0.6, r_max=0.8, max_phase=1.0).blocks[0]
    start = block.eigenvalues().detach()
    assert 0.6 <= start.abs().min() < 0.61
    assert 0.79 < start.abs().max() <= 0.8 + 1e-6
    assert start.angle().min() > 0
    assert 0.95 < start.angle().max() <= 1.0
    with torch.no_grad():
        block.nu -= 3  # as far as training may go
    assert block.eigenvalues().abs().max() < 1


def test_radii_are_uniform_in_area():
    torch.manual_seed(0)
    radius, _ = on_a_ring(20_000, 0.2, 0.9, 1.0)
    assert (radius**2).mean() == pytest.approx((0.2**2 + 0.9**2) / 2, abs=0.01)


def test_states_of_white_noise_have_its_variance():
    torch.manual_seed(0)
    radius = torch.tensor([0.5, 0.9, 0.99])
    driven = normalisation(radius) * torch.randn(2000, 1000, 3)
    last = linear_recurrence(radius, driven)[:, -1]
    torch.testing.assert_close(last.var(dim=0), torch.ones(3), rtol=0.1, atol=0)


def test_input_and_output_matrices_are_those_of_the_papers_code():
    """Appendix A: each part of B is normal / √(2 · size), each part of C normal / √states."""
    torch.manual_seed(0)
    b, c = of_inputs(400, 300), of_states(300, 400)
    assert (b.shape, c.shape) == ((400, 300, 2), (300, 400, 2))
    assert b.std().item() == pytest.approx(600**-0.5, rel=0.01)
    assert c.std().item() == pytest.approx(400**-0.5, rel=0.01)


def test_input_and_output_matrices_preserve_variance():
    """Of states alone the real part of C h is kept, which has half of its variance."""
    torch.manual_seed(0)
    b, c = map(torch.view_as_complex, (of_inputs(400, 300), of_states(300, 400)))
    h = b @ torch.randn(300, 500).to(b.dtype)
    assert h.abs().square().mean().item() == pytest.approx(1, abs=0.03)
    assert (c @ h).real.square().mean().item() == pytest.approx(1, abs=0.03)


def test_a_ring_without_width_is_refused():
    with pytest.raises(ValueError, match=r"r_min \(0.9\) should be less than r_max \(0.5\)"):
        LRU(Shape(5), r_min=0.9, r_max=0.5)


def test_its_state_is_two_numbers_for_each_complex_one():
    assert LRU(Shape(5), states=8, layers=2).state_size == 32
    assert math.isclose(normalisation(torch.tensor(0.6)).item(), 0.8, rel_tol=1e-6)


def linear(steps, **options):
    return LRU(Shape(steps), hidden_size=4, states=6, nonlinear=False, **options)


def test_without_nonlinearities_a_block_is_its_recurrence_alone():
    torch.manual_seed(0)
    whole, alone = LRU(Shape(9), 4, 6).blocks[0], linear(9).blocks[0]
    extra = {"norm.weight", "norm.bias", "gates.weight", "gates.bias"}
    assert whole.state_dict().keys() - alone.state_dict().keys() == extra
    alone.load_state_dict(whole.state_dict(), strict=False)
    x = torch.randn(2, 9, 4)
    y = alone(whole.norm(x))
    gated = torch.nn.functional.glu(whole.gates(torch.nn.functional.gelu(y)))
    torch.testing.assert_close(whole(x), x + gated)


@pytest.mark.parametrize("layers", [1, 3])
def test_without_nonlinearities_weights_depend_on_the_distance_to_the_end_alone(layers):
    """It is affine: its gradient is the same everywhere, and at every length."""
    torch.manual_seed(0)
    model = linear(9, layers=layers).double()
    assert model.view == View(time_invariant=True)

    def weights(x):
        return torch.autograd.grad(model(x).sum(), x)[0].squeeze()

    blank, some, longer = (
        make(1, steps, 1, dtype=torch.float64, requires_grad=True)
        for make, steps in ((torch.zeros, 9), (torch.randn, 9), (torch.randn, 30))
    )
    torch.testing.assert_close(weights(some), weights(blank))
    torch.testing.assert_close(weights(longer)[-9:], weights(blank))


def test_with_nonlinearities_no_such_limit_is_claimed():
    assert LRU(Shape(9)).view == View()


def test_trained_on_several_lengths_it_comes_near_the_exact_limit_and_not_above():
    torch.manual_seed(0)
    rng, lengths = np.random.default_rng(0), (2, 4, 8)
    ring = {"r_min": 0.0, "r_max": 1.0, "max_phase": 3.0}
    model = LRU(Shape(8), hidden_size=4, states=12, nonlinear=False, **ring)
    adam = torch.optim.Adam(model.parameters(), 0.02)
    limit = FirstElement(1).mean_ceiling(model.view, lengths)
    assert limit == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    tests = {t: [*map(torch.from_numpy, FirstElement(t).draw(rng, 20_000))] for t in lengths}

    def score(length, x, y):
        return 1 - (model(x) - y).square().mean() / FirstElement(length).chance

    scores = []
    for step in range(201):
        if step % 100 == 0:
            with torch.no_grad():
                scores.append(sum(score(t, *tests[t]).item() for t in lengths) / 3)
        adam.zero_grad()
        drawn = {t: map(torch.from_numpy, FirstElement(t).draw(rng, 200)) for t in lengths}
        (-sum(score(t, *drawn[t]) for t in lengths)).backward()
        adam.step()
    assert max(scores) < limit + 0.01  # the sampling error of 60,000 squares is 0.005 at most
    assert scores[-1] > limit - 0.03
