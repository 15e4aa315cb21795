import json

import pytest
from snakemake.jobs import Reason
from snakemake.persistence import ParamsChange

from recall_horizon.planning.reasons import why


def reason(**flags):
    """Snakemake's reason for a job for which these flags are set."""
    found = Reason()
    for flag, value in flags.items():
        if isinstance(value, set):
            getattr(found, flag).update(value)
        else:
            setattr(found, flag, value)
    return str(found)


def changed(before, now):
    """Snakemake's reason for a job whose parameters were `before` and are `now`."""
    only_old, only_new = (set(map(repr, side)) for side in (before, now))
    common = only_old & only_new
    return reason(params_changed=ParamsChange(only_old - common, only_new - common, {"a"}))


def options(before, now):
    return changed([json.dumps(before)], [json.dumps(now)])


@pytest.mark.parametrize(
    ("flags", "causes"),
    [
        ({"missing_output": {"a", "b"}}, ["not made yet"]),
        ({"incomplete_output": {"a"}}, ["left unfinished"]),
        ({"updated_input": {"report/page.css"}}, ["edited: report/page.css"]),
        ({"updated_input_run": {"a"}}, ["follows from these"]),
        ({"input_changed": True}, ["made from other files than before"]),
        ({"code_changed": True}, ["the rule itself was edited"]),
        ({"software_stack_changed": True}, ["the conda environment was edited"]),
        ({"forced": True}, ["asked for"]),
        ({"noio": True}, ["done at every run"]),
        ({"nooutput": True}, ["done at every run"]),
        ({"params_changed": ParamsChange({"0.9"}, {"0.5"})}, ["changed: 0.9 → 0.5"]),
        ({"unfinished_queue_input": True}, ["Snakemake states no reason"]),
    ],
)
def test_each_reason_of_the_installed_snakemake_is_understood(flags, causes):
    assert why(reason(**flags)) == causes


def test_every_reason_of_snakemake_is_tested_here():
    known = {"updated_input", "updated_input_run", "missing_output", "incomplete_output"}
    known |= {"input_changed", "code_changed", "params_changed", "software_stack_changed"}
    known |= {"forced", "noio", "nooutput", "unfinished_queue_input"}
    not_used_here = {"pipe", "service"}
    no_reasons = {"derived", "target", "finished", "cleanup_metadata_instructions"}
    no_reasons |= {"no_metadata", "outdated_metadata"}
    slots = {name.removeprefix("_") for name in Reason.__slots__}
    assert slots == known | not_used_here | no_reasons


def test_reasons_that_come_together_are_separated():
    both = ParamsChange({"0.9"}, {"0.5"})
    said = reason(
        incomplete_output={"a"}, params_changed=both, software_stack_changed=True, code_changed=True
    )
    assert why(said) == [
        "left unfinished",
        "the rule itself was edited",
        "changed: 0.9 → 0.5",
        "the conda environment was edited",
    ]


def test_an_unknown_reason_is_shown_as_snakemake_wrote_it():
    service = reason(service=True)
    assert why(service) == [service]
    assert why(f"Missing output files: a; Stars are wrong: b; {changed([1], [2])}") == [
        "not made yet",
        "Stars are wrong: b",
        "changed: 1 → 2",
    ]


def test_parameters_that_cannot_be_read_are_shown_as_snakemake_wrote_them():
    said = reason(params_changed=ParamsChange({"nan"}, {"inf"}))
    assert why(said) == [said.strip()]


def test_a_changed_option_is_named_with_its_values():
    before = {"training": {"learning_rate": 0.01, "epochs": 3, "batch_size": None}, "options": {}}
    now = {
        "training": {"learning_rate": 0.02, "epochs": 3, "batch_size": 10},
        "options": {"size": 8},
    }
    assert why(options(before, now)) == [
        "changed: options.size, unset → 8",
        "changed: training.batch_size, null → 10",
        "changed: training.learning_rate, 0.01 → 0.02",
    ]


def test_two_options_that_swap_their_values_are_both_named():
    before, now = (
        {"confidence": 0.95, "solved_score": 0.9},
        {"confidence": 0.9, "solved_score": 0.95},
    )
    assert why(options(before, now)) == [
        "changed: confidence, 0.95 → 0.9",
        "changed: solved_score, 0.9 → 0.95",
    ]


def test_of_a_changed_list_what_was_added_and_removed_is_shown():
    assert why(options({"t": [5, 10]}, {"t": [5, 10, 20]})) == ["changed: t, added 20"]
    assert why(options({"t": [5, 10]}, {"t": [10, 20]})) == ["changed: t, added 20, removed 5"]
    assert why(options({"t": [5, 10]}, {"t": [10, 5]})) == ["changed: t, [5, 10] → [10, 5]"]


def test_a_text_with_quotes_and_words_of_the_format_is_an_option_like_others():
    before, now = ({"label": text} for text in ('it\'s now: "x"', "other"))
    assert why(options(before, now)) == ['changed: label, it\'s now: "x" → other']


def test_words_that_separate_reasons_do_not_split_a_label():
    before, now = ({"label": f"LSTM; {text} now: 'x'"} for text in ("Old", "New"))
    assert why(f"Incomplete output files: a; {options(before, now)}; Forced execution") == [
        "left unfinished",
        "changed: label, LSTM; Old now: 'x' → LSTM; New now: 'x'",
        "asked for",
    ]


JOBS = {"models": ["gru", "lstm"], "lengths": [5, 10], "shards": ["0-9"]}


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"lengths": [5, 10, 200]}, "more jobs than before (T = 200)"),
        ({"lengths": [10]}, "fewer jobs than before (T = 5)"),
        ({"models": ["gru", "lstm", "rnn"]}, "more jobs than before (model rnn)"),
        ({"shards": ["0-9", "10-19"]}, "more jobs than before (replicates 10–19)"),
        ({"shards": ["0-10"]}, "more jobs than before (replicate 10)"),
        (
            {"models": ["rnn", "window"], "lengths": [5, 20]},
            "other jobs than before (added: models rnn, window; T = 20; "
            "removed: models gru, lstm; T = 10)",
        ),
        ({"shards": ["0-4", "5-9"]}, "the same replicates as before, in other jobs or in another"),
    ],
)
def test_of_changed_jobs_what_was_added_and_removed_is_shown(change, cause):
    new = {**JOBS, **change}
    for old in (JOBS, by_model(JOBS)):  # the first as an earlier version has recorded it
        before, now = {"jobs": old, "sequences": 5}, {"jobs": by_model(new), "sequences": 5}
        files = "Set of input files has changed since last execution"
        (said,) = why(f"{files}; {options(before, now)}")
        assert said.startswith(f"made from {cause}")


def test_what_is_new_in_some_models_alone_is_told():
    before = {
        "gru": {"lengths": [5, 10, 20], "shards": ["0-9"]},
        "lstm": {"lengths": [5, 10], "shards": ["0-4"]},
    }

    def causes(now):
        return why(options({"jobs": before}, {"jobs": now}))

    longer = {**before, "lstm": {"lengths": [5, 10, 20], "shards": ["0-4"]}}
    assert causes(longer) == ["made from more jobs than before (T = 20 of lstm)"]
    more = {**before, "lstm": {"lengths": [5, 10], "shards": ["0-9"]}}
    assert causes(more) == ["made from more jobs than before (replicates 5–9 of lstm)"]
    shorter = {**before, "gru": {"lengths": [5], "shards": ["0-10"]}}
    assert causes(shorter) == [
        "made from other jobs than before (added: replicate 10; removed: T = 20; T = 10 of gru)"
    ]


def test_jobs_as_an_earlier_version_recorded_them_are_the_same_jobs():
    before, now = {"jobs": JOBS, "sequences": 5}, {"jobs": by_model(JOBS), "sequences": 6}
    assert why(options(before, now)) == ["changed: sequences, 5 → 6"]


def by_model(jobs):
    return {model: {k: jobs[k] for k in ("lengths", "shards")} for model in jobs["models"]}


def test_other_files_without_other_jobs_are_reported():
    other_files = reason(input_changed=True, params_changed=ParamsChange({"0.9"}, {"0.5"}))
    assert why(other_files) == ["made from other files than before", "changed: 0.9 → 0.5"]


def test_parameters_of_an_earlier_version_are_not_listed():
    said = ["its options were recorded in another form by an earlier version"]
    assert why(changed([0.95, 2000], ['{"confidence":0.95,"draws":2000}'])) == said
    assert why(changed(['{"a": 1, "b": 2}'], ['{"b":2,"a":1}'])) == said


def test_files_made_by_jobs_are_not_called_edited_and_edited_ones_are_sorted():
    said = reason(updated_input={"tables/losses.csv", "report/page.js", "report/page.css"})
    assert why(said, {"tables/losses.csv"}) == ["edited: report/page.css", "edited: report/page.js"]
    assert why(reason(updated_input={"tables/losses.csv"}), {"tables/losses.csv"}) == [
        "left undone by an earlier run"
    ]


def test_edited_code_is_named_by_its_file_without_its_digest():
    digests = {"recall_horizon.training.loop": "0" * 12, "recall_horizon.models": "1" * 12}
    edited = {**digests, "recall_horizon.models": "2" * 12}
    assert why(changed([digests, "a" * 16], [edited, "b" * 16])) == [
        "edited code: recall_horizon/models/__init__.py"
    ]
    edited = {**edited, "recall_horizon.training.loop": "3" * 12}
    assert why(changed([digests], [edited])) == [
        "edited code: recall_horizon/models/__init__.py",
        "edited code: recall_horizon/training/loop.py",
    ]


def test_a_module_that_is_gone_is_still_named():
    said = changed([{"gone.away": "0" * 12}], [{"recall_horizon.training.loop": "1" * 12}])
    assert why(said) == [
        "edited code: gone.away (gone)",
        "edited code: recall_horizon/training/loop.py",
    ]


def test_another_version_of_a_package_is_listed_with_edited_code():
    before = {"recall_horizon.training.loop": "0" * 12, "torch": "2.12.0", "numpy": "2.3.1"}
    now = {"recall_horizon.training.loop": "1" * 12, "torch": "2.13.0", "scipy": "1.17.0"}
    assert why(changed([before], [now])) == [
        "changed software: numpy 2.3.1 → not used",
        "edited code: recall_horizon/training/loop.py",
        "changed software: scipy not used → 1.17.0",
        "changed software: torch 2.12.0 → 2.13.0",
    ]


def test_a_plain_parameter_is_shown_with_both_values():
    assert why(changed([0.9, True], [0.5, True])) == ["changed: 0.9 → 0.5"]


def test_plain_parameters_are_shown_with_options_and_without_earlier_ones():
    assert why(changed(['{"a":1}', "Old."], ['{"a":2}', "New."])) == [
        "changed: a, 1 → 2",
        "changed: Old. → New.",
    ]
    assert why(changed([], [0.5])) == ["changed: unset → 0.5"]


def test_code_that_was_not_recorded_before_counts_as_edited():
    assert why(changed([], [{"recall_horizon.training.loop": "1" * 12}])) == [
        "edited code: all of it"
    ]


def test_of_several_lengths_a_new_one_is_named_and_what_follows_is_not():
    """The task at each length is in the options, as a list of objects; the longest is `length`."""

    def job(lengths):
        each = [{"length": t, "shape": {"steps": t}, "chance": 1.0} for t in lengths]
        longest = {"length": lengths[-1], "shape": {"steps": lengths[-1]}, "chance": 1.0}
        return {**longest, "seed": 1, "together": each}

    causes = why(options(job([5, 10]), job([5, 10, 20])))
    assert causes == ["changed: lengths trained on together, added 20"]
