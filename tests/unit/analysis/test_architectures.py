import pytest

from recall_horizon.analysis.architectures import facts
from recall_horizon.code import catalogue


def known(name, length, task="first_element", **options):
    return facts(catalogue.locate("architecture", name), options, length, task)


@pytest.mark.parametrize(
    ("name", "options", "length", "ceiling", "reached"),
    [
        ("window", {"k": 10}, 10, 1, True),
        ("window", {"k": 10}, 11, 0, True),
        ("feedforward", {}, 20, 1 / 20, True),
        ("attention", {"positions": "none"}, 5, 1 / 4, False),
        ("transformer", {"positions": "none"}, 5, 1 / 4, False),
        ("attention", {"positions": "none"}, 1, 1, False),
        ("attention", {}, 5, None, False),
        ("lstm", {}, 5, None, False),
    ],
)
def test_what_is_known_about_an_architecture_in_advance(name, options, length, ceiling, reached):
    row = known(name, length, **options)
    assert (row["r2_ceiling"], row["reaches_ceiling"]) == (ceiling, reached)


def test_a_ceiling_applies_only_to_its_own_task():
    assert known("window", 20, task="another")["r2_ceiling"] is None


def test_parameters_are_the_numbers_that_training_changes():
    assert known("rnn", 5, hidden_size=3)["parameters"] == 3 * 1 + 3 * 3 + 3 + 3 + 3 + 1
    fixed, learned = (known("attention", 7, positions=p) for p in ("sinusoidal", "learned"))
    assert learned["parameters"] - fixed["parameters"] == 7 * 32


def test_a_size_is_a_width_and_parameters_and_a_state():
    lstm = catalogue.locate("architecture", "lstm")
    row = facts(lstm, {"hidden_size": 3}, 5, "first_element", "hidden_size")
    assert (row["width"], row["state"]) == (3, 6)
    assert facts(lstm, {}, 5, "first_element", "hidden_size")["width"] == 32  # its default
    assert facts(lstm, {}, 5, "first_element", None)["width"] is None


def test_what_a_class_of_ones_own_does_not_say_is_unknown(module):
    name = module(
        "from torch import nn\n"
        "class Own(nn.Module):\n"
        "    def __init__(self, length):\n        super().__init__()\n"
    )
    row = facts(f"{name}:Own", {}, 5, "first_element", None)
    assert (row["width"], row["state"]) == (None, None)


def test_a_class_of_ones_own_says_that_it_is_recurrent(module):
    name = module(
        "from torch import nn\n"
        "class Own(nn.Module):\n    recurrent = True\n"
        "    def __init__(self, length):\n        super().__init__()\n"
    )
    assert facts(f"{name}:Own", {}, 5, "first_element")["recurrent"] is True


def test_a_model_is_recurrent_only_if_everything_goes_through_a_state():
    recurrent = [n for n in catalogue.names("architecture") if known(n, 5)["recurrent"]]
    assert recurrent == ["gru", "lstm", "rnn"]
