import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recall_horizon.analysis.horizons import bracket, horizons, interval, measure, versus
from recall_horizon.analysis.statistics import median, opposite, ranked_apart

LENGTHS = np.array([5, 10, 20, 50, 100])
INF, NO = float("inf"), float("nan")
CONFIDENCE = 0.95


def of(*scores, threshold=0.9):
    """The bracket of median scores at LENGTHS."""
    return tuple(bracket(LENGTHS, np.array(scores) >= threshold))


def between(runs, threshold=0.9, lengths=LENGTHS):
    """The interval of a horizon, of runs of shape (lengths, replicates)."""
    return interval(lengths, median(np.asarray(runs, float), CONFIDENCE), threshold)


def test_a_horizon_lies_between_the_last_length_that_passes_and_the_first_that_does_not():
    assert of(1.0, 0.9, 0.8999, 0.0, 0.0) == (10, 20)
    assert of(1.0, 1.0, 1.0, 0.9, 0.0) == (50, 100)


def test_the_first_failure_ends_the_horizon_regardless_of_what_follows():
    assert of(1.0, 0.0, 1.0, 1.0, 1.0) == (5, 10)


def test_beyond_the_tested_lengths_it_is_nothing_or_infinite():
    assert of(0.8, 1.0, 1.0, 1.0, 1.0) == (0, 5)
    assert of(1.0, 1.0, 1.0, 1.0, 0.9) == (100, INF)
    assert of(*[-INF] * 5) == (0, 5)


def test_one_length_passes_or_fails():
    assert tuple(bracket(np.array([7]), np.array([True]))) == (7, INF)
    assert tuple(bracket(np.array([7]), np.array([False]))) == (0, 7)
    assert between([[1.0] * 6], lengths=np.array([7])) == (7, INF)
    assert between([[0.0] * 6], lengths=np.array([7])) == (0, 7)
    assert between([[0.0, 1.0] * 3], lengths=np.array([7])) == (0, INF)


def test_an_interval_goes_to_where_every_length_clearly_fails():
    """At 20 the replicates disagree, at 50 they do not; what passes at 100 by luck widens it."""
    mixed = [0.95, 0.95, 0.95, 0.5, 0.5, 0.5]
    assert between([[1.0] * 6, [1.0] * 6, mixed, [0.1] * 6, [0.0] * 6]) == (10, 50)
    assert between([[1.0] * 6, [1.0] * 6, mixed, [0.1] * 6, mixed]) == (10, INF)
    assert between([mixed, [1.0] * 6, [1.0] * 6, [1.0] * 6, [0.0] * 6]) == (0, 100)


def test_replicates_that_agree_leave_one_gap():
    assert between(np.repeat([[1.0], [0.9], [0.89], [0.0], [-INF]], 6, axis=1)) == (10, 20)


def test_one_replicate_has_a_bracket_and_no_interval():
    assert np.isnan(between([[1.0], [1.0], [0.8], [0.0], [0.0]])).all()


scores = st.sampled_from([-INF, -1.0, 0.0, 0.5, 0.89, 0.9, 0.95, 1.0])


@given(runs=st.integers(2, 12).flatmap(lambda n: st.lists(st.lists(scores, min_size=n, max_size=n),
                                                          min_size=5, max_size=5)))  # fmt: skip
@settings(deadline=None)
def test_an_interval_contains_its_bracket(runs):
    low, high = between(runs)
    passes, fails = bracket(LENGTHS, median(np.array(runs), CONFIDENCE).value >= 0.9)
    assert low <= passes < fails <= high


@pytest.fixture
def measured(scores_table):
    """The horizons of {model: {length: scores of its replicates}}, by model, after epoch 4."""

    def table(models, threshold=0.9, headline="lstm"):
        cells = {(model, t): scores for model, each in models.items() for t, scores in each.items()}
        found = horizons(scores_table(cells), [threshold], CONFIDENCE, headline)
        return found.set_index("model")

    return table


ENDS = ["passes", "fails", "low", "high"]


@pytest.mark.parametrize("threshold", [0.9, 0.5])
def test_an_exact_truth_lies_inside(measured, threshold):
    """A window of the last 10 elements recalls the first of 10, and nothing of the first of 20."""
    rng = np.random.default_rng(0)
    noise = {length: rng.normal(0, 0.003, 10) for length in (5, 10, 20)}
    scores = {length: (length <= 10) + noise[length] - 0.01 for length in noise}
    row = measured({"lstm": scores}, threshold).loc["lstm"]
    assert row[ENDS].to_list() == [10, 20, 10, 20]


def test_a_table_states_what_its_intervals_cover(measured):
    few = {n: {"lstm": {5: [1.0] * n, 50: [0.0] * n}} for n in (1, 3, 6)}
    rows = {n: measured(models).loc["lstm"] for n, models in few.items()}
    assert rows[1][["replicates", "coverage", *ENDS[:2]]].to_list() == [1, 0, 5, 50]
    assert rows[1][ENDS[2:]].isna().all()
    assert rows[3][["replicates", "coverage", *ENDS]].to_list() == [3, 0.75, 5, 50, 5, 50]
    assert rows[6]["coverage"] == 1 - 2 / 64


def test_a_replicate_that_diverged_fails(measured):
    row = measured({"lstm": {5: [1.0] * 6, 50: [1.0, 1.0, None, None, None, None]}}).loc["lstm"]
    assert row[ENDS].to_list() == [5, 50, 5, INF]


def test_a_model_with_fewer_replicates_and_lengths_has_a_horizon_of_its_own(measured):
    models = {"a": {5: [1.0] * 6, 20: [1.0] * 6}, "b": {5: [1.0, 0.98]}, "lstm": {5: [0.0] * 3}}
    table = measured(models)
    assert table["replicates"].to_dict() == {"a": 6, "b": 2, "lstm": 3}
    assert table.loc["a", ENDS].to_list() == [20, INF, 20, INF]
    assert table.loc["b", ENDS].to_list() == [5, INF, 5, INF]
    assert table.loc["lstm", ENDS].to_list() == [0, 5, 0, 5]


def test_each_epoch_and_threshold_has_a_horizon(losses_table):
    losses = losses_table(
        {("net", 5, r): [(0, 1, 1), (2, 0.4, 0.4), (4, 0.05, 0.05)] for r in range(2)}
    )
    found = list(measure(losses, [0.9, 0.5], CONFIDENCE))
    assert [[(at.threshold, at.epoch, at.bracket.passes) for at in row] for row in found] == [
        [(0.9, 0, 0), (0.9, 2, 0), (0.9, 4, 5)],
        [(0.5, 0, 0), (0.5, 2, 5), (0.5, 4, 5)],
    ]


# How likely a replicate passes at each of several lengths: its truth is known, the scores are
# bimodal.
TRUTHS = {
    "one length at the threshold": [1.0, 0.51, 0.0],
    "one on either side of it": [0.95, 0.51, 0.49, 0.05],
    "all lengths near it": [0.53, 0.52, 0.51, 0.49, 0.48, 0.47],
    "the shortest fails": [0.49, 0.51, 0.51, 0.51],
    "it never fails": [0.51, 0.52, 0.51, 0.52],
    "it passes again": [0.9, 0.49, 0.9, 0.51, 0.0],
}


def bimodal(rng, chances, *shape):
    """Scores around 0.97 as likely as `chances` say, else around 0.2; lengths come before the last
    axis of `shape`."""
    *studies, replicates = shape
    size = (*studies, len(chances), replicates)
    solved = rng.random(size) < np.array(chances)[:, None]
    return np.where(solved, rng.uniform(0.94, 1, size), rng.uniform(0, 0.4, size))


def intervals(runs, lengths):
    """The ends of horizons, of shape (…, 2), of runs of shape (…, lengths, replicates)."""
    found = median(runs, CONFIDENCE)
    lows, highs = (end.reshape(-1, len(lengths)) for end in (found.low, found.high))
    ends = [
        interval(lengths, found._replace(low=low, high=high), 0.9)
        for low, high in zip(lows, highs, strict=True)
    ]
    return np.array(ends).reshape(*runs.shape[:-2], 2), found.coverage


def called(first, others, coverage, replicates, **how):
    """In how many studies any of the other horizons is called longer or shorter than the first."""
    about = {"coverage": coverage, "replicates": replicates}
    wrong = 0
    for own, rest in zip(first, others, strict=True):
        own, *rest = ({"low": low, "high": high, **about} for low, high in (own, *rest))
        wrong += {versus(one, own, len(rest), CONFIDENCE, **how) for one in rest} != {"unclear"}
    return wrong


@pytest.mark.parametrize("name", TRUTHS)
@pytest.mark.parametrize("replicates", [5, 6, 10])
def test_an_interval_contains_the_true_horizon_as_often_as_it_states(name, replicates):
    """To three standard errors of 2,000 simulated studies."""
    chances, studies = TRUTHS[name], 2000
    lengths = np.array([5, 10, 20, 50, 100, 200][: len(chances)])
    truth = bracket(lengths, np.array(chances) > 0.5)
    runs = bimodal(np.random.default_rng(replicates), chances, studies, replicates)
    ends, coverage = intervals(runs, lengths)
    covered = ((ends[:, 0] <= truth.passes) & (truth.passes < ends[:, 1])).mean()
    error = (coverage * (1 - coverage) / studies) ** 0.5
    assert covered >= coverage - 3 * error


SAME = {
    "one": [1.0, 1.0, 0.5, 0.0, 0.0],
    "two": [1.0, 0.5, 0.5, 0.0, 0.0],
    "all": [0.5, 0.5, 0.5, 0.5, 0.5],
    "falling": [0.9, 0.7, 0.5, 0.3, 0.1],
}


@pytest.mark.parametrize("name", SAME)
@pytest.mark.parametrize("replicates", [3, 5, 6, 10])
def test_of_twelve_models_with_one_distribution_none_is_called_longer_or_shorter(name, replicates):
    """In at most one of twenty studies, also where each of its models may go either way."""
    rng, studies, models = np.random.default_rng(replicates), 500, 12
    ends, coverage = intervals(bimodal(rng, SAME[name], studies, models, replicates), LENGTHS)
    wrong = called(ends[:, 0], ends[:, 1:], coverage, replicates)
    assert wrong <= 0.05 * studies
    assert wrong == 0 or replicates > 3


# Up to how many of twelve tested lengths a network recalls, with what probability: 0 to 12.
REACHES = {
    "anywhere": np.full(13, 1 / 13),
    "one length or all": np.eye(13)[[1, 12]].sum(axis=0) / 2,
    "near the middle": np.array([0, 0, 0, 1, 2, 3, 4, 3, 2, 1, 0, 0, 0]) / 16,
}
TWELVE = np.arange(1, 13)


def one_network(rng, reach, *shape):
    """Scores of networks that are tested at every length, and recall up to one of their own."""
    *studies, replicates = shape
    reaches = rng.choice(13, size=(*studies, 1, replicates), p=reach)
    return np.where(TWELVE[:, None] <= reaches, 0.97, 0.2)


def a_network_each(rng, reach, *shape):
    """Scores that are as likely at each length, of networks of its own."""
    *studies, replicates = shape
    chances = np.cumsum(reach[::-1])[::-1][1:, None]
    return np.where(rng.random((*studies, 12, replicates)) < chances, 0.97, 0.2)


@pytest.mark.parametrize("name", REACHES)
@pytest.mark.parametrize("headline", [one_network, a_network_each])
@pytest.mark.parametrize("replicates", [5, 6, 10])
def test_of_models_of_one_network_for_all_lengths_none_is_called_longer(name, headline, replicates):
    """In at most one of twenty studies, whether the headline's lengths have one network each or one
    for all, with the same distribution of scores at each length."""
    rng, studies, models = np.random.default_rng(replicates), 400, 5
    first, coverage = intervals(headline(rng, REACHES[name], studies, replicates), TWELVE)
    others, _ = intervals(one_network(rng, REACHES[name], studies, models, replicates), TWELVE)
    assert called(first, others, coverage, replicates, shared=True) <= 0.05 * studies


def test_one_network_for_all_lengths_makes_a_difference_by_chance_likelier():
    """As likely as the ranks say where networks may reach any length; lengths with a network each
    make it no likelier than one length does. Three replicates, in one direction, of 4,000."""
    rng, replicates = np.random.default_rng(1), (3, 3)
    rates = []
    for scores in (one_network, a_network_each):
        (one, other), _ = intervals(scores(rng, REACHES["anywhere"], 2, 4000, 3), TWELVE)
        rates.append((one[:, 0] >= other[:, 1]).mean())
    assert 0.5 * ranked_apart(replicates, CONFIDENCE) < rates[0]
    assert opposite(replicates, CONFIDENCE) < rates[0] <= ranked_apart(replicates, CONFIDENCE)
    assert rates[1] <= opposite(replicates, CONFIDENCE)


@pytest.mark.parametrize("replicates", [5, 6, 10])
def test_a_real_difference_is_seen_among_twelve_models(measured, replicates):
    good, bad = [0.95, 1.0] * 5, [0.1, 0.8] * 5
    models = {f"net{i}": {5: good[:replicates], 50: bad[:replicates]} for i in range(9)}
    models |= {"lstm": {5: good[:replicates], 50: bad[:replicates]}}
    models |= {"best": dict.fromkeys((5, 50), good[:replicates])}
    models |= {"worst": dict.fromkeys((5, 50), bad[:replicates])}
    said = measured(models)["versus_headline"]
    assert said["lstm"] == "headline"
    assert said["best"] == "longer"
    assert said["worst"] == "shorter"
    assert set(said.filter(like="net")) == {"unclear"}


@pytest.mark.parametrize("replicates", [1, 2, 3, 4])
def test_too_few_replicates_show_no_difference(measured, replicates):
    models = {"lstm": {5: [1.0] * replicates}, "rnn": {5: [0.0] * replicates}}
    assert measured(models).loc["rnn", "versus_headline"] == "unclear"


@pytest.mark.parametrize("model", ["gru", "lstm"])
def test_a_model_of_one_network_for_all_lengths_needs_more_replicates(scores_table, model):
    """Of seven comparisons with five replicates each: 2 / C(10, 5) against 2 · 4⁻⁵ for one."""
    scores = {"lstm": 0.0, **{f"net{i}": 0.0 for i in range(6)}, "gru": 0.99}
    losses = scores_table({(m, t): [s] * 5 for m, s in scores.items() for t in (5, 10)})
    said = [
        horizons(losses, [0.9], CONFIDENCE, "lstm", shared).set_index("model")["versus_headline"]
        for shared in ((), [model])
    ]
    assert [table["gru"] for table in said] == ["longer", "unclear"]


def test_nothing_is_longer_within_one_gap(measured):
    """One just passes at 10, the other just fails at 20: nothing between the two is seen."""
    models = {"lstm": {10: [0.9] * 6, 20: [0.0] * 6}, "gru": {10: [1.0] * 6, 20: [0.899] * 6}}
    assert measured(models).loc["gru", "versus_headline"] == "unclear"


def row(low, high, replicates=6):
    return {"low": low, "high": high, "replicates": replicates, "coverage": 1 - 2 * 0.5**replicates}


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        ((20, 50), (10, 20), "longer"),
        ((10, 20), (20, 50), "shorter"),
        ((20, 50), (10, 50), "unclear"),
        ((100, INF), (0, 5), "longer"),
        ((0, INF), (0, 5), "unclear"),
        ((NO, NO), (0, 5), "unclear"),
    ],
)
def test_a_horizon_is_longer_where_intervals_do_not_overlap(one, other, says):
    assert versus(row(*one), row(*other), 1, CONFIDENCE) == says


@pytest.mark.parametrize(("replicates", "most"), [(5, 25), (6, 102)])
def test_more_comparisons_need_more_replicates(replicates, most):
    """Two of n replicates on the wrong sides of a threshold: 2 · 4⁻ⁿ for each comparison."""
    pair = row(20, 50, replicates), row(5, 20, replicates)
    assert versus(*pair, most, CONFIDENCE) == "longer"
    assert versus(*pair, most + 1, CONFIDENCE) == "unclear"
