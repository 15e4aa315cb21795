import numpy as np
import pytest
import torch
from torch import nn

from recall_horizon.analysis.probes import sensitivity
from recall_horizon.contract import NOT_ASKED, Shape
from recall_horizon.models.feedforward import Feedforward
from recall_horizon.models.lstm import LSTM
from recall_horizon.models.window import Window

NUMBERS = torch.zeros(1)  # targets that are numbers do not matter


class Weighted(nn.Module):
    """ŷ = Σ_t a_t x_t, whose sensitivity to x_t is |a_t| for every sequence."""

    def __init__(self, weights):
        super().__init__()
        self.weights = nn.Parameter(torch.tensor(weights))

    def forward(self, x):
        return x[..., 0] @ self.weights[:, None]


def test_the_sensitivity_of_a_weighted_sum_is_its_weights():
    x = torch.randn(20, 4, 1)
    found = sensitivity(Weighted([3.0, -0.5, 0.0, 2.0]), x, NUMBERS)
    assert found.tolist() == pytest.approx([3.0, 0.5, 0.0, 2.0])


def test_it_is_the_mean_over_sequences_of_the_gradients_size():
    torch.manual_seed(0)
    model, x = LSTM(Shape(6), hidden_size=4), torch.randn(3, 6, 1)
    step = 1e-3
    slopes = np.zeros((3, 6))
    for t in range(6):
        up, down = x.clone(), x.clone()
        up[:, t] += step
        down[:, t] -= step
        slopes[:, t] = (model(up) - model(down)).detach().numpy()[:, 0] / (2 * step)
    np.testing.assert_allclose(
        sensitivity(model, x, NUMBERS), np.abs(slopes).mean(axis=0), atol=1e-3
    )


def test_what_a_window_does_not_see_has_none():
    found = sensitivity(Window(Shape(12), k=10), torch.randn(30, 12, 1), NUMBERS)
    assert (found[:2] == 0).all()
    assert (found[2:] > 0).all()


def test_a_model_that_ignores_order_is_equally_sensitive_to_all_positions():
    torch.manual_seed(0)
    found = sensitivity(Feedforward(Shape(5)), torch.randn(4000, 5, 1), NUMBERS)
    np.testing.assert_allclose(found, found.mean(), rtol=0.05)


def test_an_untrained_lstm_is_hardly_sensitive_to_a_distant_first_element():
    torch.manual_seed(0)
    found = sensitivity(LSTM(Shape(50)), torch.randn(100, 50, 1), NUMBERS)
    assert found[0] / found[-1] < 1e-6
    torch.manual_seed(0)
    kept = sensitivity(LSTM(Shape(50), forget_bias="chrono"), torch.randn(100, 50, 1), NUMBERS)
    assert kept[0] / kept[-1] > 1e-4


def test_a_prediction_that_depends_on_nothing_has_none():
    class Constant(nn.Module):
        def __init__(self):
            super().__init__()
            self.value = nn.Parameter(torch.ones(1, 1))

        def forward(self, x):
            return self.value.expand(len(x), 1)

    assert sensitivity(Constant(), torch.randn(3, 4, 1), NUMBERS).tolist() == [0.0] * 4


def test_of_classes_it_is_that_of_the_right_ones_logit():
    """Of several answers they are added up, and so are the features of a step."""
    torch.manual_seed(0)
    weights = torch.randn(2, 3, 4, 5)  # answer, class, step, feature

    class Linear(nn.Module):
        def forward(self, x):
            return torch.einsum("acsf,nsf->nac", weights, x)

    y = torch.tensor([[2, 0], [1, 1]])
    found = sensitivity(Linear(), torch.randn(2, 4, 5), y)
    slopes = [(weights[0, a] + weights[1, b]).abs().sum(dim=-1) for a, b in y.tolist()]
    assert found.tolist() == pytest.approx(torch.stack(slopes).mean(dim=0).tolist(), rel=1e-5)
    y[0, 1] = y[1, 0] = NOT_ASKED  # counts for nothing
    found = sensitivity(Linear(), torch.randn(2, 4, 5), y)
    slopes = [weights[0, 2].abs().sum(dim=-1), weights[1, 1].abs().sum(dim=-1)]
    assert found.tolist() == pytest.approx(torch.stack(slopes).mean(dim=0).tolist(), rel=1e-5)
