import pytest

from recall_horizon.planning.costs import Estimate
from recall_horizon.planning.text import in_words


@pytest.fixture
def said():
    """The plan of jobs that all have to run, as lines."""

    def words(jobs, seconds=None, cores=None, guess=False):
        costs = {key: Estimate(s, "results/old", guess) for key, s in (seconds or {}).items()}
        return list(in_words(jobs, jobs, costs, cores))

    return words


def test_nothing_to_run_is_one_line(job):
    every = [job("a", ["results/small/a"])]
    assert list(in_words([], every, {})) == ["results/small: nothing to run, all 1 job are done"]


def test_a_cause_is_listed_once_with_all_jobs_that_have_it(said, job):
    edited = "Updated input files: {}"
    jobs = [
        job("report", ["r"], reason=edited.format("page.css, fonts.css, x.csv")),
        job("paper", ["p"], reason=edited.format("paper.typ, x.csv")),
        job("figure", ["f1"], wildcards={"figure": "one"}, reason=edited.format("x.csv")),
        job("figure", ["f2"], wildcards={"figure": "two"}, reason=edited.format("x.csv")),
        job("all", ["a"], reason="Input files updated by another job: r"),
    ]
    assert said(jobs)[2:] == [
        "Why",
        "  edited: fonts.css",
        "  edited: page.css",
        "    report                1",
        "  edited: paper.typ",
        "    paper                 1",
        "  edited: x.csv",
        "    report                1",
        "    paper                 1",
        "    figure                2  one, two",
        "  follows from these",
        "    all                   1",
        "",
        "How long: not known, since nothing like it has run here before",
        "  longest chain    1 job: report",
    ]


def test_cpu_and_gpu_time_are_separate(said, job):
    jobs = [job("train", ["gpu"], gpus=1), job("probe", ["cpu"], threads=2)]
    text = said(jobs, {"gpu": 7200, "cpu": 40})
    assert "How long, from the benchmarks of results/old" in text
    assert "  GPU time         about 2.0 h" in text
    assert "  CPU time         about 80 s" in text
    assert not [line for line in text if line.startswith("  on ")]


def test_several_cores_share_the_time_but_not_less_than_the_longest_chain(said, job):
    jobs = [job("train", [name]) for name in "abcd"] + [job("end", ["end"], ["a"])]
    seconds = {**dict.fromkeys("abcd", 40), "end": 2}
    assert "  on 2 cores       about 81 s" in said(jobs, seconds, 2)
    assert "  on 1 core        about 2.7 min" in said(jobs, seconds, 1)
    assert "  on 64 cores      about 42 s" in said(jobs, seconds, 64)


def test_what_is_guessed_or_not_counted_is_named(said, job):
    jobs = [job("train", ["t"], wildcards={"model": "gru"}), job("dataset", ["d"])]
    text = said(jobs, {"t": 40}, guess=True)
    assert "  guessed          gru: from other architectures, as these never ran" in text
    assert "  not counted      dataset: without benchmarks" in text


def test_the_cost_of_a_changed_option_is_marked_as_unknown(said, job):
    changed = "Params have changed since last execution: before: 1 now: 2 "
    assert "not foreseen" in said([job("train", ["t"], reason=changed)], {"t": 40})[-1]
    assert "not foreseen" not in "".join(said([job("train", ["t"])], {"t": 40}))


def test_every_line_fits_a_terminal_of_80_columns(said, job):
    jobs = [
        job("train", [f"results/a/{n}"], wildcards={"model": "m" * 20, "length": str(n)})
        for n in range(1000, 1030)
    ]
    lines = said(jobs, {"results/a/1000": 10}, cores=2)
    assert max(map(len, lines)) <= 80
    assert " ".join(" ".join(lines).split()).count("1029") == 1
