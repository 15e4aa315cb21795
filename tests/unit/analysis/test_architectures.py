import pandas as pd
import pytest

from recall_horizon.analysis.architectures import described, facts
from recall_horizon.code import catalogue
from recall_horizon.config.load import load
from recall_horizon.data.tasks.delayed_recall import DelayedRecall
from recall_horizon.data.tasks.first_element import FirstElement


def known(name, length, task="first_element", **options):
    asked = catalogue.task(task, length, {})
    return facts(catalogue.locate("architecture", name), options, asked)


@pytest.mark.parametrize(
    ("name", "options", "length", "ceiling", "reached"),
    [
        ("window", {"k": 10}, 10, 1, True),
        ("window", {"k": 10}, 11, 0, True),
        ("feedforward", {}, 20, 1 / 20, True),
        ("attention", {"positions": "none"}, 5, 1 / 4, False),
        ("transformer", {"positions": "none"}, 5, 1 / 4, False),
        ("causal-transformer", {"positions": "none", "layers": 1}, 5, 1 / 4, False),
        ("causal-transformer", {"positions": "none"}, 5, None, False),
        ("attention", {"positions": "none"}, 1, 1, False),
        ("attention", {}, 5, None, False),
        ("lstm", {}, 5, None, False),
        ("tcn", {"kernel_size": 2, "levels": 3}, 20, 0, False),
        ("tcn", {}, 20, None, False),  # as many levels as it needs
        ("tcn", {"levels": 1}, 14, 0, False),
        ("tcn", {"levels": 1}, 13, None, False),  # it sees the whole sequence: no limit
    ],
)
def test_what_is_known_about_an_architecture_in_advance(name, options, length, ceiling, reached):
    row = known(name, length, **options)
    assert (row["score_ceiling"], row["reaches_ceiling"]) == (ceiling, reached)


def test_a_ceiling_is_that_of_the_task_for_what_the_model_sees():
    assert known("window", 20, task="adding", k=10)["score_ceiling"] == 1 / 2
    assert known("window", 20, task="copy_memory", k=30)["score_ceiling"] == 0
    assert known("feedforward", 20, task="copy_memory")["score_ceiling"] is None


def test_affine_functions_of_few_numbers_explain_no_more_than_so_many():
    def capacity(name, **options):
        task = DelayedRecall(20, steps=30, delays="all")
        row = facts(catalogue.locate("architecture", name), options, task)
        return None if row["score_ceiling"] is None else row["score_ceiling"] * 20

    assert capacity("lstm", hidden_size=8) == pytest.approx(8)
    assert capacity("gru", hidden_size=20) is None  # as many as are asked
    assert capacity("attention", hidden_size=4) == pytest.approx(4)
    assert capacity("window", k=8) == pytest.approx(7)  # all but the last element
    # Read linearly, a linear recurrence has no more than its states: two numbers each.
    linear = {"nonlinear": False, "hidden_size": 16}
    assert capacity("lru", states=5, **linear) == pytest.approx(10)
    assert capacity("lru", states=9, **linear) == pytest.approx(16)
    assert capacity("lru", states=5, hidden_size=16) == pytest.approx(16)
    # The loss of classes says nothing of the kind.
    assert known("lstm", 3, task="copy_memory", hidden_size=2)["score_ceiling"] is None


def test_parameters_are_the_numbers_that_training_changes():
    assert known("rnn", 5, hidden_size=3)["parameters"] == 3 * 1 + 3 * 3 + 3 + 3 + 3 + 1
    fixed, learned = (known("attention", 7, positions=p) for p in ("sinusoidal", "learned"))
    assert learned["parameters"] - fixed["parameters"] == 7 * 32


def test_a_size_is_a_width_and_parameters_and_a_state():
    lstm = catalogue.locate("architecture", "lstm")
    row = facts(lstm, {"hidden_size": 3}, FirstElement(5), "hidden_size")
    assert (row["width"], row["state"]) == (3, 6)
    assert facts(lstm, {}, FirstElement(5), "hidden_size")["width"] == 32  # its default
    assert facts(lstm, {}, FirstElement(5), None)["width"] is None


def test_the_state_is_that_at_the_length_also_of_one_network_for_all():
    attention = catalogue.locate("architecture", "attention")
    tasks = {length: FirstElement(length) for length in (5, 20)}
    rows = [facts(attention, {"hidden_size": 4}, tasks[t], None, tasks) for t in (5, 20)]
    assert [row["state"] for row in rows] == [20, 80]
    assert rows[0]["parameters"] == rows[1]["parameters"]  # of the one network


def test_a_class_of_ones_own_says_that_it_is_recurrent_and_what_it_does_not_say_is_unknown(module):
    name = module(
        "from torch import nn\n"
        "class Own(nn.Module):\n    recurrent = True\n"
        "    def __init__(self, length):\n        super().__init__()\n"
    )
    row = facts(f"{name}:Own", {}, FirstElement(5))
    assert row["recurrent"] is True
    assert (row["width"], row["state"]) == (None, None)


def test_a_model_is_recurrent_only_if_everything_goes_through_a_state():
    offered = {*catalogue.names("architecture")} - {"huggingface"}
    recurrent = {name for name in offered if known(name, 5)["recurrent"]}
    assert recurrent == {
        *("brc", "delta_net", "gated_delta_net"),
        *("gru", "lru", "lstm", "mingru", "rnn"),
    }


def test_the_models_table_has_one_width_a_model_and_gaps_where_a_class_says_nothing(
    module, settings
):
    own = module(
        "from torch import nn\n"
        "class Own(nn.Linear):\n    def __init__(self, shape):\n        super().__init__(1, 1)\n"
    )
    zoo = {
        "own": {"architecture": f"{own}:Own"},
        "net": {"architecture": "attention", "match": {"parameters": 551}},  # 10 units
    }
    changes = {"models": ["own", "net"], "model_zoo": zoo, "lengths": [5, 20], "claims": []}
    changes["controls"] = {**settings["controls"], "shuffled_models": []}
    table = described(load({**settings, **changes}))
    named = table[["model", "length", "steps", "architecture", "parameters"]].to_numpy().tolist()
    assert named == [
        ["net", 5, 5, "Attention", 401],
        ["net", 20, 20, "Attention", 551],
        ["own", 5, 5, "Own", 2],
        ["own", 20, 20, "Own", 2],
    ]
    assert table["width"].tolist() == [10, 10, pd.NA, pd.NA]
    assert table["state"].tolist() == [50, 200, pd.NA, pd.NA]
