"""A step's command line follows from its function's signature."""

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, PositiveInt

from recall_horizon.cli._command import run


class Settings(BaseModel):
    share: Annotated[float, Field(gt=0, le=1)]


def called(words):
    """What a step receives of these words."""
    received = {}

    def step(
        folders: list[Path],
        *,
        settings: Settings,
        number: PositiveInt = 2,
        kind: Literal["one", "other"] = "one",
        output: Path | None = None,
        named: dict[str, dict[str, int]] | None = None,
        full: bool = False,
    ) -> None:
        """Do it.

        More of it.

        Args:
            folders: such as
              100 % of them.
            settings: what to do.
            number: how often.
        """
        received.update(locals())

    run("do", step, words)
    del received["received"]
    return received


GIVEN = ["--settings", '{"share": 0.5}']


def test_words_become_values_of_the_types_that_are_declared():
    words = ["a", "b", *GIVEN, "--number", "3", "--kind", "other", "--output", "o", "--full"]
    assert called([*words, "--named", '{"x": {"y": 1}}']) == {
        "folders": [Path("a"), Path("b")],
        "settings": Settings(share=0.5),
        "number": 3,
        "kind": "other",
        "output": Path("o"),
        "named": {"x": {"y": 1}},
        "full": True,
    }


def test_what_is_left_out_has_its_default():
    found = called(["a", *GIVEN])
    assert (found["number"], found["kind"], found["output"]) == (2, "one", None)
    assert (found["named"], found["full"]) == (None, False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a"], "required: --settings"),
        (GIVEN, "required: PATH"),
        (["a", *GIVEN, "--number", "0"], "--number: Input should be greater than 0"),
        (["a", *GIVEN, "--number", "x"], "--number: Input should be a valid integer"),
        (["a", *GIVEN, "--kind", "third"], "--kind: Input should be 'one' or 'other'"),
        (["a", "--settings", '{"share": 2}'], "--settings: share: Input should be less than"),
        (["a", "--settings", "{"], "--settings: Invalid JSON"),
        (["a", *GIVEN, "--named", '{"x": {"y": "z"}}'], "--named: x.y: Input should be"),
        (["a", *GIVEN, "--numb", "3"], "unrecognized arguments: --numb"),
    ],
)
def test_a_word_that_does_not_fit_is_refused_in_one_line(words, said, capsys):
    with pytest.raises(SystemExit) as stopped:
        called(words)
    assert stopped.value.code == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("python -m recall_horizon do: error: ")
    assert said in last


def test_the_help_has_meanings_types_ranges_and_defaults(capsys):
    with pytest.raises(SystemExit):
        called(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "Do it. More of it." in said
    assert "such as 100 % of them." in said
    assert "--number INTEGER > 0 how often. (default: 2)" in said
    assert "--settings JSON what to do." in said
    assert "--kind one|other" in said
