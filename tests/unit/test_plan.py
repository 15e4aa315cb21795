import json

import pytest

from recall_horizon.plan import Job, costs, in_words, longest_chain, read_jobs, why


def job(rule, outputs, inputs=(), reason="Missing output files: x", **more):
    named = {"wildcards": {}, "benchmark": None, "gpus": 0, **more}
    return Job(rule, inputs=list(inputs), outputs=list(outputs), reason=reason, **named)


def changed(before, now):
    """A reason as Snakemake writes it, of the parameters that differ."""
    sides = [",".join(map(repr, side)) or "<nothing exclusive>" for side in (before, now)]
    return (
        "Params have changed since last execution: Union of exclusive params before and now "
        f"across all output: before: {sides[0]} now: {sides[1]} "
    )


@pytest.mark.parametrize(
    ("reason", "causes"),
    [
        ("Missing output files: a, b", ["not made yet"]),
        ("Incomplete output files: a", ["left unfinished"]),
        ("Updated input files: report/page.css", ["edited: report/page.css"]),
        ("Input files updated by another job: a", ["follows from these"]),
        (
            "Input files updated by another job: a; Set of input files has changed since last "
            "execution",
            ["made from more or fewer jobs than before"],
        ),
        ("Forced execution", ["asked for"]),
    ],
)
def test_a_reason_of_snakemakes_is_said_in_our_words(reason, causes):
    assert why(reason) == causes


def test_a_changed_option_is_named_with_its_values():
    before = json.dumps({"training": {"learning_rate": 0.01, "epochs": 3}, "options": {}})
    now = json.dumps({"training": {"learning_rate": 0.02, "epochs": 3}, "options": {"size": 8}})
    assert why(changed([before], [now])) == [
        "changed: options.size, unset → 8",
        "changed: training.learning_rate, 0.01 → 0.02",
    ]


def test_a_text_with_quotes_and_words_of_the_format_is_an_option_like_others():
    before, now = (json.dumps({"label": text}) for text in ('it\'s now: "x"', "other"))
    assert why(changed([before], [now])) == ['changed: label, it\'s now: "x" → other']


def test_words_that_part_reasons_part_no_label():
    before, now = (json.dumps({"label": f"LSTM; {text} now: 'x'"}) for text in ("Old", "New"))
    reason = f"Incomplete output files: a; {changed([before], [now])}"
    assert why(reason) == [
        "left unfinished",
        "changed: label, LSTM; Old now: 'x' → LSTM; New now: 'x'",
    ]


def test_what_jobs_make_was_not_edited_and_what_was_is_in_order():
    reason = "Updated input files: tables/losses.csv, report/page.js, report/page.css"
    assert why(reason, {"tables/losses.csv"}) == ["edited: report/page.css, report/page.js"]
    assert why("Updated input files: tables/losses.csv", {"tables/losses.csv"}) == [
        "left undone by an earlier run"
    ]


def test_edited_code_is_named_by_its_file_and_its_digest_is_not_told():
    digests = {"recall_horizon.training": "0" * 12, "recall_horizon.models": "1" * 12}
    edited = {**digests, "recall_horizon.models": "2" * 12}
    reason = changed([digests, "a" * 16], [edited, "b" * 16])
    assert why(reason) == ["edited code: recall_horizon/models/__init__.py"]
    edited = {**edited, "recall_horizon.training": "3" * 12}
    (cause,) = why(changed([digests], [edited]))
    assert cause == "edited code: recall_horizon/models/__init__.py, recall_horizon/training.py"


def test_a_module_that_is_gone_is_named_all_the_same():
    reason = changed([{"gone.away": "0" * 12}], [{"recall_horizon.training": "1" * 12}])
    assert why(reason) == ["edited code: gone.away (gone), recall_horizon/training.py"]


def test_a_plain_parameter_is_told_with_both_values():
    assert why(changed([0.9], [0.5])) == ["changed: 0.9 → 0.5"]


@pytest.fixture
def measured(tmp_path):
    def measure(name, wall, cpu):
        path = tmp_path / f"{name}.tsv"
        path.write_text(f"s\th:m:s\tcpu_time\n{wall}\t0\t{cpu}\n")
        return str(path)

    return measure


def trained(model, length, benchmark=None, last=9):
    wildcards = {"model": model, "length": str(length), "first": "0", "last": str(last)}
    return job("train", [f"{model}-{length}-{last}"], wildcards=wildcards, benchmark=benchmark)


def test_a_job_that_ran_costs_what_it_cost(measured):
    again = trained("lstm", 10, measured("a", 5, 4))
    assert costs([again], [again])["lstm-10-9"] == (5, 4)


def test_a_new_length_costs_what_a_line_through_the_models_others_says(measured):
    known = [
        trained("lstm", 10, measured("a", 10, 8)),
        trained("lstm", 20, measured("b", 20, 16)),
        trained("rnn", 20, measured("c", 1, 1)),
    ]
    new = [trained("lstm", 40), trained("lstm", 40, last=4), trained("rnn", 40), trained("gru", 15)]
    cost = costs(new, [*known, *new])
    assert cost["lstm-40-9"] == pytest.approx((40, 32))
    assert cost["lstm-40-4"] == pytest.approx((20, 16))  # half the replicates
    assert cost["rnn-40-9"] == pytest.approx((1, 1))
    assert 1 < cost["gru-15-9"].wall < 20  # no GRU ran: from all the others


def test_nothing_is_claimed_of_what_never_ran_or_was_too_short(measured, tmp_path):
    short = tmp_path / "short.tsv"
    short.write_text("s\th:m:s\tcpu_time\n0.1\t0\tNA\n")
    jobs = [job("probe", ["p"]), job("summary", ["s"], benchmark=str(short))]
    assert costs(jobs, jobs) == {}
    assert "not known" in "\n".join(in_words(jobs, jobs))


def test_the_longest_chain_is_by_time_and_not_by_number(measured):
    jobs = [
        job("a", ["a"], benchmark=measured("a", 1, 1)),
        job("b", ["b"], ["a"], benchmark=measured("b", 1, 1)),
        job("long", ["long"], benchmark=measured("long", 9, 9)),
        job("end", ["end"], ["a", "b", "long", "elsewhere"], benchmark=measured("end", 2, 2)),
    ]
    seconds, chain = longest_chain(jobs, costs(jobs, jobs))
    assert seconds == pytest.approx(11)
    assert [each.rule for each in chain] == ["long", "end"]


def test_gpu_time_is_told_apart(measured):
    path = measured("g", 7200, 3)
    jobs = [job("train", ["results/big/x"], benchmark=path, gpus=1)]
    text = "\n".join(in_words(jobs, jobs))
    assert "GPU time         about 2.0 h" in text
    assert "CPU time         about 0 s" in text


def test_nothing_to_run_is_one_line():
    every = [job("a", ["results/small/a"])]
    assert list(in_words([], every)) == ["results/small: nothing to run, all 1 jobs are done"]


def test_jobs_come_in_one_order_whatever_snakemakes():
    lines = [json.dumps(job("b", ["2"])._asdict()), json.dumps(job("a", ["1"])._asdict())]
    assert read_jobs([*lines, "Building DAG of jobs..."]) == read_jobs(lines[::-1])
