"""A transformer of one query, and learned positions as they start."""

import torch

from recall_horizon.contract import Shape
from recall_horizon.models._single_query import SingleQueryAttention
from recall_horizon.models.attention import Attention
from recall_horizon.models.transformer import Transformer


def test_a_transformer_equals_the_last_output_of_torchs_encoder_layer():
    """Computing only the last query changes nothing."""
    torch.manual_seed(0)
    model = Transformer(Shape(9), hidden_size=8, heads=2, feedforward_size=16)
    x = torch.randn(5, 9, 1)
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
