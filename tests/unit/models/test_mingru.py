import pytest
import torch

from recall_horizon.contract import Shape
from recall_horizon.models.mingru import MinGRU


def step_by_step(model, x):
    """The paper's formulas, one step after the other."""
    for layer in model.layers:
        hidden, states = torch.zeros(len(x), layer.out_features // 2), []
        for inputs in x.unbind(dim=1):
            gate, candidate = layer(inputs).chunk(2, dim=-1)
            z = torch.sigmoid(gate)
            g = torch.where(candidate >= 0, candidate + 0.5, torch.sigmoid(candidate))
            hidden = (1 - z) * hidden + z * g
            states.append(hidden)
        x = torch.stack(states, dim=1)
    return x


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("answers", [1, 3])
def test_its_states_are_those_of_the_papers_formulas(layers, answers):
    torch.manual_seed(0)
    model = MinGRU(Shape(50, features=2, outputs=4, answers=answers), 8, layers=layers)
    x = 3 * torch.randn(6, 50, 2)
    states = step_by_step(model, x)[:, -answers:]
    expected = model.readout(states if answers > 1 else states[:, 0])
    torch.testing.assert_close(model(x), expected)


def test_gradients_are_finite_where_gates_are_shut():
    torch.manual_seed(0)
    model, x = MinGRU(Shape(200)), 50 * torch.randn(4, 200, 1)
    model(x).sum().backward()
    assert all(torch.isfinite(parameter.grad).all() for parameter in model.parameters())


def test_its_state_is_the_hidden_state_of_each_layer():
    assert MinGRU(Shape(5), hidden_size=7, layers=3).state_size == 21
