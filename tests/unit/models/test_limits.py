"""What architectures can and cannot depend on, regardless of their weights."""

import pytest
import torch

from recall_horizon.contract import Shape
from recall_horizon.models._single_query import SingleQueryAttention
from recall_horizon.models.attention import Attention
from recall_horizon.models.feedforward import Feedforward
from recall_horizon.models.lstm_attention import LSTMAttention
from recall_horizon.models.transformer import Transformer
from recall_horizon.models.window import Window


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def touched(model, x):
    """Which positions of x the predictions depend on."""
    x = x.clone().requires_grad_()
    model(x).sum().backward()
    return (x.grad[..., 0].abs().sum(dim=0) > 0).tolist()


def test_a_window_sees_the_last_k_elements_and_no_other():
    assert touched(Window(Shape(12), k=10), torch.randn(50, 12, 1)) == [False] * 2 + [True] * 10
    assert touched(Window(Shape(3), k=10), torch.randn(50, 3, 1)) == [True] * 3


def test_feedforward_ignores_the_order():
    model, x = Feedforward(Shape(7)), torch.randn(4, 7, 1)
    torch.testing.assert_close(model(x), model(x.flip(1)))


@pytest.mark.parametrize("architecture", [Attention, Transformer])
def test_without_positions_the_order_before_the_last_element_is_ignored(architecture):
    x = torch.randn(4, 7, 1)
    mixed = torch.cat([x[:, :-1].flip(1), x[:, -1:]], dim=1)
    blind, seeing = architecture(Shape(7), positions="none"), architecture(Shape(7))
    torch.testing.assert_close(blind(x), blind(mixed))
    assert not torch.allclose(seeing(x), seeing(mixed), atol=1e-4)


@pytest.mark.parametrize("architecture", [Attention, Transformer, LSTMAttention])
def test_attention_reaches_every_element_of_a_long_sequence(architecture):
    assert all(touched(architecture(Shape(100)), torch.randn(8, 100, 1)))


def test_a_transformer_equals_the_last_output_of_torchs_encoder_layer():
    """Computing only the last query changes nothing."""
    model, x = (
        Transformer(Shape(9), hidden_size=8, heads=2, feedforward_size=16),
        torch.randn(5, 9, 1),
    )
    layer = torch.nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)
    for parameter in layer.self_attn.parameters():
        torch.nn.init.normal_(parameter)
    model.attention = SingleQueryAttention.from_torch(layer.self_attn)
    layer.norm1.load_state_dict(model.attention_norm.state_dict())
    layer.norm2.load_state_dict(model.feedforward_norm.state_dict())
    layer.linear1.load_state_dict(model.feedforward[0].state_dict())
    layer.linear2.load_state_dict(model.feedforward[2].state_dict())
    whole = layer(model.positions(model.embedding(x)))
    torch.testing.assert_close(model(x), model.readout(whole[:, -1]))


def test_learned_positions_start_small_so_that_no_position_is_preferred():
    for architecture in (Attention, Transformer):
        assert 0 < architecture(Shape(50)).positions.vectors.std() < 0.05
