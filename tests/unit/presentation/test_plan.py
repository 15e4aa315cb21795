import pytest

from recall_horizon.analysis.costs import Estimate
from recall_horizon.presentation.plan import in_words

FOLLOWS = "Input files updated by another job"


@pytest.fixture
def said():
    """The plan of jobs that all have to run, as lines."""

    def words(jobs, seconds=None, cores=None, guess=False):
        costs = {key: Estimate(s, "results/old", guess) for key, s in (seconds or {}).items()}
        return list(in_words(jobs, jobs, costs, cores))

    return words


def test_nothing_to_run_is_one_line(job):
    every = [job("a", ["results/small/a"])]
    assert list(in_words([], every, {})) == ["results/small: nothing to run, 1 of 1 job are done"]


def test_jobs_are_listed_once_by_the_reasons_that_they_share(said, job):
    made = "Missing output files: {}"
    jobs = [
        job("all", ["a"], ["d1"], reason="Input files updated by another job: d1"),
        job("dataset", ["d1"], wildcards={"length": "5"}, reason=made.format("d1")),
        job("dataset", ["d2"], wildcards={"length": "10"}, reason=made.format("d2")),
        job("figure", ["f1"], wildcards={"figure": "one"}, reason="Updated input files: x, y"),
        job("figure", ["f2"], wildcards={"figure": "two"}, reason="Updated input files: x"),
        job("train", ["t"], ["d1"], reason=f"{made.format('t')}; {FOLLOWS}: d1"),
    ]
    assert said(jobs)[2:] == [
        "Why, in Snakemake's words",
        "  Updated input files: x and 1 more",
        "    figure                2  one, two",
        "  Missing output files: d1 and 1 more",
        "    dataset               2  T = 5, 10",
        "  Missing output files: t",
        "  Input files updated by another job: d1",
        "    train                 1",
        "  Input files updated by another job: d1",
        "    all                   1",
        "",
        "How long: not known, since nothing like it has run here",
        "  longest chain    2 jobs: dataset T = 5 → all",
    ]


def test_of_changed_parameters_what_differs_is_listed(said, job):
    changed = "Params have changed since last execution: Union: before: 0.9 now: 0.5 "
    assert said([job("train", ["t"], wildcards={"place": "all"}, reason=changed)])[3:6] == [
        "  Params have changed since last execution",
        "      another parameter: 0.9 → 0.5",
        "    train                 1  all lengths",
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
    assert "  guessed          gru: like other architectures" in text
    assert "  not counted      dataset: without benchmarks" in text


def test_what_a_selection_will_choose_is_not_foreseen(said, job):
    assert "not foreseen" in said([job("select", ["s"])])[-1]
    assert "not foreseen" not in "".join(said([job("train", ["t"])]))
