import pytest

from recall_horizon import findings

LOOK = {
    "headline": "lstm",
    "models": ["lstm"],
    "labels": {"lstm": "Long Memory"},
    "controls": [],
}


@pytest.fixture
def say(small_tables):
    """What is said of replicates that end at {length: [(train, test), …]}."""

    def sentences(ends):
        tables = small_tables(ends)
        said = findings.findings(tables, LOOK, 0.9)
        assert all(sentence.endswith(".") for sentence in said)
        return said

    return sentences


def test_recall_at_every_length(say, spread):
    text = " ".join(say({t: spread(0.01, 0.02) for t in (5, 10, 20)}))
    assert "Long Memory recalls the first element at every length tested, up to T = 20" in text
    assert "0.020 [" in text
    assert "does not recall" not in text
    assert "cannot be told" not in text
    assert "Between" not in text


def test_recall_at_no_length(say, spread):
    text = " ".join(say({t: spread(1.1, 1.2) for t in (5, 10, 20)}))
    assert "Long Memory does not recall the first element at any length" in text
    assert "From T = 5 on" in text
    assert "recalls the first element" not in text


def test_a_horizon_in_the_middle(say, spread):
    text = " ".join(
        say(
            {
                5: spread(0.01, 0.02),
                10: spread(0.02, 0.03),
                20: spread(0.4, 0.5),
                50: spread(0.9, 1.2),
                100: spread(0.9, 1.3),
            }
        )
    )
    assert "recalls the first element up to T = 10:" in text
    assert "at every length" not in text
    assert "Between success and failure: at T = 20 0 of 4 replicates" in text
    assert "From T = 50 on" in text


def test_only_the_last_length_is_lost(say, spread):
    text = " ".join(say({5: spread(0.01, 0.02), 10: spread(0.9, 1.2)}))
    assert "up to T = 5:" in text
    assert "At T = 10" in text
    assert "From" not in text


def test_recall_beyond_a_gap_does_not_move_the_horizon(say, spread):
    text = " ".join(say({5: spread(0.01, 0.02), 10: spread(0.5, 0.6), 20: spread(0.01, 0.02)}))
    assert "up to T = 5:" in text
    assert "at every length" not in text


def test_a_length_is_not_both_recalled_and_lost(say):
    """The median of five is solved, though two of the five diverged."""
    ends = {5: [(0.01, 0.02)] * 5, 10: [*[(0.01, 0.02)] * 3, None, None]}
    text = " ".join(say(ends))
    assert "T = 10" in text
    assert not ("up to T = 10" in text and "cannot be told" in text)


def test_a_network_that_memorises_is_told_from_one_that_generalises(say, spread):
    memorises = " ".join(say({5: spread(0.01, 0.02), 50: spread(0.05, 1.4)}))
    generalises = " ".join(say({5: spread(0.02, 0.02), 50: spread(0.04, 0.04)}))
    assert "at T = 50 it falls to 0.050" in memorises
    assert "the network memorises, it does not recall" in memorises
    assert "memorises" not in generalises
    assert "cannot be told apart at any length" in generalises
    assert "cannot be told apart" not in memorises


def test_a_gap_below_the_baseline_is_no_memorising(say, spread):
    text = " ".join(say({5: spread(0.1, 0.5)}))
    assert "falls to 0.100" in text
    assert "memorises" not in text


def test_one_replicate_cannot_show_that_training_and_held_out_loss_agree(say):
    text = " ".join(say({5: [(0.01, 1.5)], 50: [(0.01, 1.5)]}))
    assert "cannot be told apart" not in text


def test_the_lessons_claim_holds_or_not_by_the_data(say, spread):
    holds = " ".join(say({10: spread(0.1, 0.1), 50: spread(0.9, 0.9)}))
    fails = " ".join(say({10: spread(0.9, 0.9), 50: spread(0.1, 0.1)}))
    level = " ".join(say({10: spread(0.5, 0.5), 50: spread(0.5, 0.5)}))
    assert "beyond length 10, holds in these data" in holds
    assert "0.100 [0.098, 0.102] at T = 10 to 0.900 [0.882, 0.918] at T = 50" in holds
    for text in (fails, level):
        assert "beyond length 10, does not hold in these data" in text


@pytest.mark.parametrize("lengths", [(5, 10), (20, 50)])
def test_nothing_is_said_of_the_claim_without_lengths_on_both_sides(say, spread, lengths):
    assert "claim" not in " ".join(say({t: spread(0.1, 0.1) for t in lengths}))


def test_replicates_that_all_diverge_recall_nothing(say):
    text = " ".join(say({5: [None] * 3, 50: [None] * 3}))
    assert "does not recall the first element at any length" in text
    assert "generalises" not in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.12345, "0.123"),
        (1.2345, "1.23"),
        (12.345, "12.3"),
        (123.45, "123"),
        (123456.7, "123457"),
        (-0.5, "−0.500"),
        (0.0, "0.000"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_are_short_and_never_scientific(value, text):
    assert findings.number(value) == text
