import re

import numpy as np
import pandas as pd
import pytest

from recall_horizon.analysis.outcomes import outcomes
from recall_horizon.analysis.summary import summarise
from recall_horizon.contract import words
from recall_horizon.presentation import findings, growth, progress
from recall_horizon.presentation.intervals import horizon_text

BATCH = " of one batch of 10 sequences"
LOOK = {
    "headline": "lstm",
    "models": ["lstm"],
    "labels": {"lstm": "Long Memory"},
    "controls": [],
    "words": words("mse", "the first element"),
}


@pytest.fixture
def say(small_tables):
    """The sentences about replicates that end at {length: [(train, test), …]}."""

    def sentences(ends):
        tables = small_tables(ends)
        by_figure = findings.findings(tables, LOOK, 0.9)
        said = [sentence for sentences in by_figure.values() for sentence in sentences]
        assert all(sentence.endswith(".") for sentence in said)
        assert len(by_figure["degradation"]) <= 3  # the answer
        return by_figure["degradation"] + by_figure["models"]

    return sentences


def test_recall_at_every_length(say, spread):
    text = " ".join(say({t: spread(0.01, 0.02) for t in (5, 10, 20)}))
    assert (
        f"After 4 epochs{BATCH}, the Long Memory recalls the first element at every length tested, "
        "up to T = 20, where its median held-out R² is 0.980 [0.980, 0.980]." in text
    )
    assert "does not recall" not in text
    assert "cannot be told" not in text
    assert "predicting the mean" not in text


def test_recall_at_no_length(say, spread):
    text = " ".join(say({t: spread(1.1, 1.2) for t in (5, 10, 20)}))
    assert "Long Memory does not recall the first element at any length" in text
    assert "error is worse at T = 5 (1.20 [1.18, 1.22] against 1.00; 0 of 4 solved), T = 10" in text
    assert "recalls the first element" not in text


def test_each_length_beyond_the_reach_is_better_than_the_mean_or_worse_or_cannot_be_told(
    say, spread
):
    text = " ".join(
        say(
            {
                5: spread(0.01, 0.02),
                10: spread(0.02, 0.03),
                20: spread(0.4, 0.5),
                50: spread(0.9, 1.0),
                100: spread(0.9, 1.16),
            }
        )
    )
    assert "recalls the first element up to T = 10, where its median held-out R² is 0.970" in text
    assert "; at T = 20 it is below 0.9 (0.500 [" in text
    assert "error is better at T = 20 (0.500 [0.490, 0.510] against 1.00; 0 of 4 solved)" in text
    assert "; cannot be told apart at T = 50 (1.00 [0.980, 1.02] against 1.00; 0 of 4" in text
    assert "; is worse at T = 100 (1.16 [1.14, 1.18] against 1.00; 0 of 4" in text


def test_recall_is_what_the_interval_shows_and_not_the_median_alone(say, spread):
    """Seven of ten solve the task: another ten might not, in the median."""
    half = [*[(0.01, 0.02)] * 7, *[(0.5, 0.8)] * 3]
    text = " ".join(say({5: [(0.01, 0.02)] * 10, 10: half}))
    assert "recalls the first element up to T = 5," in text
    assert "; whether it reaches 0.9 at T = 10 cannot be told (0.980 [0.200, 0.980])" in text
    alone = " ".join(say({5: half}))
    assert "it cannot be told whether the Long Memory recalls the first element even at T" in alone
    gap = " ".join(say({5: spread(0.5, 0.6), 10: spread(0.01, 0.02)}))
    assert "Long Memory does not recall the first element even at T = 5, the shortest" in gap


def test_recall_beyond_a_gap_does_not_move_the_horizon(say, spread):
    text = " ".join(say({5: spread(0.01, 0.02), 10: spread(0.5, 0.6), 20: spread(0.01, 0.02)}))
    assert "up to T = 5," in text
    assert "at every length" not in text
    assert "T = 20 (0.020 [0.020, 0.020] against 1.00; 4 of 4 solved)" in text


def test_a_difference_that_the_shown_digits_hide_is_not_claimed(say):
    """The reader sees 1.003 against 1.000 as 1.00 against 1.00."""
    text = " ".join(say({5: [(1.0, 1.003)] * 4}))
    assert "cannot be told apart at T = 5 (1.00 [1.00, 1.00] against 1.00" in text


def test_with_one_replicate_only_values_are_reported(say):
    said = say({5: [(0.01, 0.02)], 20: [(0.3, 0.7)], 50: [(0.2, 1.5)]})
    assert said == [
        f"After 4 epochs{BATCH}, the held-out R² of the one replicate of the Long Memory is 0.980 "
        "at T = 5, 0.300 at T = 20 and −0.500 at T = 50.",
        f"The recall horizon of the Long Memory after 4 epochs{BATCH}, at R² ≥ 0.9, is 6.",
    ]


def test_another_task_is_not_called_the_lessons(small_tables, spread):
    tables = small_tables({5: spread(0.01, 0.02), 50: spread(0.05, 1.4)})
    tables["summary"]["task"] = "kth_element"
    look = {**LOOK, "words": words("mse")}
    said = findings.findings(tables, look, 0.9)
    text = " ".join(sentence for sentences in said.values() for sentence in sentences)
    assert "Long Memory recalls its target up to T = 5" in text
    assert "network memorises" in text
    for of_the_lesson in ("lesson", "the first element", "perfect recall"):
        assert of_the_lesson not in text
    tables["summary"]["task"] = "first-element"  # the same task as first_element
    assert "recalls the first element" in findings.findings(tables, LOOK, 0.9)["degradation"][0]


def test_a_length_is_not_both_recalled_and_lost(say):
    """The median of five is solved, though two of the five diverged."""
    ends = {5: [(0.01, 0.02)] * 5, 10: [*[(0.01, 0.02)] * 3, None, None]}
    text = " ".join(say(ends))
    assert "up to T = 5," in text
    assert "whether it reaches 0.9 at T = 10 cannot be told (0.980 [−∞, 0.980])" in text


def test_memorising_is_distinguished_from_generalising(say, spread):
    memorises = " ".join(say({5: spread(0.01, 0.02), 50: spread(0.05, 1.4)}))
    generalises = " ".join(say({5: spread(0.02, 0.02), 50: spread(0.04, 0.04)}))
    assert "at T = 50 it is 0.050" in memorises
    assert "the network memorises, it does not recall" in memorises
    assert "memorises" not in generalises
    assert "cannot be told apart at any length" in generalises
    assert "cannot be told apart" not in memorises


@pytest.mark.parametrize(("train", "held_out"), [(0.1, 0.5), (0.1, 1.005), (1.0, 1.2)])
def test_only_a_training_loss_clearly_below_the_mean_and_a_held_out_loss_above_are_memorising(
    say, spread, train, held_out
):
    text = " ".join(say({5: spread(train, held_out)}))
    assert re.search(r"At T = 5 the training loss, .+, is below the held-out loss, ", text)
    assert "memorises" not in text


def test_a_length_at_which_all_diverged_has_no_losses_to_compare(say, spread):
    text = " ".join(say({5: spread(0.5, 0.5), 50: [None] * 4}))
    assert "held-out loss cannot be told apart at T = 5." in text


def test_one_replicate_cannot_show_that_training_and_held_out_loss_agree(say):
    text = " ".join(say({5: [(0.01, 1.5)], 50: [(0.01, 1.5)]}))
    assert "cannot be told apart" not in text


def test_replicates_that_all_diverge_recall_nothing(say):
    text = " ".join(say({5: [None] * 3, 50: [None] * 3}))
    assert "does not recall the first element at any length" in text
    assert "is worse at T = 5 (∞ [∞, ∞] against 1.00; 0 of 3 solved) and T = 50 (∞" in text
    assert "raining" not in text  # there is no loss to compare


# Each of the lesson's conclusions, judged by data that support it and by data that do not.
RIVALS = {
    "headline": "lstm",
    "models": ["lstm", "attn", "gru", "blind"],
    "labels": {"lstm": "Long Memory", "attn": "Attention", "gru": "GRU", "blind": "Blind"},
    "controls": ["blind"],
    "words": words("mse", "the first element"),
}
ENDS = {"short": (8, 6, 12), "middle": (20, 15, 30), "long": (70, 50, 90)}


def horizon_rows(**reach):
    """A horizons table of {model: short, middle or long}."""
    rows = [
        {
            "model": model,
            "threshold": threshold,
            **dict(zip(("horizon", "low", "high"), ENDS[how], strict=True)),
            **dict.fromkeys(("censoring", "low_censoring", "high_censoring"), "none"),
        }
        for model, how in reach.items()
        for threshold in (0.9, 0.5)
    ]
    return pd.DataFrame(rows)


def by_budget(horizons, factor=None, **changed):
    """A budgets and a growth table that end at `horizons`, each grown by `factor`, or not
    evaluated halfway; `changed` are columns of the growth table."""
    at = {"epoch": 8, "steps": 8, "sequences": 80}
    ends = horizons.assign(**at)
    halfway = horizons.assign(**{what: number // 2 for what, number in at.items()})
    growth = horizons[["model", "threshold", "horizon", "censoring"]].assign(
        from_epoch=4, epoch=8, from_steps=4, steps=8, from_horizon=7.0, from_censoring="none"
    )
    ratios = dict(zip(("growth_low", "growth", "growth_high"), factor or (1, 1, 1), strict=True))
    growth = growth.assign(**ratios, **changed)
    return {
        "budgets": pd.concat([halfway, ends], ignore_index=True),
        "growth": growth if factor else growth[:0],
    }


@pytest.fixture
def compare(losses_table):
    """The sentences about models with horizons and replicates {model: {length: (s0, R²)}}: four of
    each, or as many as `replicates` has."""

    def sentences(cells, factor=None, replicates=None, **reach):
        lengths = {length for of_model in cells.values() for length in of_model}
        runs = {
            (model, length, r): [(0, 1.0, 1.0), (4, 0.5, 1 - r2), (8, 0.5, 1 - r2 + r / 100)]
            for model, of_model in cells.items()
            for length, (_, r2) in of_model.items()
            for r in range((replicates or {}).get(model, 4))
        }
        models = pd.DataFrame({"model": list(cells), "length": 5, "parameters": 3})
        models["recurrent"] = ~models["model"].isin(["attn", "blind"])
        sensitivity = pd.DataFrame(
            [
                (model, length, 0, s0, 0.8)
                for model, of_model in cells.items()
                for length, (s0, _) in of_model.items()
            ],
            columns=["model", "length", "replicate", "s0", "concentration"],
        )
        predictions = pd.DataFrame(
            {"model": ["lstm"], "basis": "decay rate", "rank_correlation": 0.5, "critical_s0": 1e-3}
        )
        losses = losses_table(runs)
        tables = {
            "summary": summarise(losses, 0.95, 100, 0.9, np.random.default_rng(0)),
            "outcomes": outcomes(losses, 0.9),
            **by_budget(horizon_rows(**reach), factor),
            "datasets": pd.DataFrame({"length": sorted(lengths), "baseline_loss": 1.0}),
            "horizons": horizon_rows(**reach),
            "models": models,
            "sensitivity": sensitivity,
            "predictions": predictions,
        }
        return findings.findings(tables, RIVALS, 0.9)

    return sentences


REACH = dict.fromkeys(("lstm", "gru", "attn", "blind"), "middle")
FADES = {
    "lstm": {5: (0.2, 0.99), 50: (1e-10, 0.0)},
    "gru": {5: (0.3, 0.99), 50: (1e-8, -0.1)},
    "attn": {5: (1.0, 0.99), 50: (1.0, 0.99)},
    "blind": {5: (1.0, 0.2), 50: (1.0, 0.0)},
}


def test_who_reaches_further_is_decided_by_the_horizons(compare):
    better = " ".join(compare(FADES, **REACH | {"attn": "long", "gru": "short"})["models"])
    assert f"of the Long Memory after 8 epochs{BATCH}, at R² ≥ 0.9, is 20 [15, 30]." in better
    assert "Clearly longer: Attention (70 [50, 90])" in better
    assert "Clearly shorter: GRU (8 [6, 12])" in better
    worse = " ".join(compare(FADES, **REACH | {"attn": "short", "gru": "long"})["models"])
    assert "Clearly longer: GRU (70 [50, 90])" in worse
    assert "Clearly shorter: Attention (8 [6, 12])" in worse
    level = " ".join(compare(FADES, **REACH)["models"])
    assert "No other model's is clearly longer." in level
    assert "shorter" not in level
    assert "Blind" not in better + worse + level  # a control is not compared


def test_the_data_decide_whether_vanishing_gradients_explain_it(compare):
    fits = " ".join(compare(FADES, **REACH)["prediction"])
    assert "vanishing gradients, fits these data: of the 2 combinations" in fits
    assert (
        f"2 end, after 8 epochs{BATCH}, with a median R² of 0.9 or more, 0 with less, and "
        "0 cannot be told" in fits
    )
    assert "right in 100 % of them" in fits
    upside_down = {
        **FADES,
        "lstm": {5: (0.2, 0.1), 50: (1e-10, 0.99)},
        "gru": {5: (0.3, 0.1), 50: (1e-8, 0.99)},
    }
    contradicts = " ".join(compare(upside_down, **REACH)["prediction"])
    assert "vanishing gradients, does not fit these data" in contradicts
    assert "right in 0 % of them" in contradicts


def test_the_reason_needs_recall_where_it_predicts_it_and_is_not_helped_by_failures(compare):
    """Right in seven of eight cells, and in no case of the recall that it predicts."""
    lost = dict.fromkeys((10, 20, 50), (1e-10, 0.0))
    cells = {**FADES, "lstm": {5: (0.2, 0.1), **lost}, "gru": {5: (1e-8, 0.0), **lost}}
    text = " ".join(compare(cells, **REACH)["prediction"])
    assert "vanishing gradients, does not fit these data: of the 1 combinations" in text
    assert "right in 88 % of them" in text


def test_the_reason_is_undecided_if_the_intervals_are(compare):
    """R² of 0.9 within its interval: neither recalled nor not."""
    unclear = {5: (0.2, 0.91), 50: (1e-10, 0.0)}
    text = " ".join(compare({**FADES, "lstm": unclear, "gru": unclear}, **REACH)["prediction"])
    assert "gradients, can neither be confirmed nor refuted with these data: of the 2" in text
    assert (
        f"0 end, after 8 epochs{BATCH}, with a median R² of 0.9 or more, 0 with less, and "
        "2 cannot be told" in text
    )
    assert "right in 50 to 100 % of them" in text


def test_a_model_of_one_replicate_is_not_judged_and_named(compare):
    text = " ".join(compare(FADES, replicates={"gru": 1}, **REACH)["prediction"])
    assert "of the 1 combinations of a recurrent model and a length" in text
    assert "right in 100 % of them. Not judged, with one replicate: GRU." in text
    assert "Not judged" not in " ".join(compare(FADES, **REACH)["prediction"])


def test_a_rival_with_another_number_of_replicates_is_shown_with_it(compare):
    reach = REACH | {"attn": "long", "gru": "long"}
    text = " ".join(compare(FADES, replicates={"attn": 3}, **reach)["models"])
    assert "Clearly longer: Attention (70 [50, 90], of 3 replicates); GRU (70 [50, 90])." in text


def test_the_reason_is_not_judged_where_nothing_fades(compare):
    alive = {model: {5: (0.5, 0.99), 50: (0.4, 0.2)} for model in FADES}
    assert compare(alive, **REACH)["prediction"] == []


def test_how_much_reaches_the_answer_comes_from_the_probes(compare):
    text = " ".join(compare(FADES, **REACH)["sensitivity"])
    assert "moves the answer of the Long Memory 0.2 times as much" in text
    assert "1·10⁻¹⁰ times at T = 50" in text
    assert "80 % at T = 5 and 80 % at T = 50" in text


def test_what_the_last_half_of_training_changed_comes_from_the_curves(say_change):
    said = "From epoch 4 to 8 the interquartile mean R² of the Long Memory, where it does not end"
    assert f"{said} clearly at 0.9 or more, does not clearly change at T = 20 (from " in say_change(
        0.1, 0.1
    )
    assert "rises clearly at T = 20 (from 0.100 [0.100, 0.100] to 0.600" in say_change(0.1, 0.6)
    assert "falls clearly at T = 20 (from 0.600 [0.600, 0.600] to 0.100" in say_change(0.6, 0.1)
    assert say_change(0.95, 0.95) == ""


@pytest.fixture
def say_change(losses_table):
    def sentence(halfway, end):
        runs = {
            ("lstm", 20, r): [(0, 1, 1), (4, 0.5, 1 - halfway + r / 1e4), (8, 0.5, 1 - end)]
            for r in range(4)
        }
        summary = summarise(losses_table(runs), 0.95, 100, 0.9, np.random.default_rng(0))
        return " ".join(progress.changes(summary, LOOK, 0.9))

    return sentence


def test_a_horizon_beyond_all_lengths_is_reported_once():
    row = horizon_rows(lstm="middle").iloc[0]
    assert horizon_text(row) == "20 [15, 30]"
    # Replicates that agree have an interval, too: it is one replicate that has none.
    assert horizon_text(pd.Series({**row, "low": 20.1, "high": 20.2})) == "20 [20, 20]"
    assert horizon_text(pd.Series({**row, "low": np.nan, "high": np.nan})) == "20"
    beyond = row.copy()
    for end in ("horizon", "low", "high"):
        beyond[end] = 100
        beyond["censoring" if end == "horizon" else f"{end}_censoring"] = "above"
    assert horizon_text(beyond) == "≥ 100"
    beyond["low"], beyond["low_censoring"] = 62.4, "none"
    assert horizon_text(beyond) == "≥ 100 [62, ≥ 100]"


@pytest.fixture
def ended(small_tables):
    """What is said of how replicates ended that end at {length: [(train, test), …]}."""

    def sentences(ends):
        return findings.findings(small_tables(ends), LOOK, 0.9)["outcomes"]

    return sentences


def test_how_replicates_end_beyond_the_horizon_is_counted(ended):
    ends = {
        5: [(0.01, 0.02)] * 4,
        20: [(0.01, 0.02), (0.5, 0.5), (0.1, 1.2), (0.2, 1.3)],
        50: [(1.0, 1.0), (1.0, 1.0), (1.0, 1.0), None],
    }
    (said,) = ended(ends)
    assert said == (
        f"Beyond its horizon at R² ≥ 0.9, after 4 epochs{BATCH}, the 4 replicates of the Long "
        "Memory ended as follows: at T = 20, 2 memorised, 1 recalled and 1 partly recalled; at "
        "T = 50, 3 not started and 1 diverged."
    )


def test_nothing_lies_beyond_a_horizon_at_every_length(ended):
    assert ended({5: [(0.01, 0.02)] * 4, 20: [(0.01, 0.02)] * 4}) == []


def test_every_length_lies_beyond_a_horizon_below_them_all(ended):
    (said,) = ended({5: [(1.0, 1.0)]})
    assert "the 1 replicate of the Long Memory ended as follows: at T = 5, 1 not started." in said


LONG_MEMORY = {key: LOOK[key] for key in ("labels", "models", "headline", "words")}
LONG_MEMORY["controls"] = []


def grown(factor, horizons=None, **changed):
    """What is said of the growth of a horizon, and how the horizon is stated."""
    horizons = horizon_rows(lstm="middle") if horizons is None else horizons
    tables = {"horizons": horizons, **by_budget(horizons, factor, **changed)}
    said = " ".join(growth.growth(tables, LONG_MEMORY))
    return said, growth.stated(tables, horizons.iloc[0])


@pytest.mark.parametrize(
    ("factor", "verb", "still"),
    [
        ((1.2, 1.5, 1.9), "still grows clearly for", " and still growing"),
        ((1.003, 1.5, 1.9), "cannot be told to grow or to have stopped for", ""),
        ((0.95, 1.0, 1.05), "has stopped growing, to within a tenth, for", ""),
        ((0.95, 1.0, 1.1), "cannot be told to grow or to have stopped for", ""),
        ((0.5, 0.6, 0.9), "shrinks clearly for", ""),
    ],
)
def test_a_horizon_grows_or_not_by_the_interval_of_its_factor(factor, verb, still):
    said, stated = grown(factor)
    assert said.startswith(f"From epoch 4 to 8, the recall horizon at R² ≥ 0.9 {verb} the Long")
    assert stated == f"20 [15, 30]{still}"


def censored(*columns, kind):
    return horizon_rows(lstm="middle").assign(**dict.fromkeys(columns, kind))


def test_a_horizon_beyond_the_lengths_tested_cannot_be_seen_to_grow():
    kinds = ("censoring", "low_censoring", "high_censoring")
    for factor in ((1.2, 1.5, 1.9), (1.0, 1.0, 1.0)):
        said, stated = grown(factor, censored(*kinds, kind="above"))
        assert (
            "ends beyond the model's longest length, where growth cannot be told, for the Long"
            in said
        )
        assert "factor" not in said
        assert "growing" not in stated


def test_a_horizon_that_may_lie_beyond_the_lengths_tested_is_not_said_to_have_stopped():
    said, _ = grown((1.0, 1.0, 1.0), censored("high_censoring", kind="above"))
    assert "cannot be told to grow or to have stopped for the Long Memory" in said


def test_growth_from_below_the_lengths_tested_is_at_least_what_is_seen():
    said, stated = grown((1.2, 1.5, 1.9), from_censoring="below")
    assert "a factor of at least 1.50 [1.20, 1.90])" in said
    assert stated == "20 [15, 30] and still growing"


def test_without_losses_halfway_growth_cannot_be_told():
    said, stated = grown(None)
    assert said.startswith("Whether the recall horizon of the Long Memory still grows cannot be")
    assert stated == "20 [15, 30]"


def test_one_replicate_shows_no_growth():
    alone = horizon_rows(lstm="middle").assign(low=np.nan, high=np.nan)
    said, stated = grown((np.nan, 2.0, np.nan), alone)
    assert (said, stated) == ("", "20")


def test_one_replicate_of_one_model_silences_no_other():
    horizons = horizon_rows(lstm="middle", gru="long")
    horizons.loc[horizons["model"] == "gru", ["low", "high"]] = np.nan
    tables = {"horizons": horizons, **by_budget(horizons, (1.2, 1.5, 1.9))}
    said = " ".join(growth.growth(tables, RIVALS))
    assert RIVALS["labels"]["lstm"] in said
    assert RIVALS["labels"]["gru"] not in said


def test_every_statement_of_a_horizon_that_grows_says_so(compare):
    said = compare(FADES, factor=(1.2, 1.5, 1.9), **REACH | {"attn": "long"})
    text = " ".join(said["models"])
    assert "at R² ≥ 0.9, is 20 [15, 30] and still growing." in text
    assert "Clearly longer: Attention (70 [50, 90] and still growing)" in text


@pytest.mark.parametrize(
    ("epochs", "steps", "sequences", "text"),
    [
        (100, 100, 100_000, "100 epochs of one batch of 1,000 sequences"),
        (1, 1, 50, "1 epoch of one batch of 50 sequences"),
        (1000, 11_000, 1_050_000, "1,000 epochs of 1,050 sequences in 11 batches"),
        (0, 0, 0, "0 epochs"),
    ],
)
def test_a_budget_is_told_in_epochs_batches_and_sequences(epochs, steps, sequences, text):
    at = {"model": "lstm", "epoch": epochs, "steps": steps, "sequences": sequences}
    table = pd.DataFrame([{**at, "epoch": 0}, at])
    assert growth.spent(table, ["lstm"]) == text


def test_budgets_that_differ_are_told_in_steps():
    one = {"model": "lstm", "epoch": 10, "steps": 10, "sequences": 100}
    other = {**one, "model": "gru", "steps": 1000}
    table = pd.DataFrame([one, other])
    assert growth.spent(table, ["lstm", "gru"]) == "their budgets, 10 to 1,000 steps"
