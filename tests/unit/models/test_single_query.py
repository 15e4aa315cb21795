"""Attention with a single query gives the same as torch's own layers."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from recall_horizon.contract import Shape
from recall_horizon.models._single_query import SingleQueryAttention
from recall_horizon.models.transformer import Transformer


@given(
    st.integers(1, 5), st.integers(1, 4), st.integers(1, 12), st.integers(1, 5), st.integers(0, 99)
)
@settings(deadline=None, max_examples=60, derandomize=True)
def test_it_is_multi_head_attention_of_one_query(heads, head_size, length, batch, seed):
    """The same outputs, and the same gradients of the inputs and of all weights."""
    torch.manual_seed(seed)
    layer = nn.MultiheadAttention(heads * head_size, heads, batch_first=True)
    for parameter in layer.parameters():
        nn.init.normal_(parameter)
    attention = SingleQueryAttention.from_torch(layer).double()
    layer = layer.double()
    asking = torch.randn(batch, heads * head_size).double()
    elements = torch.randn(batch, length, heads * head_size).double()

    def answers_and_gradients(answer, parameters):
        inputs = [asking.clone().requires_grad_(), elements.clone().requires_grad_()]
        answers = answer(*inputs)
        answers.square().sum().backward()
        return [answers, *(tensor.grad for tensor in [*inputs, *parameters])]

    answers, *of_inputs, weight, bias, output_weight, output_bias = answers_and_gradients(
        lambda one, all_: layer(one[:, None], all_, all_)[0][:, 0],
        [layer.in_proj_weight, layer.in_proj_bias, *layer.out_proj.parameters()],
    )
    query, key, value = weight.chunk(3)
    query_bias, key_bias, value_bias = bias.chunk(3)
    expected = [answers, *of_inputs, query, query_bias, key, value, value_bias]
    actual = answers_and_gradients(attention, attention.parameters())
    torch.testing.assert_close(actual, [*expected, output_weight, output_bias])
    torch.testing.assert_close(key_bias, torch.zeros_like(key_bias), atol=1e-9, rtol=0)


def test_one_query_gives_the_same_as_scaled_dot_product_attention():
    torch.manual_seed(0)
    attention = SingleQueryAttention(8)
    asking, elements = torch.randn(5, 8), torch.randn(5, 9, 8)
    query = attention.query(asking[:, None])
    key, value = attention.key(elements), attention.value(elements)
    expected = scaled_dot_product_attention(query, key, value)
    torch.testing.assert_close(attention(asking, elements), expected[:, 0])


def test_a_transformer_starts_from_the_initial_weights_of_torchs_layers():
    torch.manual_seed(3)
    model = Transformer(Shape(7), hidden_size=8, heads=2, feedforward_size=16, positions="none")
    torch.manual_seed(3)
    embedding, layer = nn.Linear(1, 8), nn.MultiheadAttention(8, 2)
    others = {
        "embedding": embedding,
        "attention_norm": nn.LayerNorm(8),
        "feedforward.0": nn.Linear(8, 16),
        "feedforward.2": nn.Linear(16, 8),
        "feedforward_norm": nn.LayerNorm(8),
        "readout": nn.Linear(8, 1),
    }
    expected = {
        "attention.query.weight": layer.in_proj_weight[:8],
        "attention.query.bias": layer.in_proj_bias[:8],
        "attention.key.weight": layer.in_proj_weight[8:16],
        "attention.value.weight": layer.in_proj_weight[16:],
        "attention.value.bias": layer.in_proj_bias[16:],
        "attention.output.weight": layer.out_proj.weight,
        "attention.output.bias": layer.out_proj.bias,
    }
    for name, part in others.items():
        expected |= {f"{name}.{weight}": tensor for weight, tensor in part.state_dict().items()}
    assert model.state_dict().keys() == expected.keys()
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, expected[name]), name


def test_a_transformer_equals_the_last_output_of_torchs_encoder_layer():
    """Computing only the last query changes nothing."""
    torch.manual_seed(0)
    model = Transformer(Shape(9), hidden_size=8, heads=2, feedforward_size=16)
    x = torch.randn(5, 9, 1)
    layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)
    for parameter in layer.self_attn.parameters():
        nn.init.normal_(parameter)
    model.attention = SingleQueryAttention.from_torch(layer.self_attn)
    layer.norm1.load_state_dict(model.attention_norm.state_dict())
    layer.norm2.load_state_dict(model.feedforward_norm.state_dict())
    layer.linear1.load_state_dict(model.feedforward[0].state_dict())
    layer.linear2.load_state_dict(model.feedforward[2].state_dict())
    whole = layer(model.positions(model.embedding(x)))
    torch.testing.assert_close(model(x), model.readout(whole[:, -1]))
