import json

import pytest
from snakemake.jobs import Reason
from snakemake.persistence import ParamsChange

from recall_horizon.presentation.plan_reasons import Cause, causes, several

PARAMETERS = "Params have changed since last execution"


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


def differences(before, now):
    """What is shown of parameters that were `before` and are `now`."""
    ((phrase, lines),) = causes(changed(before, now))
    assert phrase == PARAMETERS
    return list(lines)


def of_options(before, now):
    return differences([json.dumps(before)], [json.dumps(now)])


@pytest.mark.parametrize(
    ("flags", "found"),
    [
        ({"missing_output": {"a"}}, {"Missing output files": ["a"]}),
        ({"incomplete_output": {"a"}}, {"Incomplete output files": ["a"]}),
        ({"updated_input": {"report/page.css"}}, {"Updated input files": ["report/page.css"]}),
        ({"updated_input_run": {"a"}}, {"Input files updated by another job": ["a"]}),
        (
            {"updated_input": {"a"}, "updated_input_run": {"a"}},  # the first names no file
            {"Input files updated by another job": ["a"]},
        ),
        ({"input_changed": True}, {"Set of input files has changed since last execution": []}),
        ({"code_changed": True}, {"Code has changed since last execution": []}),
        ({"forced": True}, {"Forced execution": []}),
        (
            {"missing_output": {"a"}, "code_changed": True},
            {"Missing output files": ["a"], "Code has changed since last execution": []},
        ),
        ({"unfinished_queue_input": True}, {"Snakemake states no reason": []}),
    ],
)
def test_a_cause_is_what_snakemake_says_before_the_colon_and_has_the_files_after_it(flags, found):
    assert causes(reason(**flags)) == {Cause(phrase): files for phrase, files in found.items()}


def test_of_many_files_the_first_is_named_and_the_others_are_counted():
    assert several(["a", "b", "c"], 1) == "a and 2 more"
    assert several(["a", "b"], 2) == "a, b"


def test_changed_parameters_are_found_among_other_causes():
    both = ParamsChange({"0.9"}, {"0.5"})
    said = reason(incomplete_output={"a"}, params_changed=both, software_stack_changed=True)
    assert list(causes(said)) == [
        Cause("Incomplete output files"),
        Cause(PARAMETERS, ("another parameter: 0.9 → 0.5",)),
        Cause("Software environment definition has changed since last execution"),
    ]


def test_a_changed_option_is_named_with_its_values():
    before = {"training": {"learning_rate": 0.01, "epochs": 3, "batch_size": None}, "options": {}}
    now = {
        "training": {"learning_rate": 0.02, "epochs": 3, "batch_size": 10},
        "options": {"size": 8},
    }
    assert of_options(before, now) == [
        "options.size: unset → 8",
        "training.batch_size: null → 10",
        "training.learning_rate: 0.01 → 0.02",
    ]


def test_of_a_changed_list_what_was_added_and_removed_is_shown():
    assert of_options({"t": [5, 10]}, {"t": [5, 10, 20]}) == ["t: added 20"]
    assert of_options({"t": [5, 10]}, {"t": [10, 20]}) == ["t: added 20; removed 5"]
    assert of_options({"t": [5, 10]}, {"t": [10, 5]}) == ["t: [5, 10] → [10, 5]"]


def test_what_has_changed_alike_is_in_one_line_and_only_the_first_lines_are_shown():
    before, now = ({name: {"lengths": [5] * n} for name in "ab"} for n in (1, 2))
    assert of_options(before, now) == ["a.lengths, b.lengths: [5] → [5, 5]"]
    lines = of_options({}, {name: name for name in "abcdefgh"})
    assert lines == [*(f"{name}: unset → {name}" for name in "abcdef"), "and 2 more"]


@pytest.mark.parametrize("label", ['it\'s now: "x"', "LSTM; Old now: 'x'", "a; B: c, d"])
def test_a_text_with_the_signs_of_snakemakes_reasons_is_an_option_like_others(label):
    assert of_options({"label": label}, {"label": "other"}) == [f"label: {label} → other"]


def test_options_written_in_another_form_differ_in_nothing():
    assert differences(['{"a": 1, "b": 2}'], ['{"b":2,"a":1}']) == []


def test_parameters_that_cannot_be_read_are_not_shown():
    (cause,) = causes(reason(params_changed=ParamsChange({"nan"}, {"inf"})))
    assert cause.phrase == PARAMETERS


def test_edited_code_is_named_by_its_modules_and_software_with_its_versions():
    before = {"recall_horizon.models": "0" * 12, "recall_horizon.training.loop": "1" * 12}
    now = {"recall_horizon.models": "2" * 12, "recall_horizon.training.loop": "3" * 12}
    assert differences([before | {"torch": "2.12.0"}], [now | {"torch": "2.13.0"}]) == [
        "recall_horizon.models, recall_horizon.training.loop: edited",
        "torch: 2.12.0 → 2.13.0",
    ]
    assert differences([{"a": "0" * 12}], [{"b": "0" * 12}]) == ["a: gone", "b: new"]


def test_a_plain_parameter_is_shown_with_both_values():
    assert differences([0.9, True], [0.5, True]) == ["another parameter: 0.9 → 0.5"]
    assert differences([], ["New."]) == ["another parameter: unset → New."]


def test_a_new_length_of_those_trained_on_together_is_named():
    """The task at each length is in the options, as a list of objects; the longest is `length`."""

    def job(lengths):
        each = [{"length": t, "shape": {"steps": t}, "chance": 1.0} for t in lengths]
        longest = {"length": lengths[-1], "shape": {"steps": lengths[-1]}, "chance": 1.0}
        return {**longest, "seed": 1, "together": each}

    assert of_options(job([5, 10]), job([5, 10, 20])) == [
        "length, shape.steps: 10 → 20",
        "lengths trained on together: added 20",
    ]
