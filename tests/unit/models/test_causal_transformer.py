import math

import pytest
import torch

from recall_horizon.contract import Shape, View
from recall_horizon.models.causal_transformer import CausalTransformer


def attended(layer, x, heads):
    """Causal self-attention from its formula, one head and step at a time."""
    query, key, value = (f(x).chunk(heads, dim=1) for f in (layer.query, layer.key, layer.value))
    steps = []
    for t in range(len(x)):
        of_heads = []
        for q, k, v in zip(query, key, value, strict=True):
            scores = torch.stack([q[t] @ k[i] / math.sqrt(len(q[t])) for i in range(t + 1)])
            shares = scores.exp() / scores.exp().sum()
            of_heads.append(sum(shares[i] * v[i] for i in range(t + 1)))
        steps.append(torch.cat(of_heads))
    return layer.output(torch.stack(steps))


def by_formula(model, x, heads):
    """The whole network for one sequence; positions are learned."""
    x = model.embedding(x) + model.positions.vectors[: len(x)]
    for layer in model.layers:
        x = x + attended(layer, layer.attention_norm(x), heads)
        widen, _, narrow = layer.feedforward
        wide = widen(layer.feedforward_norm(x))
        x = x + narrow(wide * (1 + torch.erf(wide / math.sqrt(2))) / 2)
    return model.readout(model.norm(x))


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("answers", [1, 3, 12])
def test_it_is_the_formula(layers, answers):
    torch.manual_seed(0)
    model = CausalTransformer(Shape(12, 3, 2, answers), 8, 2, layers=layers).double()
    x = torch.randn(4, 12, 3, dtype=torch.float64)
    expected = torch.stack([by_formula(model, sequence, 2) for sequence in x])[:, -answers:]
    expected = expected if answers > 1 else expected[:, 0]
    torch.testing.assert_close(model(x), expected, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("positions", ["learned", "sinusoidal", "none"])
def test_each_answer_is_that_for_the_sequence_that_ends_with_its_step(positions):
    torch.manual_seed(0)
    several, one = (CausalTransformer(Shape(9, answers=n), positions=positions) for n in (9, 1))
    one.load_state_dict(several.state_dict())
    x = torch.randn(4, 9, 1)
    expected = [one(x[:, : step + 1]) for step in range(9)]
    torch.testing.assert_close(several(x), torch.stack(expected, dim=1))


def test_one_layer_without_positions_does_not_know_the_order_before_a_step_that_it_answers():
    torch.manual_seed(0)
    model = CausalTransformer(Shape(9, answers=3), layers=1, positions="none").double()
    assert model.view == View(order="last")
    x = torch.randn(4, 9, 1, dtype=torch.float64)
    first, second, third = model(x).unbind(dim=1)
    before_first, before_last = x.clone(), x.clone()
    before_first[:, :6] = x[:, :6].flip(1)
    before_last[:, :8] = x[:, :8].flip(1)
    torch.testing.assert_close(model(before_first), model(x))
    changed = model(before_last)
    torch.testing.assert_close(changed[:, 2], third)
    assert not torch.allclose(changed[:, 0], first, atol=1e-4)
    assert not torch.allclose(changed[:, 1], second, atol=1e-4)


def test_elements_and_learned_positions_start_at_the_same_scale():
    torch.manual_seed(0)
    model = CausalTransformer(Shape(200, features=40))
    for weights in (model.embedding.weight, model.positions.vectors):
        assert weights.std().item() == pytest.approx(1, abs=0.05)


def test_its_state_is_the_keys_and_values_of_each_layer():
    model, x = CausalTransformer(Shape(9), hidden_size=8, layers=3), torch.randn(1, 9, 1)
    kept = []
    for layer in model.layers:
        for part in (layer.key, layer.value):
            part.register_forward_hook(lambda _, __, made: kept.append(made.numel()))
    model(x)
    assert model.state_size == sum(kept) == 3 * 2 * 9 * 8


def test_heads_that_do_not_divide_the_width_are_refused():
    with pytest.raises(ValueError, match=r"hidden_size \(10\) should be a multiple of heads \(4\)"):
        CausalTransformer(Shape(5), hidden_size=10)
