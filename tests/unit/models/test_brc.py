import pytest
import torch

from recall_horizon.contract import Shape
from recall_horizon.models.brc import BRC

BOTH = pytest.mark.parametrize("neuromodulated", [False, True])


def step_by_step(model, x):
    """The paper's formulas, with the biases of the authors' code."""
    u_a, u_c, u = model.inputs.weight.chunk(3)
    (w_a, w_c), (b_a, b_c) = model.own, model.bias
    h, states = torch.zeros(len(x), len(u), dtype=x.dtype), []
    for x_t in x.unbind(dim=1):
        of_a, of_c = (h @ w.T if w.ndim == 2 else w * h for w in (w_a, w_c))
        a = 1 + torch.tanh(x_t @ u_a.T + of_a + b_a)
        c = torch.sigmoid(x_t @ u_c.T + of_c + b_c)
        h = c * h + (1 - c) * torch.tanh(x_t @ u.T + a * h)
        states.append(h)
    return torch.stack(states, dim=1)


@BOTH
@pytest.mark.parametrize("answers", [1, 4])
def test_it_is_the_papers_formula(neuromodulated, answers):
    torch.manual_seed(0)
    model = BRC(Shape(30, 2, 3, answers), 6, neuromodulated).double()
    torch.nn.init.normal_(model.own)
    torch.nn.init.normal_(model.bias)
    x = torch.randn(5, 30, 2, dtype=torch.float64)
    expected = model.readout(step_by_step(model, x)[:, -answers:])
    expected = expected if answers > 1 else expected[:, 0]
    torch.testing.assert_close(model(x), expected, rtol=1e-9, atol=1e-10)
    gradients = [torch.autograd.grad(y.sum(), [*model.parameters()]) for y in (model(x), expected)]
    for found, wanted in zip(*gradients, strict=True):
        torch.testing.assert_close(found, wanted, rtol=1e-9, atol=1e-10)


@BOTH
def test_weights_start_as_in_the_authors_code(neuromodulated):
    torch.manual_seed(0)
    model = BRC(Shape(9, features=30), 50, neuromodulated)
    for matrix in model.inputs.weight.chunk(3):
        assert matrix.abs().max().item() == pytest.approx((6 / (30 + 50)) ** 0.5, rel=0.01)
    if neuromodulated:
        assert model.own.abs().amax((1, 2)).tolist() == pytest.approx([0.06**0.5] * 2, rel=0.01)
    else:
        assert (model.own == 1).all()
    assert not model.bias.any()


@pytest.mark.parametrize(("bias", "keeps"), [(1.0, True), (-1.0, False)])
def test_without_an_input_a_unit_keeps_its_sign_where_a_exceeds_1(bias, keeps):
    model = BRC(Shape(200), hidden_size=1)
    with torch.no_grad():
        model.inputs.weight.copy_(torch.tensor([[0.0], [0.0], [1.0]]))
        model.own.zero_()
        model.bias[0] = bias
        model.readout.weight.fill_(1)
        model.readout.bias.zero_()
    x = torch.zeros(2, 200, 1)
    x[:, 0, 0] = torch.tensor([3.0, -3.0])
    up, down = model(x).squeeze()
    assert (up > 0.5) == (down < -0.5) == keeps
    assert keeps or max(up.abs(), down.abs()) < 1e-3


@BOTH
def test_only_in_the_neuromodulated_cell_a_unit_sees_the_others(neuromodulated):
    torch.manual_seed(0)
    model, x = BRC(Shape(9), 4, neuromodulated), torch.randn(3, 9, 1)
    before = step_by_step(model, x)
    with torch.no_grad():
        model.inputs.weight[0] += 1  # U_a of the first unit
    changed = (step_by_step(model, x) - before).abs().amax(dim=(0, 1)) > 1e-6
    assert changed.tolist() == [True, *[neuromodulated] * 3]


@BOTH
def test_its_state_is_the_hidden_state(neuromodulated):
    assert BRC(Shape(5), 7, neuromodulated).state_size == 7
