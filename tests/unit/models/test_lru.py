import math

import pytest
import torch

from recall_horizon.contract import Shape
from recall_horizon.models.lru import LRU, glorot, normalisation, on_a_ring, recurrence


@pytest.mark.parametrize("steps", [1, 2, 7, 64, 100])
def test_the_parallel_form_is_the_step_by_step_one(steps):
    torch.manual_seed(0)
    eigenvalues = torch.polar(torch.rand(5), 6 * torch.rand(5))
    driven = torch.randn(3, steps, 5, dtype=torch.complex64)
    hidden, states = torch.zeros(3, 5, dtype=torch.complex64), []
    for each in driven.unbind(dim=1):
        hidden = eigenvalues * hidden + each
        states.append(hidden)
    torch.testing.assert_close(recurrence(eigenvalues, driven), torch.stack(states, dim=1))


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
    last = recurrence(radius, driven)[:, -1]
    torch.testing.assert_close(last.var(dim=0), torch.ones(3), rtol=0.1, atol=0)


def test_a_complex_matrix_preserves_variance():
    torch.manual_seed(0)
    matrix = torch.view_as_complex(glorot(400, 300))
    assert (matrix @ torch.randn(300).to(matrix.dtype)).abs().square().mean() == pytest.approx(
        1, abs=0.2
    )


def test_several_answers_are_read_from_the_last_steps():
    torch.manual_seed(0)
    shape = Shape(12, features=3, outputs=5, answers=4)
    assert LRU(shape, layers=2)(torch.randn(2, 12, 3)).shape == (2, 4, 5)


def test_a_ring_without_width_is_refused():
    with pytest.raises(ValueError, match=r"r_min \(0.9\) should be less than r_max \(0.5\)"):
        LRU(Shape(5), r_min=0.9, r_max=0.5)


def test_its_state_is_two_numbers_for_each_complex_one():
    assert LRU(Shape(5), states=8, layers=2).state_size == 32
    assert math.isclose(normalisation(torch.tensor(0.6)).item(), 0.8, rel_tol=1e-6)
