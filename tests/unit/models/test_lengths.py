"""Every architecture at other lengths than the one it was built for, shorter and longer."""

import pkgutil

import numpy as np
import pytest
import torch

from recall_horizon.code import catalogue
from recall_horizon.contract import Shape, View
from recall_horizon.data.tasks.first_element import FirstElement
from recall_horizon.models._positions import PositionalEncoding
from recall_horizon.models.attention import Attention
from recall_horizon.models.transformer import Transformer
from recall_horizon.models.window import Window

# Options, so that no weights but learned positions depend on the length.
OPTIONS = {
    "attention": [{"positions": kind} for kind in ("learned", "sinusoidal", "none")],
    "transformer": [{"positions": kind} for kind in ("learned", "sinusoidal", "none")],
    "window": [{"k": 5}],
    "tcn": [{"kernel_size": 3, "levels": 1}],
    "lru": [{}, {"layers": 2}, {"nonlinear": False}],
    "brc": [{}, {"neuromodulated": True}],
    "delta_net": [{}, {"negative_eigenvalues": True}, {"convolution": 0}],
    "gated_delta_net": [{}, {"negative_eigenvalues": True}, {"convolution": 0}],
    "causal_transformer": [
        {"positions": kind, "layers": layers}
        for kind in ("learned", "sinusoidal", "none")
        for layers in (1, 2)
    ],
}
# huggingface has tests of its own, since it needs an extra.
CASES = [
    pytest.param((name, options), id="-".join([name, *map(str, options.values())]))
    for name in sorted({*catalogue.names("architecture")} - {"huggingface"})
    for options in OPTIONS.get(name, [{}])
]
BUILT, SHORTER, LONGER = 9, 6, 30


@pytest.fixture(params=CASES)
def built(request):
    """Builds an architecture for a shape."""
    name, options = request.param

    def build(shape):
        torch.manual_seed(0)
        return pkgutil.resolve_name(catalogue.locate("architecture", name))(shape, **options).eval()

    build.ends = options.get("positions") == "learned"
    return build


@pytest.mark.parametrize("task", catalogue.names("task"))
def test_it_answers_at_other_lengths_and_the_same_as_before_at_its_own(built, task):
    own, shorter, longer = (catalogue.task(task, length, {}).shape for length in (6, 2, 15))
    model = built(own)
    x = torch.randn(3, own.steps, own.features)
    before = model(x)
    assert (before.shape, before.dtype) == (own.of_predictions(3), torch.float32)
    for shape in (shorter, longer):
        other = torch.randn(3, shape.steps, shape.features)
        if built.ends and shape.steps > own.steps:
            said = f"it has {own.steps} positions, sequences have {longer.steps} steps"
            with pytest.raises(ValueError, match=said):
                model(other)
        else:
            assert model(other).shape == shape.of_predictions(3)
            assert model(other).isfinite().all()
    assert torch.equal(model(x), before)


@pytest.mark.parametrize("answers", [1, 3])
def test_its_answers_do_not_depend_on_the_length_that_it_was_built_for(built, answers):
    """With the same weights."""
    short, long = (built(Shape(steps, 2, 3, answers)) for steps in (BUILT, LONGER))
    weights = long.state_dict()
    if built.ends:
        weights["positions.vectors"] = weights["positions.vectors"][:BUILT]
    short.load_state_dict(weights)
    for steps in (SHORTER, BUILT) if built.ends else (SHORTER, BUILT, LONGER):
        x = torch.randn(4, steps, 2)
        torch.testing.assert_close(short(x), long(x))


@pytest.mark.parametrize("steps", [1, SHORTER, BUILT, LONGER])
def test_a_change_of_an_element_changes_the_answer_where_the_view_has_the_element(built, steps):
    model = built(Shape(LONGER if built.ends else BUILT)).double()
    view = getattr(model, "view", View())
    x = torch.randn(20, steps, 1).double()
    answers = model(x)
    for step in range(steps):
        changed = x.clone()
        changed[:, step] += 1
        seen = view.last is None or steps - step <= view.last
        assert torch.equal(model(changed), answers) != seen, step


@pytest.mark.parametrize("steps", [SHORTER, BUILT, LONGER])
def test_elements_that_the_view_does_not_tell_apart_can_change_places(built, steps):
    model = built(Shape(LONGER if built.ends else BUILT))
    order = getattr(model, "view", View()).order
    x = torch.randn(20, steps, 1)
    mixed = torch.cat([x[:, :-1].flip(1), x[:, -1:]], dim=1)
    for other, alike in ((mixed, order != "all"), (x.flip(1), order == "none")):
        assert torch.allclose(model(other), model(x), atol=1e-5) == alike


def test_a_window_of_5_trained_at_5_knows_nothing_of_the_first_of_100():
    torch.manual_seed(0)
    rng, model = np.random.default_rng(0), Window(Shape(5))
    adam = torch.optim.Adam(model.parameters(), 0.01)

    def loss(length, number):
        x, y = map(torch.from_numpy, FirstElement(length).draw(rng, number))
        return (model(x) - y).square().mean()

    for _ in range(300):
        adam.zero_grad()
        loss(5, 200).backward()
        adam.step()
    assert FirstElement(100).ceiling(model.view) == 0
    with torch.no_grad():
        assert 1 - loss(5, 5000) > 0.95
        assert 1 - loss(100, 5000) < 0.05


def test_in_a_window_zeros_stand_for_what_is_before_a_sequence():
    model, x = Window(Shape(20, answers=3), k=8), torch.randn(4, 5, 1)
    filled = torch.cat([torch.zeros(4, 5, 1), x], dim=1)
    torch.testing.assert_close(model(x), model(filled))


def test_positions_are_counted_from_the_start():
    learned, fixed = (PositionalEncoding(kind, 9, 4) for kind in ("learned", "sinusoidal"))
    blank = torch.zeros(1, 5, 4)
    torch.testing.assert_close(learned(blank)[0], learned.vectors[:5])
    longer = fixed(torch.zeros(1, 12, 4))[0]
    torch.testing.assert_close(longer[:9], fixed.vectors)
    torch.testing.assert_close(longer, PositionalEncoding("sinusoidal", 12, 4).vectors)
    assert not fixed.state_dict()


def test_learned_positions_start_small_so_that_no_position_is_preferred():
    for architecture in (Attention, Transformer):
        assert 0 < architecture(Shape(50)).positions.vectors.std() < 0.05
