import numpy as np
import pandas as pd
import pytest

from recall_horizon.analysis.replicates import by_replicate, final
from recall_horizon.analysis.summary import summarise


def summary_of(losses, solved_score=0.75, confidence=0.95):
    return summarise(losses, confidence, solved_score)


def cell(summary, **where):
    rows = summary
    for column, value in where.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.fixture
def table(losses_table):
    """Three replicates of one model at one length; the last diverges in epoch 3."""
    return losses_table(
        {
            ("net", 5, 0): [(0, 1.0, 1.1), (2, 0.5, 0.6), (4, 0.1, 0.2)],
            ("net", 5, 1): [(0, 1.2, 1.3), (2, 0.7, 0.8), (4, 0.3, 0.4)],
            ("net", 5, 2): [(0, 0.8, 0.9), (2, 0.6, 0.7), (3, 0.5, 0.5, "diverged")],
        }
    )


def test_values_before_a_divergence_are_plain_statistics(table):
    row = cell(summary_of(table), epoch=2)
    train = [row[f"train_loss_median{end}"] for end in ("_low", "", "_high")]
    assert train == [0.5, 0.6, 0.7]
    assert row["test_loss_median"] == 0.7
    assert row["score_median"] == pytest.approx(0.3)
    assert (row["test_loss_median_low"], row["test_loss_median_high"]) == (0.6, 0.8)
    assert row["coverage"] == 0.75
    assert (row["replicates"], row["diverged"], row["solved"]) == (3, 0, 0)


def test_a_diverged_replicate_counts_as_the_worst_from_then_on(table):
    row = cell(summary_of(table), epoch=4)
    assert row["train_loss_median"] == 0.3  # of 0.1, 0.3 and the worst
    assert row["test_loss_median"] == 0.4
    assert row["score_median"] == pytest.approx(0.6)
    assert row["test_loss_median_high"] == np.inf
    assert row["score_median_low"] == -np.inf
    assert (row["replicates"], row["diverged"]) == (3, 1)


def test_solved_replicates_are_counted_among_all(table):
    row = cell(summary_of(table), epoch=4)
    assert row["solved"] == 1  # R² of 0.8; 0.6 is too low
    assert row["solved_fraction"] == pytest.approx(1 / 3)
    assert 0 < row["solved_low"] < 1 / 3 < row["solved_high"] < 1
    assert cell(summary_of(table, solved_score=0.6 - 1e-9), epoch=4)["solved"] == 2


def test_the_finite_loss_of_a_diverged_row_is_not_rewarded(losses_table):
    table = losses_table(
        {
            ("net", 5, 0): [(0, 1.0, 1.0), (4, 0.5, 0.5)],
            ("net", 5, 1): [(0, 1.0, 1.0), (4, 0.0, 0.0, "diverged")],
        }
    )
    row = cell(summary_of(table), epoch=4)
    assert row["test_loss_median_low"] == 0.5
    assert (row["solved"], row["diverged"]) == (0, 1)


def test_when_all_replicates_diverge_the_last_epoch_says_so(losses_table):
    table = losses_table(
        {("net", 5, r): [(0, 1.0, 1.0), (3 + r, 9, 9, "diverged")] for r in (0, 1)}
    )
    row = final(summary_of(table), "net").iloc[0]
    assert row["epoch"] == 4
    assert (row["replicates"], row["diverged"]) == (2, 2)
    assert row["test_loss_median"] == np.inf
    assert row["score_median"] == -np.inf


def test_when_nothing_was_ever_finite_the_summary_says_so(losses_table):
    table = losses_table({("net", 5, r): [(0, 9, 9, "diverged")] for r in (0, 1)})
    row = cell(summary_of(table), epoch=0)
    assert row["test_loss_median"] == np.inf
    assert row["diverged"] == 2


def test_a_length_where_all_diverge_keeps_its_row_at_the_last_epoch(losses_table):
    table = losses_table(
        {
            ("net", 5, 0): [(0, 1.0, 1.0), (4, 0.5, 0.5)],
            ("net", 10, 0): [(0, 1.0, 1.0), (1, 9, 9, "diverged")],
        }
    )
    assert final(summary_of(table), "net")["length"].tolist() == [5, 10]
    assert cell(summary_of(table), epoch=4, length=10)["test_loss_median"] == np.inf


def test_one_models_divergence_does_not_affect_another(losses_table):
    table = losses_table(
        {
            ("a", 5, 0): [(0, 1.0, 1.0), (4, 0.5, 0.5)],
            ("b", 5, 0): [(0, 1.0, 1.0), (9, 9, 9, "diverged")],
        }
    )
    summary = summary_of(table)
    assert cell(summary, model="a", epoch=4)["diverged"] == 0
    assert set(summary.loc[summary["model"] == "a", "epoch"]) == {0, 4}
    assert cell(summary, model="b", epoch=9)["diverged"] == 1


def test_one_replicate_has_a_value_and_no_interval(small_tables):
    row = final(small_tables({5: [(0.1, 0.2)]})["summary"], "lstm").iloc[0]
    assert row["test_loss_median"] == 0.2
    assert np.isnan(row["test_loss_median_low"])
    assert np.isnan(row["test_loss_median_high"])
    assert row["coverage"] == 0


def test_the_order_of_rows_does_not_matter(table):
    shuffled = table.sample(frac=1, random_state=0)
    pd.testing.assert_frame_equal(summary_of(shuffled), summary_of(table))


def test_a_frame_holds_each_replicate_in_its_column(table):
    frame = by_replicate(table)["test_loss"]
    assert list(frame.columns) == [0, 1, 2]
    assert frame.iloc[-1].tolist() == [0.2, 0.4, np.inf]


def test_the_final_rows_are_the_last_epochs_by_length(small_tables, spread):
    tables = small_tables({10: spread(0.5, 0.5), 5: spread(0.1, 0.1)})
    assert final(tables["summary"], "lstm")["length"].tolist() == [5, 10]
    assert set(final(tables["losses"], "lstm")["epoch"]) == {4}
    assert final(tables["summary"], "absent").empty


def test_a_model_with_fewer_replicates_and_lengths_is_summed_up_by_its_own(losses_table):
    runs = {
        (model, length, replicate): [(0, 1.0, 1.0), (1, 0.5, 0.1 * (replicate + 1))]
        for model, length, replicates in [("a", 5, 4), ("a", 9, 4), ("b", 5, 2)]
        for replicate in range(replicates)
    }
    table = summary_of(losses_table(runs))
    assert set(zip(table["model"], table["length"], strict=True)) == {("a", 5), ("a", 9), ("b", 5)}
    few, many = (cell(table, model=model, length=5, epoch=1) for model in "ba")
    assert (few["replicates"], few["solved"], few["diverged"]) == (2, 2, 0)
    assert few["test_loss_median"] == pytest.approx(0.15)
    assert few["test_loss_median_high"] == pytest.approx(0.2)
    assert (many["replicates"], many["solved"]) == (4, 2)
    assert many["test_loss_median"] == pytest.approx(0.25)
    alone = summary_of(losses_table({key: run for key, run in runs.items() if key[0] == "b"}))
    row = cell(alone, epoch=1)
    same = ["test_loss_median", "score_median", "solved_fraction", "solved_low", "solved_high"]
    assert list(row[same]) == pytest.approx(list(few[same]))


def test_intervals_are_order_statistics_of_the_replicates_that_a_model_has(losses_table):
    """Of ten the second to the ninth, of six the first to the last: each states what it covers."""
    ends = {"many": range(10), "few": range(6)}
    runs = {(m, 5, r): [(0, 1, r / 10)] for m, numbers in ends.items() for r in numbers}
    summary = summary_of(losses_table(runs))
    many, few = (cell(summary, model=model) for model in ("many", "few"))
    loss = ["test_loss_median_low", "test_loss_median", "test_loss_median_high"]
    assert many[loss].to_list() == pytest.approx([0.1, 0.45, 0.8])
    assert few[loss].to_list() == pytest.approx([0.0, 0.25, 0.5])
    score = ["score_median_low", "score_median", "score_median_high"]
    assert many[score].to_list() == pytest.approx([0.2, 0.55, 0.9])
    assert (many["coverage"], few["coverage"]) == pytest.approx((1 - 22 / 1024, 1 - 2 / 64))


def test_the_error_of_a_score_is_its_median_over_replicates_or_unknown(table):
    table.loc[table["epoch"] == 2, "score_error"] = [0.01, 0.03, 0.08]
    table.loc[(table["epoch"] == 4) & (table["replicate"] == 0), "score_error"] = np.nan
    summary = summary_of(table)
    assert cell(summary, epoch=2)["score_error"] == 0.03
    assert cell(summary, epoch=4)["score_error"] == 0.02  # of the one that is known
    older = summary_of(table.drop(columns="score_error"))
    assert older["score_error"].isna().all()


def test_the_accuracy_of_classes_is_summed_up_like_a_score(table):
    table["accuracy"] = table["score"].clip(0, 1)
    row = cell(summary_of(table), epoch=4)
    assert row["accuracy_median"] == pytest.approx(0.6)
    assert row["accuracy_median_low"] == -np.inf
