"""What is said of networks at other lengths than those that they were trained on."""

import numpy as np
import pytest

from recall_horizon.analysis.generalisation import FOLLOWS
from recall_horizon.presentation.sentences import TEMPLATES

MIXED = "lstm-mixed"


@pytest.fixture
def says(paired):
    """The sentences of a section about the study, on one line."""
    return lambda *names: paired.report().says(*(names or ("transfer",))).replace("\n", " ")


@pytest.fixture
def of_all(paired):
    """Changes the row of the network that is trained on all lengths, and its scores."""

    def change(scores=None, **columns):
        table = paired.tables["generalisation"]
        for column, value in columns.items():
            table.loc[table["model"] == MIXED, column] = value
        cells = paired.tables["transfer_summary"]
        for length, score in (scores or {}).items():
            at = (cells["model"] == MIXED) & (cells["tested_at"] == length)
            cells.loc[at, ["score", "score_low", "score_high"]] = score, score - 0.01, score + 0.01
        return paired

    return change


@pytest.fixture
def elsewhere(paired):
    """Changes the correlation of the timer's answers at T = 10, which it is not trained on."""

    def change(value, low, high, follows, score=-1.2):
        cells = paired.tables["transfer_summary"]
        at = (cells["model"] == "lstm") & (cells["trained_on"] == "5") & (cells["tested_at"] == 10)
        columns = {"correlation": value, "correlation_low": low, "correlation_high": high}
        columns |= {"follows": follows, "score": score}
        columns |= {"score_low": score - 0.01, "score_high": score + 0.01}
        for column, number in columns.items():
            cells.loc[at, column] = number

    return change


@pytest.mark.parametrize(
    ("correlation", "text", "told"),
    [
        ((0.79, 0.76, 0.81, "yes"), "{} still follow {}, at the wrong scale", "0.790"),
        ((0.79, 0.76, 0.81, "yes", 0.6), "{} still follow {}", "0.790"),
        ((-0.86, -0.9, -0.8, "reversed"), "{} follow {} with the opposite sign", "−0.860"),
        ((0.1, -0.2, 0.3, "no"), "{} follow {} little or not at all", "0.100"),
        ((0.55, 0.3, 0.7, "unclear"), "it is unclear whether {} follow {}", "0.550 [0.300, 0.700]"),
    ],
)
def test_whether_a_timers_answers_follow_the_target_elsewhere(
    elsewhere, says, correlation, text, told
):
    elsewhere(*correlation)
    follows = text.format("its answers", "the first element")
    said = f"its answer is right at that length alone. At T = 10, {follows} (correlation {told})."
    assert said in says()


def test_correlations_elsewhere_are_told_by_their_range(elsewhere, says):
    """Over all lengths but a network's own: attention's, of which one cannot be read, are not the
    headline's."""
    elsewhere(-0.25, -0.3, -0.2, "no")
    assert "the median correlation of answers with the first element is −0.250 to 0.750." in says()


def test_the_rule_of_what_follows_is_stated_with_its_bound(says):
    bound = f"lies at {FOLLOWS:g} or above"
    assert f"if the interval of the median correlation {bound}" in says("kinds")
    assert f"with the opposite sign if at −{FOLLOWS:g} or below" in says("kinds")
    assert bound in (TEMPLATES / "captions" / "transfer_summary.rst").read_text()


@pytest.mark.parametrize("classes", [True, False])
def test_without_correlations_nothing_is_said_of_them(paired, says, classes):
    """Of classes, and in tables of an earlier version, which lack the columns."""
    cells = paired.tables["transfer_summary"]
    columns = ["correlation", "correlation_low", "correlation_high"]
    if classes:
        paired.tables["transfer_summary"] = cells.assign(
            **dict.fromkeys(columns, np.nan), follows=""
        )
    else:
        paired.tables["transfer_summary"] = cells.drop(columns=[*columns, "follows"])
    text = says("transfer", "kinds")
    assert "its answer is right at that length alone. Trained on" in text
    assert "R² asks for the value itself" in text
    assert "orrelation" not in text


def test_the_longest_timer_is_told_with_the_next_longer_length_or_else_the_next_shorter(
    paired, says
):
    table = paired.tables["generalisation"]
    for trained_on, text in (("10", "T = 10 (0.600) and not at T = 20"), ("20", "not at T = 10")):
        networks = (table["model"] == "lstm") & (table["trained_on"] == trained_on)
        table.loc[networks, "recalls"] = "timer"
        assert text in says()


AT_50 = "(0.980 at T = 20). At T = 50, which it was not trained on,"


@pytest.mark.parametrize(
    ("scores", "low", "high", "text"),
    [
        ({}, 50, 100, "up to T = 50 (0.950), and does not at T = 100."),
        ({100: 0.97}, 100, 1e9, "not trained on, up to T = 100 (0.970)."),
        ({50: 0.7}, 20, 50, f"{AT_50} it does not (0.700 ["),
        ({50: 0.9}, 20, 100, f"{AT_50} this is unclear (0.900 ["),
        ({50: np.nan}, 20, 50, "= 20). It cannot read T = 50, which it was not trained on."),
    ],
)
def test_how_far_it_goes_beyond_what_it_was_trained_on(of_all, says, scores, low, high, text):
    of_all(scores, low=low, high=high)
    assert text in says()


def test_without_longer_tests_nothing_is_said_of_them(paired, says):
    cells = paired.tables["transfer_summary"]
    paired.tables["transfer_summary"] = cells[cells["tested_at"] <= 20]
    assert "recalls at every length that it was trained on (0.980 at T = 20). It also" in says()


@pytest.mark.parametrize(
    ("recalls", "scores", "text"),
    [
        ("nothing", {20: -0.1}, "lengths at once, the LSTM does not recall at any of them (−0.100"),
        ("part", {20: 0.2}, "the LSTM recalls at T = 5 and 10 and does not at T = 20."),
        (
            "unclear",
            {20: 0.9},
            "it is unclear whether the LSTM recalls at every length: at T = 20 the median held-out "
            "R² is 0.900 [0.890, 0.910].",
        ),
    ],
)
def test_what_it_does_at_the_lengths_it_was_trained_on(of_all, says, recalls, scores, text):
    of_all(scores, recalls=recalls)
    assert text in says()


def test_a_growing_curriculum_is_named(paired, says):
    for name in ("generalisation", "transfer_summary"):
        table = paired.tables[name]
        table.loc[table["model"] == MIXED, "trained_on"] = "growing"
    assert "Trained on all 3 lengths, the shortest first, the LSTM recalls" in says()


def test_a_headline_of_all_lengths_without_a_partner_has_no_comparison(paired, says):
    paired.look = paired.look._replace(headline=MIXED, partners={})
    text = says()
    assert text.startswith("Trained on all 3 lengths at once, the LSTM, all lengths recalls")
    assert "Its recall horizon" not in text
    assert not says("confounded")


@pytest.mark.parametrize("versus", ["longer", "shorter", "unclear"])
def test_the_two_horizons_are_compared_as_their_table_does(paired, says, versus):
    horizons = paired.tables["horizons"]
    horizons.loc[horizons["model"] == MIXED, "versus_headline"] = versus
    end = "whether these differ is unclear" if versus == "unclear" else f"is clearly {versus}"
    assert end in says()


def test_a_study_without_these_tables_says_nothing(made):
    del made.tables["generalisation"], made.tables["transfer_summary"]
    assert not made.report().says("transfer", "kinds", "confounded")
    assert not made.report().section("transfer").table


def test_a_study_of_single_lengths_has_a_heading_of_its_own(made, paired):
    assert paired.report().text.lengths() == "Trained on one length, or on all"
    models = [model for model in paired.look.models if model != MIXED]
    paired.look = paired.look._replace(models=models)
    assert paired.report().text.lengths() == "Trained at one length, tested at others"


def test_several_models_trained_both_ways_are_counted(paired, says):
    paired.look = paired.look._replace(
        models=[*paired.look.models, "attention-mixed"],
        labels={**paired.look.labels, "attention-mixed": "Attention, all"},
        partners={**paired.look.partners, "attention-mixed": "attention"},
    )
    for name, table in paired.tables.items():
        if "model" in table and name not in ("claims", "controls", "verification"):
            rows = table[table["model"] == MIXED].assign(model="attention-mixed")
            paired.tables[name] = type(table)(
                [*table.to_dict("records"), *rows.to_dict("records")], columns=table.columns
            )
    text = "Of the 2 models trained both ways, 2 clearly recall at every length with one network"
    assert f"{text} for all, and 0 with a network for each." in says()
    rows = paired.report().section("transfer").table[1:]
    assert [row[0] for row in rows] == ["LSTM", "Attention"]


def test_what_differs_in_training_is_read_from_the_configuration(paired, says):
    assert "gradient clip: no clipping with a network for each length, 1 with" in says("confounded")
    zoo = paired.provenance["study"]["model_zoo"]
    zoo[MIXED]["training"] = {"curriculum": "mixed", "epochs": 50}
    text = says("confounded")
    assert "gradient clip" not in text
    assert "The epochs: 100 with a network for each length, 50 with one for all." in text


def test_what_is_selected_is_not_said_to_be_set(paired, says):
    paired.provenance["study"]["selection"]["grid"]["gradient_clip"] = [1.0, None]
    assert "gradient clip:" not in says("confounded")
    assert "Settings are selected for each length, or once for all." in says("confounded")


def test_one_replicate_has_medians_and_no_verdicts(of_all, says):
    paired = of_all({}, recalls="unclear", low=np.nan, high=np.nan, coverage=0.0)
    cells = paired.tables["transfer_summary"]
    cells[["score_low", "score_high"]] = np.nan
    table = paired.tables["generalisation"]
    table["recalls"] = "unclear"
    assert "It is unclear what networks trained at T = 5 to 20 have learned." in says()
    assert "at T = 20 the median held-out R² is 0.980." in says()


@pytest.mark.parametrize(
    ("target", "it"),
    [("the symbols", "them"), ("the sum of the two marked numbers", "it"), ("the class", "it")],
)
def test_several_things_that_are_recalled_are_called_so(paired, says, target, it):
    paired.look = paired.look._replace(words={**paired.look.words, "target": target})
    assert f"it recalls {it} " in says("answer")


def test_a_headline_that_is_trained_on_all_lengths_is_not_compared_with_itself(paired, says):
    paired.look = paired.look._replace(headline=MIXED)
    answer = says("answer")
    assert answer.startswith("Trained on all lengths at once, the ")
    assert answer.count("rained on all lengths at once") == 1
