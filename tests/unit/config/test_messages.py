import pydantic
import pytest

from recall_horizon.config.messages import Problem, as_text, from_validation
from recall_horizon.config.section import Section


class Inner(Section):
    size: pydantic.PositiveInt = pydantic.Field(description="How large it is,\nin units.")
    shape: str


class Outer(Section):
    inner: Inner
    entries: dict[str, Inner] = {}
    numbers: list[int] = []


def problems(raw):
    with pytest.raises(pydantic.ValidationError) as refused:
        Outer.model_validate(raw)
    return list(from_validation(refused.value, Outer))


GOOD = {"size": 1, "shape": "round"}


def test_one_problem_is_one_line():
    text = as_text([Problem(("a", "b", 2), 7, "should be 8")])
    assert text == "the configuration has a problem\n  a.b[2] = 7: should be 8"


def test_several_problems_are_counted_and_listed():
    text = as_text([Problem(("a",), 1, "no"), Problem(("b",), 2, "no")])
    assert text.splitlines() == ["the configuration has 2 problems", "  a = 1: no", "  b = 2: no"]


def test_a_long_value_is_cut():
    line = as_text([Problem(("a",), "x" * 1000, "too long")]).splitlines()[1]
    assert len(line) < 120
    assert line.endswith("...: too long")


@pytest.mark.parametrize(
    ("wrong", "key", "advice"),
    [
        ({**GOOD, "sise": 1}, "sise", "unknown key; did you mean 'size'? valid: shape, size"),
        ({"shape": "round"}, "size", "this key is missing; How large it is, in units."),
    ],
)
def test_an_unknown_or_a_missing_key_is_explained_by_its_own_section(wrong, key, advice):
    found = problems({"inner": wrong, "entries": {"one": wrong}})
    assert [problem.path for problem in found] == [("inner", key), ("entries", "one", key)]
    assert [problem.advice for problem in found] == [advice] * 2


def test_a_position_in_a_list_is_its_index():
    (problem,) = problems({"inner": GOOD, "numbers": [1, 2, "three"]})
    assert problem.path == ("numbers", 2)
    assert problem.value == "three"


def test_problems_are_below_the_given_path():
    with pytest.raises(pydantic.ValidationError) as refused:
        Inner.model_validate({**GOOD, "size": 0})
    (problem,) = from_validation(refused.value, Inner, ("model_zoo", "lstm"))
    assert problem.path == ("model_zoo", "lstm", "size")
    assert problem.advice == "should be greater than 0"
