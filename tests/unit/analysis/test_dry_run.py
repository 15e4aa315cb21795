import json
import shlex

import pytest

from recall_horizon.analysis.dry_run import options_in, read_jobs


@pytest.fixture
def line():
    def write(rule, output, command="python -m recall_horizon step"):
        fields = {"wildcards": {}, "inputs": [], "benchmark": None, "threads": 1, "gpus": 0}
        fields |= {"rule": rule, "outputs": [output], "reason": "", "command": command}
        return json.dumps(fields)

    return write


def test_the_order_of_jobs_does_not_depend_on_snakemake(line):
    lines = [line("b", "2"), line("a", "1")]
    assert [job.rule for job in read_jobs([*lines, "Building DAG of jobs..."])] == ["a", "b"]
    assert read_jobs(lines) == read_jobs(lines[::-1])


def test_options_are_read_from_the_command(line):
    options = {"label": 'it\'s "new" # 1', "training": {"epochs": 3}}
    quoted = shlex.quote(json.dumps(options))
    command = f"python -m recall_horizon step --options {quoted} --output 'a b' > log 2>&1"
    (job,) = read_jobs([line("a", "1", command)])
    assert job.options == options


@pytest.mark.parametrize(
    "command",
    ["", "touch a", "tool --options", "tool --options fast", "tool --options '{", "x --options 3"],
)
def test_commands_of_another_kind_have_no_options(command):
    assert options_in(command) == {}
