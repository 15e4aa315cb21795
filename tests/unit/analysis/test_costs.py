from pathlib import Path

import pytest

from recall_horizon.analysis.costs import estimates, longest_chain, read


@pytest.fixture
def cost(results):
    """What a job is estimated to take."""

    def ask(job):
        return estimates([job], read(sorted(results.glob("*"))))[job.key]

    return ask


def test_the_estimate_of_a_job_that_ran_is_its_own_time(ran, cost):
    again = ran("lstm", 10, 5.0, start=2.0)
    ran("lstm", 20, 50.0)
    ran("lstm-forget", 10, 9.0)
    assert cost(again)[0] == pytest.approx(5)
    assert cost(again).study.endswith("results/small")
    assert not cost(again).guess


def test_a_new_length_is_estimated_by_the_line_through_the_nearest_two(ran, train, cost):
    ran("lstm", 5, 9.0, start=1.0)
    ran("lstm", 10, 11.0, start=1.0)
    ran("lstm", 20, 21.0, start=1.0)
    assert cost(train("lstm", 40)).seconds == pytest.approx(41)
    assert cost(train("lstm", 15)).seconds == pytest.approx(16)
    assert cost(train("lstm", 6)).seconds == pytest.approx(9.4)
    assert cost(train("lstm", 1)).seconds == pytest.approx(9)  # not less than any measured rate


def test_from_one_length_the_time_grows_with_the_length(ran, train, cost):
    ran("lstm", 10, 7.0, start=2.0)
    assert cost(train("lstm", 20)).seconds == pytest.approx(12)


def test_time_grows_with_replicates_sequences_epochs_and_evaluations(ran, train, cost):
    ran("lstm", 10, 5.0, start=2.0)  # 100 sequences · (2 epochs + 3 evaluations / 3) in 3 s
    assert cost(train("lstm", 10, last=9)).seconds == pytest.approx(2 + 30)
    assert cost(train("lstm", 10, samples=200)).seconds == pytest.approx(2 + 6)
    assert cost(train("lstm", 10, epochs=8)).seconds == pytest.approx(2 + 9)
    assert cost(train("lstm", 10, evaluate_at=[])).seconds == pytest.approx(2 + 3 * 8 / 9)


def test_a_wider_network_costs_the_square_of_its_width_until_one_has_run(ran, train, cost):
    ran("lstm", 10, 3.0)
    wide = train("lstm-wide", 10, options={"hidden_size": 128}, last=4)
    assert cost(wide).seconds == pytest.approx(5 * 48)
    ran("lstm-wide", 10, 30.0, options={"hidden_size": 128})
    assert cost(wide).seconds == pytest.approx(5 * 30)
    narrow = train("lstm-narrow", 10, options={"hidden_size": 8})
    assert cost(narrow).seconds == pytest.approx(3)


def test_the_models_of_one_architecture_are_told_apart_by_its_option_model(ran, train, cost):
    ran("hub-dear", 10, 90.0, options={"model": "mamba"})
    ran("hub-cheap", 10, 3.0, options={"model": 3})
    assert cost(train("hub-another", 10, options={"model": "mamba"})).seconds == pytest.approx(90)
    assert cost(train("hub-another", 10, options={"model": 3})).seconds == pytest.approx(3)


def test_a_network_whose_width_is_solved_costs_like_an_lstm_of_its_size(ran, train, cost):
    ran("lstm", 10, 3.0)
    large = train("lstm-large", 10, matched={"parameters": 4 * 128**2}, last=4)
    assert cost(large).seconds == pytest.approx(5 * 48)
    # Its record has the width as well.
    width = {"hidden_size": 127}
    ran("lstm-large", 10, 30.0, matched={"parameters": 4 * 128**2}, options=width)
    assert cost(large).seconds == pytest.approx(5 * 30)


def test_another_model_of_the_architecture_costs_alike(ran, train, cost):
    ran("lstm", 10, 3.0)
    ran("rnn", 10, 1.0)
    assert cost(train("lstm-forget", 10)).seconds == pytest.approx(3)
    assert not cost(train("lstm-forget", 10)).guess


def test_a_search_job_that_ran_tells_what_training_costs(ran, train, cost):
    ran("lstm", 10, 5.0, start=2.0, candidate="learning_rate-0.01")
    assert cost(train("lstm", 10, candidate="learning_rate-0.1")).seconds == pytest.approx(5)
    assert cost(train("lstm", 10, last=9)).seconds == pytest.approx(2 + 30)


def test_an_architecture_that_never_ran_is_guessed_from_the_others(ran, train, cost):
    ran("lstm", 10, 3.0)
    ran("rnn", 10, 1.0)
    assert cost(train("gru", 10))[::2] == (pytest.approx(2), True)


def test_a_study_that_never_ran_is_estimated_from_the_one_that_did_the_most(ran, train, cost):
    ran("lstm", 10, 30.0, study="large", samples=1000)
    ran("lstm", 10, 4.0, study="small")
    new = cost(train("lstm", 10, study="new", last=2))
    assert new.seconds == pytest.approx(9)
    assert new.study.endswith("results/large")
    own = cost(train("lstm", 10, study="small", last=2))
    assert own.seconds == pytest.approx(12)
    assert own.study.endswith("results/small")


def test_gpu_time_is_not_estimated_from_cpu_time(ran, train, results):
    ran("lstm", 10, 30.0)
    job = train("lstm", 10, gpus=1)
    assert estimates([job], read([results / "small"])) == {}
    ran("lstm", 20, 4.0, gpus=1)
    assert estimates([job], read([results / "small"]))[job.key].seconds == pytest.approx(2)


def test_a_job_without_training_is_estimated_from_its_namesake_or_its_neighbours(
    job, benchmark, results, cost
):
    benchmark("old", "probe/lstm", 8)
    benchmark("old", "probe/rnn", 4)
    probe, other = (
        job("probe", [f"p{m}"], benchmark=f"{results}/new/benchmarks/probe/{m}.tsv")
        for m in ("rnn", "gru")
    )
    assert cost(probe).seconds == pytest.approx(4)
    assert cost(other).seconds == pytest.approx(6)
    benchmark("new", "probe/rnn", 5)
    assert cost(probe).seconds == pytest.approx(5)


def test_jobs_that_never_ran_or_left_no_benchmark_have_no_estimate(
    job, benchmark, ran, train, results
):
    broken = benchmark("small", "tables/losses", "NA")
    Path(ran("lstm", 10, 3.0).outputs[0]).write_text("{}")  # a record from another version
    jobs = [job("dataset", ["d"]), job("losses", ["l"], benchmark=broken), train("lstm", 20)]
    assert estimates(jobs, read([results / "small"])) == {}


def test_the_longest_chain_is_by_time_not_by_number(job, benchmark, results):
    jobs = [
        job("a", ["a"], benchmark=benchmark("s", "1/a", 1)),
        job("b", ["b"], ["a"], benchmark=benchmark("s", "2/b", 1)),
        job("long", ["long"], benchmark=benchmark("s", "3/long", 9)),
        job("end", ["end"], ["a", "b", "long", "elsewhere"], benchmark=benchmark("s", "4/end", 2)),
    ]
    seconds, chain = longest_chain(jobs, estimates(jobs, read([results / "s"])))
    assert seconds == pytest.approx(11)
    assert [each.rule for each in chain] == ["long", "end"]


def test_several_lengths_together_cost_as_much_as_each_alone(ran, train, cost):
    ran("lstm", 10, 5.0)
    ran("lstm", 20, 9.0)
    both = train("lstm", 20)
    both = both._replace(options={**both.options, "together": [{"length": 10}, {"length": 20}]})
    assert cost(both).seconds == pytest.approx(5 + 9)
