"""The initial recurrent weights: effective biases of gates, orthogonality."""

import numpy as np
import pytest
import torch

from recall_horizon.contract import Shape
from recall_horizon.models.gru import GRU
from recall_horizon.models.lstm import LSTM
from recall_horizon.models.rnn import RNN

HIDDEN = 64


def gates(model):
    """The effective bias of each gate: PyTorch adds two vectors, in the order i, f, g, o."""
    both = (model.layer.bias_ih_l0 + model.layer.bias_hh_l0).detach().numpy()
    return dict(zip("ifgo", both.reshape(4, -1), strict=True))


def test_chrono_spreads_forget_biases_over_all_durations_up_to_t_max():
    torch.manual_seed(0)
    bias = gates(LSTM(Shape(100), hidden_size=2000, forget_bias="chrono"))
    durations = np.exp(bias["f"])
    assert durations.min() >= 1 - 1e-5
    assert durations.max() <= 99 + 1e-3
    assert durations.mean() == pytest.approx(50, abs=2)  # U(1, 99)
    np.testing.assert_allclose(bias["i"], -bias["f"], atol=1e-6)


@pytest.mark.parametrize(
    ("options", "t_max"), [({}, 40), ({"t_max": 400}, 400), ({"t_max_factor": 0.25}, 10)]
)
def test_t_max_is_the_length_by_default(options, t_max):
    torch.manual_seed(0)
    bias = gates(LSTM(Shape(40), hidden_size=2000, forget_bias="chrono", **options))
    assert np.exp(bias["f"]).max() == pytest.approx(t_max - 1, rel=0.02)


def test_chrono_has_nothing_to_spread_over_a_step_or_two():
    assert np.abs(gates(LSTM(Shape(2), forget_bias="chrono"))["f"]).max() == 0


@pytest.mark.parametrize(("architecture", "count"), [(RNN, 1), (GRU, 3), (LSTM, 4)])
def test_recurrent_weights_are_orthogonal_gate_by_gate(architecture, count):
    torch.manual_seed(0)
    layer = architecture(Shape(5), hidden_size=HIDDEN, orthogonal=True).layer
    for gate in layer.weight_hh_l0.detach().reshape(count, HIDDEN, HIDDEN):
        torch.testing.assert_close(gate @ gate.T, torch.eye(HIDDEN), atol=1e-4, rtol=0)
