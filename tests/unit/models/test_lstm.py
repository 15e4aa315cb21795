import numpy as np
import torch

from recall_horizon.contract import Shape
from recall_horizon.models.lstm import LSTM


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def recursion(weights, x):
    """An LSTM written out: gates in the order input, forget, cell, output."""
    w = {name: tensor.double().numpy() for name, tensor in weights.items()}
    hidden_size = w["layer.weight_hh_l0"].shape[1]
    h = c = np.zeros((len(x), hidden_size))
    for t in range(x.shape[1]):
        gates = (
            x[:, t] @ w["layer.weight_ih_l0"].T
            + w["layer.bias_ih_l0"]
            + h @ w["layer.weight_hh_l0"].T
            + w["layer.bias_hh_l0"]
        )
        i, f, g, o = np.split(gates, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
    return h @ w["readout.weight"].T + w["readout.bias"]


def test_the_output_is_the_recursion_written_out():
    torch.manual_seed(0)
    model = LSTM(Shape(20), hidden_size=6, forget_bias=1.5)
    x = torch.randn(5, 20, 1)
    expected = recursion(model.state_dict(), x.double().numpy())
    np.testing.assert_allclose(model(x).detach().numpy(), expected, atol=1e-5)


def test_the_forget_bias_is_the_one_in_effect():
    model = LSTM(Shape(5), hidden_size=3, forget_bias=2.5)
    both = model.layer.bias_ih_l0 + model.layer.bias_hh_l0
    assert both[3:6].tolist() == [2.5] * 3
    assert all(abs(bias) <= 2 / 3**0.5 for bias in [*both[:3].tolist(), *both[6:].tolist()])


def test_the_forget_bias_changes_nothing_else():
    def weights(bias):
        torch.manual_seed(3)
        return LSTM(Shape(5), hidden_size=3, forget_bias=bias).state_dict()

    plain, biased = weights(None), weights(1.0)
    others = torch.tensor([0, 1, 2, 6, 7, 8, 9, 10, 11])
    for name, tensor in plain.items():
        kept = others if "bias_" in name else slice(None)
        assert torch.equal(tensor[kept], biased[name][kept])


def test_without_a_forget_bias_the_initial_weights_are_those_of_torch():
    torch.manual_seed(3)
    model = LSTM(Shape(5), hidden_size=3)
    torch.manual_seed(3)
    for expected, part in (
        (torch.nn.LSTM(1, 3, batch_first=True), model.layer),
        (torch.nn.Linear(3, 1), model.readout),
    ):
        for name, tensor in expected.state_dict().items():
            assert torch.equal(part.state_dict()[name], tensor)


def test_every_weight_learns():
    model = LSTM(Shape(4), hidden_size=3, forget_bias=1.0)
    model(torch.randn(6, 4, 1)).square().mean().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())
