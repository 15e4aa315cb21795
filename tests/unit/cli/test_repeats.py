import re

import pytest
from snakemake.cli import get_argument_parser

from recall_horizon.cli._repeats import read_once
from recall_horizon.errors import RecallHorizonError


def refusal(*words):
    with pytest.raises(RecallHorizonError) as refused:
        read_once(get_argument_parser(), words)
    return str(refused.value)


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("--configfile a.yaml --configfile b.yaml", "--configfile a.yaml b.yaml"),
        ("--configfile a.yaml c.yaml --configfile=b.yaml", "--configfile a.yaml c.yaml b.yaml"),
        ("--configfiles a.yaml --cores 2 --configfile b.yaml", "--configfile a.yaml b.yaml"),
        ("--config a=1 --config b=2", "--config a=1 b=2"),
        ("-C aa=1 -n --config bb=2", "--config aa=1 bb=2"),
        ("--config lengths=[5, --config b=2", "--config 'lengths=[5,' b=2"),
        ("--set-threads train=1 --set-threads search_train=2", "train=1 search_train=2"),
        ("--configfile own.yaml a.yaml --configfile own.yaml b.yaml", "own.yaml a.yaml b.yaml"),
    ],
)
def test_what_takes_several_values_is_to_be_given_once_with_all_of_them(words, right):
    message = refusal(*words.split())
    assert "is given twice, and Snakemake would read the last alone" in message
    assert message.endswith(right)


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("--cores 2 --cores 4", "--cores"),
        ("-c2 --cores all", "--cores"),
        ("--core 2 --cor=4", "--cores"),
        ("-j 2 --jobs 4 -- figures", "--jobs"),
        ("--workflow-profile profiles/slurm --workflow-profile none", "--workflow-profile"),
    ],
)
def test_what_takes_one_value_is_to_be_given_once(words, option):
    message = refusal(*words.split())
    assert message.startswith(f"{option} is given twice")
    assert message.endswith("give one")


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("--config seed=1 seed=2", "seed"),
        ("--config seed=1 --config seed=2", "seed"),
        ("--resources gpu=1 gpu=2", "gpu"),
        ("--set-resources train:mem_mb=1 train:mem_mb=2", "train:mem_mb"),
    ],
)
def test_a_key_is_to_be_set_once(words, key):
    assert f" sets {key} twice" in refusal(*words.split())


def test_every_option_that_is_given_twice_is_named():
    words = "--cores 1 --config a=1 --cores 2 --config b=1 --config c=1"
    lines = refusal(*words.split())
    assert re.findall(r"^(--\w+) is given (.*?),", lines, re.MULTILINE) == [
        ("--cores", "twice"),
        ("--config", "three times"),
    ]


@pytest.mark.parametrize(
    "words",
    [
        "",
        "--cores 2 --configfile a.yaml b.yaml --config aa=1 bb=2 -- figures --cores",
        # Snakemake 9.17 would read the last alone.
        pytest.param("--profile one --profile two", marks=pytest.mark.pinned),
        "-n --dry-run -k -k",
        "--config study=longer 'training={epochs: 2}' --configfile a=b.yaml a=c.yaml",
        "--resources gpu=1 mem_mb=100 --set-resources train:mem_mb=1 train:runtime=1",
    ],
)
def test_what_snakemake_reads_whole_passes(words):
    read = read_once(get_argument_parser(), words.split())
    parsed = get_argument_parser().parse_args(words.split())
    for key in ("cores", "configfile", "config", "profile", "targets", "dryrun", "resources"):
        assert getattr(read, key) == getattr(parsed, key)
