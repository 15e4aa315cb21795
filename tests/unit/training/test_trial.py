"""Models that answer wrongly, each a mistake that people make, and sound ones beside them."""

import pkgutil

import pytest
import torch
from torch import nn

from recall_horizon.code import catalogue
from recall_horizon.contract import Shape
from recall_horizon.training.objective import OBJECTIVES
from recall_horizon.training.trial import UnsoundModelError, answers, tried

STEPS = 4


class Base(nn.Module):
    """A sound model, whose subclasses each make one mistake."""

    def __init__(self, shape=None):
        super().__init__()
        self.encoder = nn.Linear(1, 8)
        self.head = nn.Linear(8, 1)

    def encode(self, x):
        return torch.tanh(self.encoder(x)).mean(1)

    def forward(self, x):
        return self.head(self.encode(x))


class Flat(Base):
    def forward(self, x):
        return super().forward(x).squeeze(-1)


class EveryStep(Base):
    def forward(self, x):
        return self.head(torch.tanh(self.encoder(x)))


class Pair(Base):
    def forward(self, x):
        return super().forward(x), None


class Whole(Base):
    def forward(self, x):
        return super().forward(x).round().long()


class Imaginary(Base):
    def forward(self, x):
        return torch.complex(super().forward(x), super().forward(x))


class Infinite(Base):
    def forward(self, x):
        return super().forward(x) / 0


class AlwaysDropping(Base):
    def encode(self, x):
        return nn.functional.dropout(super().encode(x), 0.5)


class Remembering(Base):
    """Keeps its state from one batch to the next."""

    last = 0.0

    def encode(self, x):
        self.last = 0.5 * self.last + super().encode(x).detach().mean()
        return super().encode(x) + self.last


class OtherAxis(Base):
    """Takes the batch for time."""

    def __init__(self, shape=None):
        super().__init__()
        self.layer = nn.LSTM(1, 8)

    def encode(self, x):
        return self.layer(x)[0][:, -1]


class Centred(Base):
    def encode(self, x):
        return super().encode(x - x.mean(0))


class ZeroAtFirst(Centred):
    """Its first answers are all 0, whatever it does."""

    def __init__(self, shape=None):
        super().__init__()
        nn.init.zeros_(self.head.weight)


class InPlace(Base):
    def encode(self, x):
        x *= 0.9
        return super().encode(x)


class InPlaceWhileTraining(Base):
    def encode(self, x):
        if self.training:
            x[:, 0] = 0
        return super().encode(x)


class Buffered(Base):
    def __init__(self, shape=None):
        super().__init__()
        self.register_buffer("mean", torch.zeros(8), persistent=False)

    def encode(self, x):
        code = super().encode(x)
        if self.training:
            self.mean = 0.9 * self.mean + 0.1 * code.detach().mean(0)
        return code - self.mean


class Attribute(Base):
    """Counts in a number of Python's."""

    seen = 0

    def encode(self, x):
        self.seen += self.training
        return super().encode(x) * (1 + self.seen)


class Half(Base):
    def __init__(self, shape=None):
        super().__init__()
        self.bfloat16()

    def forward(self, x):
        return super().forward(x.bfloat16())


class Lazy(Base):
    def __init__(self, shape=None):
        super().__init__()
        self.encoder = nn.LazyLinear(8)


class Noted(Base):
    def get_extra_state(self):
        return {"notes": "none"}

    def set_extra_state(self, state):
        pass


class NoWeights(nn.Module):
    def __init__(self, shape=None):
        super().__init__()

    def forward(self, x):
        return x[:, 0]


class Detached(Base):
    def forward(self, x):
        return super().forward(x).detach()


REFUSED = [
    (Flat, r"answers with shape \(40,\); the task asks for \(40, 1\)"),
    (EveryStep, r"answers with shape \(40, 4, 1\); the task asks for \(40, 1\)"),
    (Pair, r"answers with a tuple; the task asks for a tensor of shape \(40, 1\)"),
    (Whole, "answers with numbers of type int64"),
    (Imaginary, "answers with numbers of type complex64"),
    (Infinite, "not finite before it is trained"),
    (AlwaysDropping, "other answers to the same sequences"),
    (Remembering, "other answers to the same sequences"),
    (OtherAxis, "when the other sequences of the batch change"),
    (Centred, "when the other sequences of the batch change"),
    (ZeroAtFirst, "when the other sequences of the batch change"),
    (InPlace, "changes its input in place"),
    (InPlaceWhileTraining, "changes its input in place"),
    (Buffered, r"does not hold \(mean, with persistent=False\)"),
    (Attribute, "does not hold: its weights"),
    (Half, "keeps encoder.weight as a tensor of type bfloat16"),
    (Lazy, "keeps encoder.weight without a shape"),
    (Noted, "keeps _extra_state, a dict,"),
    (NoWeights, "no parameter that training could change"),
    (Detached, "answers without a graph"),
]


class NoGradientInPart(Base):
    def encode(self, x):
        return super().encode(x).detach()


class Complex(Base):
    def __init__(self, shape=None):
        super().__init__()
        self.a = nn.Parameter(torch.polar(torch.full((8,), 0.9), torch.rand(8)))

    def encode(self, x):
        state = 0
        for step in self.encoder(x).to(self.a.dtype).unbind(1):
            state = self.a * state + step
        return state.real


class Tied(Base):
    def __init__(self, shape=None):
        super().__init__()
        self.one, self.two = nn.Linear(8, 8), nn.Linear(8, 8)
        self.two.weight = self.one.weight

    def encode(self, x):
        return self.two(torch.tanh(self.one(super().encode(x))))


class Normed(Base):
    def __init__(self, shape=None):
        super().__init__()
        self.norm, self.drop = nn.BatchNorm1d(8), nn.Dropout(0.5)

    def encode(self, x):
        return self.drop(self.norm(super().encode(x)))


class Double(Base):
    def __init__(self, shape=None):
        super().__init__()
        self.double()

    def forward(self, x):
        return super().forward(x.double())


class FixedTable(Base):
    """A table that never changes need not be among the weights."""

    def __init__(self, shape=None):
        super().__init__()
        self.register_buffer("table", torch.randn(STEPS, 8), persistent=False)

    def encode(self, x):
        return (self.encoder(x) + self.table).tanh().mean(1)


SOUND = [Base, Complex, Tied, Normed, Double, FixedTable]


def trial(network, shape=None, loss="mse", y=None, number=40):
    def make():
        torch.manual_seed(0)
        return network(shape or Shape(STEPS))

    shape = shape or Shape(STEPS)
    x = torch.randn(number, shape.steps, shape.features, generator=torch.Generator().manual_seed(1))
    y = x[:, 0] if y is None else y
    before = x.clone()
    try:
        return tried(make, x, y, shape, OBJECTIVES[loss])
    finally:
        assert torch.equal(x, before)


@pytest.mark.parametrize(("network", "says"), REFUSED, ids=[n.__name__ for n, _ in REFUSED])
def test_a_model_that_answers_wrongly_is_refused_by_its_name(network, says):
    with pytest.raises(UnsoundModelError, match=says) as refused:
        trial(network)
    assert f"{network.__module__}:{network.__name__}" in str(refused.value)


@pytest.mark.parametrize("network", SOUND)
@pytest.mark.parametrize("number", [40, 2])
def test_a_sound_model_passes(network, number):
    assert trial(network, number=number) == []


def test_parameters_that_no_gradient_reaches_are_a_warning():
    (warning,) = trial(NoGradientInPart)
    assert "no gradient reaches encoder.weight, encoder.bias: training does not" in warning


@pytest.mark.parametrize("name", sorted(set(catalogue.names("architecture")) - {"huggingface"}))
@pytest.mark.parametrize("answered", [1, 3])
def test_every_architecture_of_the_project_is_sound(name, answered):
    network = pkgutil.resolve_name(catalogue.locate("architecture", name))
    shape = Shape(12, features=2, outputs=5, answers=answered)
    y = torch.randint(5, (40, answered), generator=torch.Generator().manual_seed(2))
    assert trial(network, shape, "cross_entropy", y) == []


def test_a_trial_takes_no_random_number_from_what_follows():
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    trial(Normed)
    assert torch.equal(torch.rand(3), expected)


def test_classes_in_the_place_of_answers_are_refused():
    """PyTorch's cross-entropy takes (batch, classes, answers), this project the classes last."""

    class Channels(Base):
        def forward(self, x):
            return self.head(self.encode(x))[:, None, :].expand(-1, 5, 3)

    with pytest.raises(UnsoundModelError, match=r"\(40, 5, 3\); the task asks for \(40, 3, 5\)"):
        answers(Channels(), torch.randn(40, STEPS, 1), Shape(STEPS, outputs=5, answers=3))


def test_a_last_batch_of_one_sequence_is_checked_like_the_others():
    class Squeezed(Base):
        def forward(self, x):
            return super().forward(x).squeeze()[:, None] if len(x) > 1 else super().forward(x)[0]

    with pytest.raises(UnsoundModelError, match=r"shape \(1,\); the task asks for \(1, 1\)"):
        answers(Squeezed(), torch.randn(1, STEPS, 1), Shape(STEPS))
