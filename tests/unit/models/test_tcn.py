import pytest
import torch

from recall_horizon.contract import Shape, View
from recall_horizon.models.tcn import TCN, reach


def touched(model, x):
    """Which positions of x the prediction depends on."""
    x = x.clone().requires_grad_()
    model(x).sum().backward()
    return (x.grad.abs().sum(dim=(0, 2)) > 0).tolist()


@pytest.mark.parametrize(("kernel_size", "levels"), [(2, 1), (2, 3), (3, 2)])
def test_it_sees_as_far_back_as_its_levels_reach_and_no_further(kernel_size, levels):
    torch.manual_seed(0)
    seen = reach(kernel_size, levels)
    steps = seen + 5
    model = TCN(Shape(steps), kernel_size=kernel_size, levels=levels)
    assert touched(model, torch.randn(50, steps, 1)) == [False] * 5 + [True] * seen
    assert model.view == View(last=seen)


def test_by_default_it_sees_the_whole_sequence():
    torch.manual_seed(0)
    assert all(touched(TCN(Shape(100)), torch.randn(50, 100, 1)))
    assert TCN(Shape(100)).view == View(last=reach(7, 4))


def test_what_it_sees_does_not_depend_on_the_length_it_was_built_for():
    """It is tested on longer sequences too."""
    assert TCN(Shape(5)).view == TCN(Shape(13)).view == View(last=13)


def test_a_level_is_the_residual_block_of_the_paper_written_out():
    """relu(x + f(x)), f twice a causal convolution and a ReLU, weights g · v / |v|."""
    torch.manual_seed(0)
    level = TCN(Shape(12), channels=3, kernel_size=2, levels=2).levels[1]
    x = torch.randn(2, 3, 12)
    features = x
    for i in (1, 5):
        convolution = level.convolutions[i]
        scale, direction = (
            getattr(convolution.parametrizations.weight, f"original{part}") for part in (0, 1)
        )
        weight = scale * direction / direction.flatten(1).norm(dim=1)[:, None, None]
        past = torch.nn.functional.pad(features, (2, 0))[..., :12]
        now = torch.einsum("oi,bit->bot", weight[..., 1], features)
        before = torch.einsum("oi,bit->bot", weight[..., 0], past)
        features = torch.relu(now + before + convolution.bias[:, None])
    torch.testing.assert_close(level(x), torch.relu(features + x))


def test_its_state_is_the_inputs_that_later_steps_still_read():
    """Two convolutions a level, each reaching (kernel − 1) · dilation steps back."""
    model = TCN(Shape(8, features=5), channels=3, kernel_size=2, levels=2)
    assert model.state_size == (5 + 3) * 1 + (3 + 3) * 2
