"""Each verdict of a table has its words, and no words stand without their verdict."""

import numpy as np
import pandas as pd
import pytest

from recall_horizon.code import catalogue
from recall_horizon.presentation.sentences import glued, section


@pytest.fixture
def say(made):
    """The sentences of a section, on one line, with other values in a table's column."""

    def sentences(name, table=None, where=None, **changes):
        if table:
            rows = made.tables[table]
            chosen = rows["model"] == where if where else rows.index == rows.index
            for column, value in changes.items():
                rows[column] = rows[column].astype(object)
                rows.loc[chosen, column] = value
        return made.report().says(name)

    return sentences


def test_a_dash_begins_a_sentence_and_a_bar_a_row():
    found = section("- One\n  goes on.\n\n|a\tb\n- Two.\n|c\t\n")
    assert found.sentences == ["One goes on.", "Two."]
    assert found.table == [["a", "b"], ["c", ""]]


@pytest.mark.parametrize(
    ("recalls", "words"),
    [
        (["yes"] * 3, "the LSTM recalls the first element at every length tested."),
        (["yes", "yes", "no"], "recalls the first element at T = 5 and 10 and does not at T = 20."),
        (["no"] * 3, "the LSTM does not recall the first element at any length tested."),
        (["unclear"] * 3, "unclear whether the LSTM recalls the first element at every length"),
    ],
)
def test_recall_is_said_of_the_lengths_that_the_table_says_it_of(say, recalls, words):
    text = say("degradation", "outcomes", "lstm", recalls=recalls)
    assert words in text
    assert ("unclear" in text) == ("unclear" in recalls)


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("better", "better than chance at T = 10 and 20."),
        ("worse", "worse than chance at T = 10 and 20."),
        ("at chance", "The median held-out R² is at chance at T = 10 and 20."),
        ("unclear", None),
    ],
)
def test_only_what_the_table_calls_chance_is_called_so(say, verdict, words):
    text = say("degradation", "outcomes", "lstm", versus_chance=verdict)
    assert words in text if words else "chance" not in text


def test_memorising_is_said_only_where_the_table_says_so(say):
    assert "memorises at T = 20:" in say("degradation")
    text = say("degradation", "outcomes", "lstm", memorises="no")
    assert "memorises" not in text
    assert "held-out loss is clearly above the training loss at T = 10 and 20." in text
    assert "above" not in say("degradation", "outcomes", "lstm", versus_training="unclear")


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("longer", "LSTM, chrono; and Attention have a clearly longer recall horizon"),
        ("shorter", "LSTM, chrono has a clearly shorter one."),
        ("unclear", "It is unclear for LSTM, chrono."),
    ],
)
def test_models_are_compared_as_the_table_compares_them(say, verdict, words):
    assert words in say("models", "horizons", "chrono", versus_headline=verdict)


def test_where_no_horizon_is_longer_or_shorter_nothing_else_is_said_of_them(say):
    text = say("models", "horizons", "attention", versus_headline="unclear")
    assert text.startswith("No other model has a clearly longer recall horizon than the LSTM.")
    assert "unclear" not in text


def test_a_horizon_is_compared_with_its_budget_and_the_sizes(say, made):
    made.tables["budgets"].loc[made.tables["budgets"]["model"] == "attention", "steps"] = 800
    text = say("models")
    assert "only for the training budget used, here 100 epochs (400 to 800 steps)." in text
    assert "1,400 (LSTM) to 1,900 (Attention) parameters" in text


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("grows", "of the LSTM still grows: it is < 5 after 200 steps and 5–10 after 400 steps."),
        ("shrinks", "of the LSTM shrinks: it is"),
        ("stopped", "of the LSTM has stopped growing: it is"),
        ("unclear", "It is unclear whether the recall horizon of the LSTM still grows: it is"),
        ("beyond", "of the LSTM reaches the longest length tested: it is"),
    ],
)
def test_growth_is_what_the_table_calls_it(say, made, verdict, words):
    assert words in say("growth", "growth", "lstm", verdict=verdict)
    marked = made.report().text.horizon("lstm")
    assert marked == "5–10 [5, 20)" + (", still growing" if verdict == "grows" else "")


def test_growth_that_was_not_evaluated_is_unclear(say, made):
    made.tables["growth"] = made.tables["growth"].iloc[:0]
    assert say("growth").endswith("no losses were evaluated in the first half of its training.")
    assert not made.report().section("growth").table
    assert not say("progress")


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("fits", "The rule fits these data: it is right more often than the best rules"),
        ("does not fit", "does not fit these data: a rule without a gradient is right as often or"),
        ("unclear", "It is unclear whether the rule fits these data"),
    ],
)
def test_the_gradients_rule_fits_where_the_table_says_so(say, verdict, words):
    assert words in say("prediction", "rules", verdict=verdict)


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("model", "this study has no mamba"),
        ("task", "this study has another task"),
        ("length", "a model is not trained at this length"),
        ("epoch", "a model has no losses of this epoch"),
        ("accuracy", "answers are numbers, which have no accuracy"),
        ("rates", "this study does not try several learning rates"),
        ("lengths", "the models share no lengths on both sides"),
    ],
)
def test_a_claim_that_is_not_tested_says_what_is_missing(made, why, words):
    claims = made.tables["claims"]
    claims.loc[claims["verdict"] == "not tested", "why"] = why
    row = made.report().section("claims").table[3]
    assert row[2:] == ["", words, "not tested"]


@pytest.mark.parametrize(("table", "name"), [("rules", "prediction"), ("claims", "claims")])
def test_without_a_rule_that_can_be_judged_or_without_claims_nothing_is_said(made, table, name):
    made.tables[table] = made.tables[table].iloc[:0]
    assert made.report().section(name) == ([], [], [])


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("holds", "All 3 controls of this study hold."),
        ("not reached", "3 of 3 controls are not reached"),
    ],
)
def test_controls_hold_or_are_not_reached(say, verdict, words):
    assert words in say("checks", "controls", verdict=verdict)


def test_beyond_no_bound_there_is_nothing_to_try(made):
    table = made.tables["selection"].rename(columns={"learning_rate": "batch_size"})
    table["batch_size"] = table["batch_size"].replace(0.03, np.nan)
    table["edge"] = table["edge"].str.replace("learning_rate", "batch_size")
    made.tables["selection"] = table
    assert made.report().section("selection").sentences == [
        "Batch size was tuned on separate data, for each model and length: 3 candidates with 3 "
        "search replicates each.",
        "1 of 12 choices is the highest batch size tried, full batch, and there is no higher one.",
    ]


def test_candidates_that_spend_unequal_steps_are_said_to(say, made):
    assert "A candidate spends" not in say("selection")
    text = say("selection", "selection", "lstm", steps=2000)
    assert "A candidate spends 400 to 2,000 steps: more of a network on all lengths" in text
    grid = made.provenance["study"]["selection"]["grid"]
    grid["batch_size"] = [None, 10]
    made.tables["selection"]["batch_size"] = 10
    text = say("selection")
    assert "A candidate spends 400 to 2,000 steps, because batch sizes differ." in text


def test_of_two_values_every_choice_is_at_an_edge(say, made):
    made.tables["selection"] = made.tables["selection"].query("learning_rate > 0.003")
    text = say("selection", "selection", edge="")
    assert "Only two values of learning rate were tried." in text
    assert "No choice is" not in text


def test_without_an_edge_there_is_no_better_value_beyond(say):
    text = say("selection", "selection", edge="")
    assert text.endswith("No choice is the lowest or the highest value tried.")


def test_that_a_model_receives_the_length_is_said_where_one_does(say, made):
    words = "Such a model receives T before it is trained"
    assert words in say("method")
    made.provenance["study"]["model_zoo"]["chrono"]["options"] = {}
    assert words not in say("method")


def test_a_task_without_an_element_to_recall_is_not_called_the_lessons(made):
    words = {**made.look.words, "target": "its target", "first": "the first step"}
    made.look = made.look._replace(words=words)
    report = made.report()
    names = ("degradation", "models", "growth", "outcomes", "sensitivity", "prediction")
    assert "element" not in report.says(*names)


def test_no_line_ends_between_a_sign_and_its_number():
    assert glued("92 % at T = 5, R² ≥ 0.9: 2 [1, 3) [1, 3]").replace("\N{NO-BREAK SPACE}", "~") == (
        "92~% at T~=~5, R²~≥~0.9: 2 [1,~3) [1,~3]"
    )


def test_the_answer_claims_no_more_than_the_interval_of_a_horizon_shows(made):
    assert "Attention recalls it up to 20, the longest tried" in made.report().says("answer")
    made.tables["horizons"].loc[made.tables["horizons"]["model"] == "attention", "low"] = 10
    assert "Attention clearly gets further than the LSTM" in made.report().says("answer")


def test_a_study_that_compares_no_learning_rates_says_nothing_of_their_window(made):
    del made.tables["windows"]
    assert made.report().section("windows") == ([], [], [])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"decades": 0.0, "solve": 1, "open": "above"}, "1 of 3 learning rates tried, 0.003, and"),
        ({"decades": 1.48, "open": "below"}, "0.003 to 0.03 (1.5 decades or more)"),
        ({"decades": 0.52, "open": ""}, "0.003 to 0.03 (0.52 decades), and T = 20 at none."),
    ],
)
def test_the_width_of_a_window_is_a_lower_bound_where_it_is_open(made, changes, words):
    table = made.tables["windows"]
    window = (table["model"] == "lstm") & (table["length"] == 10)
    table.loc[window, list(changes)] = list(changes.values())
    assert words in made.report().says("windows")


def test_a_model_that_solves_at_no_rate_is_said_to(say):
    text = say("windows", "windows", "lstm", solve=0, gaps=0, open="")
    assert "The LSTM solves the task at none of the 3 learning rates tried." in text
    assert "gap" not in text


def test_an_exponent_is_said_with_its_number_of_lengths_and_only_where_there_is_one(say):
    assert "to the power" not in say("windows")
    text = say("windows", "windows", "chrono", exponent=-1.1, bounded=4)
    assert (
        "goes as T to the power −1.10 for the LSTM, chrono, by least squares over the 4 len" in text
    )
    assert "tests no law" in text


def test_windows_of_one_network_for_all_lengths_have_a_column_of_their_own(paired):
    table = paired.tables["windows"]
    row = table[(table["model"] == "chrono") & (table["length"] == 20)]
    row = row.assign(model="lstm-mixed", trained_on="mixed")
    paired.tables["windows"] = pd.concat([table, row], ignore_index=True)
    head, *rows = paired.report().section("windows").table
    assert head == ["model", "T = 5", "T = 10", "T = 20", "all lengths"]
    assert rows[-1][1:] == ["", "", "", "0.01 (1 of 3)"]
    assert [row[-1] for row in rows[:-1]] == [""] * 4


def test_other_settings_searched_with_the_rate_are_named_in_the_rule(say, made):
    words = "with any of the other settings tried"
    assert words not in say("windows")
    made.tables["selection"]["batch_size"] = 40
    assert words in say("windows")


def test_the_memory_capacity_leads_where_several_numbers_are_asked_at_once(made):
    """With the most that it can be, as its exact ceiling says."""
    far = {"tested_at": 20, "trained_on": "20", "score": 0.5}
    kept = {"lstm": (4.2, 4.0, 4.5), "chrono": (7.7, 7.6, 7.9)}
    made.tables["memory"] = pd.DataFrame(
        [
            {"model": m, "answer": n, **far}
            | dict(zip(("capacity", "capacity_low", "capacity_high"), value, strict=True))
            for m, value in kept.items()
            for n in range(1, 11)
        ]
    )
    models = made.tables["models"]
    models["score_ceiling"] = np.where(models["model"] == "lstm", 0.8, np.nan)
    section = made.report().section("memory")
    assert section.table[0] == ["model", "memory capacity", "at most", "state"]
    assert section.table[1][:3] == ["LSTM", "4.2 [4.0, 4.5]", "8"]
    assert made.report().section("answer").lead == section.lead
    assert section.lead == [
        "Asked for 10 numbers at once, the LSTM, chrono keeps the most: its memory capacity is "
        "7.7 [7.6, 7.9] of at most 10; that of the LSTM is 4.2 [4.0, 4.5] of at most 8."
    ]


def test_a_headline_on_all_lengths_is_answered_for_at_all_that_it_is_tested_at(paired):
    paired.look = paired.look._replace(headline="lstm-mixed", partners={})
    (lead,) = paired.report().section("answer").lead
    assert lead.startswith(
        "Trained on all lengths at once, the LSTM, all lengths recalls the first element up to a "
        "sequence length of 50 and fails at 100"
    )


def test_where_every_model_is_on_all_lengths_no_column_is_of_one_length(paired):
    table = paired.tables["generalisation"]
    paired.tables["generalisation"] = table[table["model"] == "lstm-mixed"]
    head, row = paired.report().section("transfer").table
    assert head == ["model", "all lengths", "generalisation horizon", "it is"]
    assert len(row) == len(head)


def test_who_recalls_as_far_with_the_least_state_is_named(made):
    sizes = made.tables["models"].set_index(["model", "length"])
    rows = [
        {
            **{"model": model, "family": "net", "threshold": 0.9, "passes": passes, "fails": 20.0},
            **{"low": passes, "high": 20.0, "state": sizes.loc[(model, 10), "state"]},
            **{"parameters": 1400, "elements": elements, "frontier": model == "lstm"},
        }
        for model, passes, elements in (("lstm", 10.0, 96_000), ("attention", 5.0, 48_000))
    ]
    made.tables["frontier"] = pd.DataFrame(rows)
    summary = made.tables["transfer_summary"]
    summary["unread"] = 0
    section = made.report().section("frontier")
    assert section.sentences == [
        "At a sequence length of 10, the LSTM recalls with the least state: 64 numbers, with 1,400 "
        "parameters and after 96,000 elements."
    ]
    assert [len(row) for row in section.table] == [5] * 3
    made.tables["frontier"]["elements"] = 96_000
    made.look = made.look._replace(words={**made.look.words, "length": "number of pairs"})
    section = made.report().section("frontier")
    assert section.sentences == [
        "At 10 pairs, the LSTM recalls with the least state: 64 numbers, with 1,400 parameters."
    ]
    assert [len(row) for row in section.table] == [4] * 3
    assert "with the least state" not in made.report().says("answer")  # there is one alone
    made.tables["frontier"]["frontier"] = True
    made.tables["frontier"].loc[1, "state"] = 1
    answer = made.report().says("answer")
    assert "the Attention recalls up to 5 pairs with the least state, 1 number, and" in answer
    assert answer.endswith("the LSTM up to 10 pairs, with 64.")
    summary.loc[summary["model"] == "attention", "unread"] = 6
    *_, sentence = made.report().section("frontier").sentences
    assert sentence.startswith("Attention cannot read sequences longer than those of training")


def test_every_architecture_of_a_study_is_explained(made):
    zoo = made.provenance["study"]["model_zoo"]
    for name in (*catalogue.names("architecture"), "lstm-attention"):
        zoo["lstm"] = {**zoo["lstm"], "architecture": name}
        words = {row[0] for row in made.report().section("glossary").table}
        assert made.look.labels["lstm"] in words, name
