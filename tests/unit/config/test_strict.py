import json
from pathlib import Path

import pytest

from recall_horizon.config.strict import check_argument, check_file
from recall_horizon.errors import ConfigError

CONFIG = Path(__file__).parents[3] / "config"


@pytest.fixture
def refusal(tmp_path):
    """What is said against a file with this content, line by line; the file's name is cut."""

    def ask(text):
        path = tmp_path / "own.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError) as refused:
            check_file(path)
        start, *lines = str(refused.value).splitlines()
        assert start == "the configuration means something else to YAML than it shows"
        assert all(line.startswith(f"  {path}, line ") for line in lines)
        return [line.removeprefix(f"  {path}, ") for line in lines]

    return ask


@pytest.mark.parametrize("path", sorted(CONFIG.rglob("*.yaml")), ids=lambda path: path.stem)
def test_every_configuration_that_comes_with_the_project_means_what_it_shows(path):
    check_file(path)


@pytest.mark.parametrize(
    "text",
    [
        "training: {epochs: 3}\nmodels: [lstm]\ntraining: {samples: 2}\n",
        "training:\n  epochs: 3\n\ntraining:\n  samples: 2\n",
        "\"training\": {}\n'training': {}\n",
        "model_zoo: {lstm: {label: a, colour: b,\n label: c}}",
        "claims:\n- {says: a,\n  source: b, says: c}",
        '{\n\t"seed": 1,\n\t"seed": 2\n}',
        '{"a": [{"seed": 1,\n"seed": 2}]}',
    ],
)
def test_a_key_that_a_section_has_twice_is_refused(refusal, text):
    (line,) = refusal(text)
    assert " is here a second time, after line " in line
    assert "write it once, in full" in line


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("lengths: [5, 010]", '010 is 8, read in base 8, to YAML: write 10, or "010" for text'),
        ("lengths: [005]", '005 is 5, read in base 8, to YAML: write 5, or "005" for text'),
        ("lengths:\n- 08\n", '08 is text to YAML: write 8, or "08" for text'),
        ("seed: -09", '-09 is text to YAML: write -9, or "-09" for text'),
        ("seed: 1:30", '1:30 is 90, read in base 60, to YAML: write 90, or "1:30" for text'),
        ("x: 1:30.5", '1:30.5 is 90.5, read in base 60, to YAML: write 90.5, or "1:30.5" for text'),
        ("study: 2026-01-31", '2026-01-31 is a date to YAML: write "2026-01-31"'),
        ("label: 2001-12-14 21:59:43", 'date to YAML: write "2001-12-14 21:59:43"'),
        ("positions: off", 'off is false to YAML: write false, or "off" for text'),
        ("label: Yes", 'Yes is true to YAML: write true, or "Yes" for text'),
        ("on: {}", 'the key on is a boolean to YAML: write "on"'),
        ("model_zoo: {no: {}}", 'the key no is a boolean to YAML: write "no"'),
        ("1: {}", 'the key 1 is a number to YAML: write "1"'),
        ("1.5: {}", 'the key 1.5 is a number to YAML: write "1.5"'),
        ("null: {}", 'the key null is null to YAML: write "null"'),
        ("2026-01-31: {}", 'the key 2026-01-31 is a date to YAML: write "2026-01-31"'),
        ("? [a, b]\n: {}", "a list or a section is a key here: write a name"),
    ],
)
def test_a_word_that_is_something_else_to_yaml_is_refused(refusal, text, what):
    (line,) = refusal(text)
    assert line.startswith("line ")
    assert line.endswith(what)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("colour: #D55E00", '#D55E00 is a comment to YAML: write "#D55E00"'),
        ("label: RNN #1", '#1 is a comment to YAML: write "RNN #1"'),
        ("label: RNN #1  # the first", '#1 is a comment to YAML: write "RNN #1"'),
        ('label: the "old" RNN #1', 'write "the \\"old\\" RNN #1"'),
        ("label: C #", '# is a comment to YAML: write "C #"'),
        ("says: of a model\n  and of #2", '#2 is a comment to YAML: write "of a model and of #2"'),
        ("colours:\n- #D55E00", '#D55E00 is a comment to YAML: write "#D55E00"'),
        ("label: !!str 5", "!!str is a type to YAML: leave it out, and write text in quotes"),
        ("label: !important", "!important is a type to YAML"),
        ("label: &co", "&co only names what follows: leave it out, or write text in quotes"),
    ],
)
def test_what_yaml_would_drop_is_refused(refusal, text, what):
    (line,) = refusal(text)
    assert what in line


def test_each_place_is_named_by_its_line_in_the_order_of_the_file(refusal):
    text = "# a study\ntraining: {}\nlengths: [005, 010]\n\nα: '\u2028'\ntraining: {}\ncolour: #1\n"
    assert [line.partition(":")[0] for line in refusal(text)] == [
        *("line 3", "line 3"),
        *("line 6", "line 7"),  # not 7 and 8: for editors a line separator ends no line
    ]


@pytest.mark.parametrize(
    "text",
    [
        "learning_rate: 0.1  # faster",
        "learning_rate: 0.1 #faster",
        "learning_rate: 1e-3 #faster",
        "epochs: 10 #000",
        "control: true #why",
        "batch_size: null #all",
        "device: cpu  # here",
        "label: # none yet",
        'label: "RNN #1" #one',
        "label: 'C#'",
        "label: C#",
        "label: R&D, 50 % *more* !",
        "lengths: [5, 10] #short",
        "models: [lstm,\n  #gru,\n  rnn]",
        "training: #settings\n  epochs: 3",
        "#study: old\nstudy: new\n  #seed: 3",
        "says: |\n  of #1\n  010\nsource: >-\n  the #2",
        "base: &base {epochs: 3}\ntraining: {<<: *base, samples: 2}\nother: *base",
        "lengths: [0, 10, 100]\nseed: 0\nx: [0.5, -0.1, 1_000, 0x10, .5, 1e5]",
        "label: '010'\nstudy: \"on\"\nhorizon: ~\nnothing: null\nempty:\n'1': {}\n\"no\": {}",
        "model_zoo: {08: {}, 1e5: {}, nan: {}, NA: {}, N-A: {}}",
        "label: 0815-a\npositions: none\nversion: 1.2.3\ntime: 12:30:61\narchitecture: a.b:Net",
        json.dumps({"a": 1e5, "b": "#1", "c": ["010", True, None], "1": "on"}, indent="\t"),
    ],
)
def test_what_means_what_it_shows_passes(tmp_path, text):
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    check_file(tmp_path / "own.yaml")


def test_what_is_no_yaml_is_refused_with_its_line(tmp_path):
    (tmp_path / "own.yaml").write_text("study: a\nlabel: b: c\n")
    with pytest.raises(ConfigError, match=r"own\.yaml, line 2: this is not YAML: mapping values"):
        check_file(tmp_path / "own.yaml")


@pytest.mark.parametrize("content", [b"study: \xff", b'{"study": "\x7f"}', b"study: '\x07'"])
def test_what_cannot_be_read_is_refused_by_name(tmp_path, content):
    (tmp_path / "own.yaml").write_bytes(content)
    with pytest.raises(ConfigError, match=r"own\.yaml cannot be read: "):
        check_file(tmp_path / "own.yaml")


def test_a_file_in_the_working_folder_is_named_from_there(tmp_path, monkeypatch):
    (tmp_path / "own.yaml").write_text("seed: 010")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"\n  own\.yaml, line 1: 010"):
        check_file(tmp_path / "own.yaml")


@pytest.mark.parametrize(
    ("argument", "what"),
    [
        ("training={epochs: 2, epochs: 3}", "--config training: epochs is here a second time"),
        ("study=my #1", '--config study: #1 is a comment to YAML: write "my #1"'),
        ("study=my # 1", "# 1 is a comment to YAML"),
        ("study=!!str x", "--config study: !!str is a type to YAML"),
        ("study=&x y", "--config study: &x only names what follows"),
    ],
)
def test_what_snakemake_would_drop_of_an_argument_is_refused(argument, what):
    with pytest.raises(ConfigError) as refused:
        check_argument(argument)
    assert what in str(refused.value)


@pytest.mark.parametrize(
    "argument",
    [
        "lengths=[5, 010]",
        "study=2026-01-31",
        "control=on",
        "seed=",
        "model_zoo={lstm: {colour: '#D55E00', label: null}}",
        "broken={a: #1}",  # all of it is text, which no section is
    ],
)
def test_an_argument_of_which_nothing_is_dropped_passes(argument):
    check_argument(argument)
