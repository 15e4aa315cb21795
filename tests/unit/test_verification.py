import numpy as np
import pandas as pd
import pytest

from recall_horizon.verification import ERROR_RATE, compare, holm, permutation_test


@pytest.fixture
def verdicts(losses_table):
    """The verdict on replicates that end with these R², here and in the reference."""

    def check(here, there):
        def table(cells):
            return losses_table(
                {
                    (model, length, r): [
                        (0, 1.0, 1.0),
                        (3, 1.0, 1.0, "diverged") if r2 is None else (4, 0.5, 1 - r2),
                    ]
                    for (model, length), scores in cells.items()
                    for r, r2 in enumerate(scores)
                }
            )

        rows = compare(table(here), table(there), 2000, np.random.default_rng(0))
        return {(row.model, row.length): row.verdict for row in rows}

    return check


RECALLS = {("net", 5): [0.99, 0.98, 0.97, 0.99, 0.96, 0.95, 0.98, 0.97]}


def test_the_same_losses_are_identical(verdicts):
    assert verdicts(RECALLS, RECALLS) == {("net", 5): "identical"}


def test_other_replicates_of_the_same_are_consistent(verdicts):
    rng = np.random.default_rng(1)
    one, other = ({("net", 5): list(0.9 + 0.05 * rng.standard_normal(8))} for _ in range(2))
    assert verdicts(one, other) == {("net", 5): "consistent"}


def test_what_recalls_less_is_different(verdicts):
    worse = {("net", 5): [0.5 + 0.01 * i for i in range(8)]}
    assert verdicts(worse, RECALLS) == {("net", 5): "different"}
    assert verdicts(RECALLS, worse) == {("net", 5): "different"}


def test_replicates_that_diverged_are_different_and_no_crash(verdicts):
    assert verdicts({("net", 5): [None] * 8}, RECALLS) == {("net", 5): "different"}
    assert verdicts({("net", 5): [None] * 8}, {("net", 5): [None] * 8}) == {("net", 5): "identical"}


def test_another_test_set_moves_all_replicates_and_is_no_difference(losses_table):
    """By one or two of its standard errors, which are 0.018 here; by ten it is one."""

    def table(r2, variance):
        spread = np.linspace(-0.001, 0.001, 10)
        runs = {("net", 5, r): [(4, 0.5, 1 - r2 - d)] for r, d in enumerate(spread)}
        return losses_table(runs).assign(target_variance=variance)

    def verdict(one, other, variance):
        rng = np.random.default_rng(0)
        return compare(table(one, 1.0), table(other, variance), 2000, rng)[0].verdict

    assert verdict(0.20, 0.23, 1.01) == "consistent"
    assert verdict(0.20, 0.23, 1.0) == "different"  # the same test set
    assert verdict(0.20, 0.40, 1.01) == "different"


def test_what_the_reference_lacks_is_said(verdicts):
    assert verdicts({**RECALLS, ("net", 7): [0.5] * 8}, RECALLS) == {
        ("net", 5): "identical",
        ("net", 7): "not in the reference",
    }


def test_few_replicates_cannot_show_a_difference(verdicts):
    few = {("net", 5): [0.1, 0.2]}
    assert verdicts(few, {("net", 5): [0.9, 0.8]}) == {("net", 5): "consistent"}


def test_the_permutation_test_is_exact_enough():
    """Fully separated samples of 5 and 5: two of the 252 arrangements are as far apart."""
    p = permutation_test(np.arange(5.0), np.arange(5.0) + 10, np.random.default_rng(0))
    assert p == pytest.approx(2 / 252, rel=0.1)


def test_samples_of_one_distribution_are_seldom_called_different():
    rng = np.random.default_rng(2)
    samples = [permutation_test(*rng.standard_normal((2, 10)), rng, draws=500) for _ in range(400)]
    assert np.mean(np.array(samples) < 0.05) == pytest.approx(0.05, abs=0.035)


def test_holms_correction_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    corrected = holm([0.001, float("nan")])
    assert corrected[0] == pytest.approx(0.001)
    assert np.isnan(corrected[1])
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_a_study_of_another_seed_is_not_called_different(losses_table):
    """Over whole studies, at the promised rate."""
    rng = np.random.default_rng(3)
    called = 0
    for _ in range(30):
        tables = [
            losses_table(
                {
                    ("net", t, r): [(4, 0.5, 1 - rng.normal(0.9, 0.05))]
                    for t in range(10)
                    for r in range(8)
                }
            )
            for _ in range(2)
        ]
        rows = pd.DataFrame(compare(*tables, 2000, rng))
        called += (rows["verdict"] == "different").any()
    assert called <= 1 + 30 * ERROR_RATE * 3
