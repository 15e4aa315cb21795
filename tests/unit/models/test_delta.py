import math

import pytest
import torch

from recall_horizon.contract import Shape
from recall_horizon.models._delta import delta_rule
from recall_horizon.models.delta_net import DeltaNet
from recall_horizon.models.gated_delta_net import GatedDeltaNet

EXACT = {"rtol": 1e-9, "atol": 1e-10}
OPTIONS = [
    {},
    {"negative_eigenvalues": True},
    {"convolution": 0, "heads": 1},
    {"convolution": 1, "layers": 2},
]


def step_by_step(query, key, value, beta, log_decay):
    """The papers' formula, one step after the other."""
    state, read = torch.zeros(value.shape[-1], key.shape[-1], dtype=key.dtype), []
    one = torch.eye(key.shape[-1], dtype=key.dtype)
    alpha = log_decay.expand_as(beta).exp()
    for t in range(query.shape[2]):
        k, v, q = key[:, :, t, :, None], value[:, :, t, :, None], query[:, :, t, :, None]
        b, a = beta[:, :, t, None, None], alpha[:, :, t, None, None]
        state = a * state @ (one - b * k @ k.mT) + b * v @ k.mT
        read.append((state @ q)[..., 0])
    return torch.stack(read, dim=2)


def some(steps, greatest=1.0, decay=None, dtype=torch.float64):
    """Queries, keys of length 1, values, β and log α of two heads, with gradients."""
    torch.manual_seed(0)
    query, key = (torch.nn.functional.normalize(torch.randn(3, 2, steps, 5), dim=-1) for _ in "qk")
    value, beta = torch.randn(3, 2, steps, 4), greatest * torch.rand(3, 2, steps)
    log_decay = torch.zeros(1, 1, steps) if decay is None else -decay * torch.rand(3, 2, steps)
    given = (query, key, value, beta, log_decay)
    return [x.to(dtype).requires_grad_() for x in given]


@pytest.mark.parametrize("steps", [1, 2, 31, 32, 33, 64, 100])
@pytest.mark.parametrize(("greatest", "decay"), [(1.0, None), (2.0, None), (2.0, 0.1), (2.0, 3.0)])
def test_chunks_are_the_step_by_step_form_with_its_gradients(steps, greatest, decay):
    given = some(steps, greatest, decay)
    expected, found = step_by_step(*given), delta_rule(*given)
    torch.testing.assert_close(found, expected, **EXACT)
    weights = torch.randn_like(expected)
    gradients = [torch.autograd.grad((y * weights).sum(), given) for y in (found, expected)]
    for gradient, wanted in zip(*gradients, strict=True):
        torch.testing.assert_close(gradient, wanted, **EXACT)


@pytest.mark.parametrize("decay", [None, 1000.0])
def test_gradients_are_finite_in_32_bits_where_all_keys_are_the_same_and_all_is_forgotten(decay):
    query, key, *rest = given = some(100, 2.0, decay, torch.float32)
    read = delta_rule(query, key[:, :, :1].expand_as(key), *rest)
    assert read.isfinite().all()
    read.sum().backward()
    assert all(x.grad.isfinite().all() for x in given)


def read_after(keys, values, beta, asked):
    """What a memory of keys of size 2 and values of size 1 holds under `asked` after all steps."""
    key = torch.eye(2)[keys][None, None]
    query = torch.eye(2)[[asked] * len(keys)][None, None]
    value = torch.tensor(values)[None, None, :, None]
    zeros = torch.zeros(1, 1, len(keys))
    return delta_rule(query, key, value, torch.tensor([[beta]]), zeros)[0, 0, -1, 0].item()


def test_a_value_replaces_the_one_that_was_under_its_key_and_no_other():
    keys, values, beta = [0, 1, 0], [5.0, 7.0, -3.0], [1.0, 1.0, 1.0]
    assert read_after(keys, values, beta, asked=0) == pytest.approx(-3)
    assert read_after(keys, values, beta, asked=1) == pytest.approx(7)


def test_a_negative_eigenvalue_changes_the_sign_of_what_is_under_a_key():
    keys, values, beta = [0, 1, 0], [5.0, 7.0, 0.0], [1.0, 1.0, 2.0]
    assert read_after(keys, values, beta, asked=0) == pytest.approx(-5)
    assert read_after(keys, values, beta, asked=1) == pytest.approx(7)


def rms(x, norm):
    return x / (x.square().mean(-1, keepdim=True) + 1e-5).sqrt() * norm.weight


def by_formula(model, x, options):
    """The whole network from its formulas, one sequence, head and step at a time."""
    heads, window = options.get("heads", 2), options.get("convolution", 4)
    greatest = 2 if options.get("negative_eigenvalues") else 1
    x = x @ model.encoder.weight.T + model.encoder.bias
    for block in model.blocks:
        normed = rms(x, block.norm)
        features = normed @ block.inputs.weight.T
        if window:
            before = torch.cat([torch.zeros(window - 1, features.shape[1]).to(x), features])
            taps = block.convolution.weight[:, 0].T
            features = torch.stack([(before[t : t + window] * taps).sum(0) for t in range(len(x))])
        parts = (features * torch.sigmoid(features)).chunk(3, dim=1)
        beta = greatest * torch.sigmoid(normed @ block.beta.weight.T)
        reads = []
        for head in range(heads):
            q, k, v = (part.chunk(heads, dim=1)[head] for part in parts)
            q, k = (part / (part.square().sum(1, keepdim=True) + 1e-6).sqrt() for part in (q, k))
            decay = torch.zeros(len(x)).to(x)
            if isinstance(model, GatedDeltaNet):
                dt = normed @ block.step.weight[head] + block.step.bias[head]
                decay = -block.log_a[head].exp() * torch.log1p(dt.exp())
            of_head = step_by_step(*(part[None, None] for part in (q, k, v, beta[:, head], decay)))
            reads.append(rms(of_head[0, 0], block.read_norm))
        read = torch.cat(reads, dim=1)
        if isinstance(model, GatedDeltaNet):
            gate = normed @ block.gate.weight.T
            read = read * gate * torch.sigmoid(gate)
        x = x + read @ block.output.weight.T
    return rms(x, model.norm) @ model.readout.weight.T + model.readout.bias


@pytest.mark.parametrize("architecture", [DeltaNet, GatedDeltaNet])
@pytest.mark.parametrize("options", OPTIONS)
def test_a_network_is_the_papers_formulas(architecture, options):
    torch.manual_seed(0)
    model = architecture(Shape(40, 3, 2, answers=40), hidden_size=8, **options).double()
    x = torch.randn(2, 40, 3, dtype=torch.float64)
    expected = torch.stack([by_formula(model, sequence, options) for sequence in x])
    torch.testing.assert_close(model(x), expected, **EXACT)


def test_a_memory_decays_at_first_as_in_mamba_2():
    torch.manual_seed(0)
    block = GatedDeltaNet(Shape(5), hidden_size=2000, heads=2000).blocks[0]
    rates, steps = block.log_a.exp(), torch.nn.functional.softplus(block.step.bias)
    assert rates.mean().item() == pytest.approx(8, abs=0.3)
    assert 0 < rates.min() < rates.max() < 16.001
    assert 0.00099 < steps.min() < steps.max() < 0.1001
    middle = (math.log(0.001) + math.log(0.1)) / 2
    assert steps.log().mean().item() == pytest.approx(middle, abs=0.1)


@pytest.mark.parametrize("architecture", [DeltaNet, GatedDeltaNet])
@pytest.mark.parametrize(
    ("options", "state"),
    [
        ({}, 2 * 4 * 4 + 3 * 3 * 8),
        ({"heads": 4}, 4 * 2 * 2 + 3 * 3 * 8),
        ({"convolution": 0}, 2 * 4 * 4),
        ({"convolution": 2, "layers": 3}, 3 * (2 * 4 * 4 + 1 * 3 * 8)),
    ],
)
def test_its_state_is_the_matrices_and_what_the_convolution_still_reads(
    architecture, options, state
):
    assert architecture(Shape(5), hidden_size=8, **options).state_size == state


@pytest.mark.parametrize("architecture", [DeltaNet, GatedDeltaNet])
def test_heads_that_do_not_divide_the_width_are_refused(architecture):
    with pytest.raises(ValueError, match=r"hidden_size \(10\) should be a multiple of heads \(4\)"):
        architecture(Shape(5), hidden_size=10, heads=4)
