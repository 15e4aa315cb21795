import pydantic
import pytest

from recall_horizon.code.options import options_model
from recall_horizon.errors import RecallHorizonError


class Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(strict=True, extra="forbid")


CONSTRUCTOR = """
from typing import Literal
import torch
from pydantic import PositiveInt

class Net(torch.nn.Module):
    def __init__(
        self,
        length: int,
        width: PositiveInt,
        bias: float | None = None,
        gate: Literal["input", "forget"] = "input",
        *,
        sizes: list[int] = [1, 2],
        computed: float = 2 * torch.pi,
        module: torch.nn.Module = None,
        untyped=3,
    ): ...
"""


@pytest.fixture
def options(module):
    return options_model(module(CONSTRUCTOR), "Net", positional=1, base=Strict)


@pytest.mark.parametrize(
    "given",
    [
        {"width": 3},
        {"width": 3, "bias": 0.5},
        {"width": 3, "bias": 1},
        {"width": 3, "bias": None},
        {"width": 3, "gate": "forget"},
        {"width": 3, "sizes": []},
        {"width": 3, "computed": 1.5},
        {"width": 3, "module": "an annotation that is not known accepts anything"},
        {"width": 3, "untyped": {"any": "thing"}},
    ],
)
def test_options_that_fit_the_constructor_are_accepted(options, given):
    accepted = options.model_validate(given)
    assert {key: getattr(accepted, key) for key in given} == given


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({}, "width"),
        ({"width": 0}, "width"),
        ({"width": 2.5}, "width"),
        ({"width": "3"}, "width"),
        ({"width": True}, "width"),
        ({"width": 3, "bias": "1"}, "bias"),
        ({"width": 3, "gate": "output"}, "gate"),
        ({"width": 3, "sizes": [1, "2"]}, "sizes"),
        ({"width": 3, "computed": "pi"}, "computed"),
        ({"width": 3, "widht": 3}, "widht"),
        ({"width": 3, "length": 5}, "length"),
        ({"width": 3, "self": None}, "self"),
    ],
)
def test_options_that_do_not_fit_are_refused(options, given, where):
    with pytest.raises(pydantic.ValidationError) as refused:
        options.model_validate(given)
    assert {error["loc"][0] for error in refused.value.errors()} == {where}


def test_a_function_takes_its_options_after_the_positional_ones(module):
    name = module("def task(rng, number, length, noise: float = 0.0): ...\n")
    options = options_model(name, "task", positional=3, base=Strict)
    assert options.model_validate({"noise": 0.5}).noise == 0.5
    with pytest.raises(pydantic.ValidationError):
        options.model_validate({"length": 5})


def test_keyword_arguments_allow_any_option(module):
    name = module("class Net:\n    def __init__(self, length, width: int = 1, **rest): ...\n")
    options = options_model(name, "Net", positional=1, base=Strict)
    assert options.model_validate({"anything": 1})
    with pytest.raises(pydantic.ValidationError):
        options.model_validate({"width": "wide"})


def test_a_class_without_a_constructor_takes_no_options(module):
    options = options_model(module("class Net: ...\n"), "Net", positional=1, base=Strict)
    assert options.model_validate({})
    with pytest.raises(pydantic.ValidationError):
        options.model_validate({"width": 1})


@pytest.mark.parametrize(
    "annotation", ["Unknown", "'Unknown'", "un.known", "list['Unknown']", "42"]
)
def test_an_annotation_that_means_nothing_here_accepts_anything(module, annotation):
    name = module(f"class Net:\n    def __init__(self, length, it: {annotation} = None): ...\n")
    assert options_model(name, "Net", positional=1, base=Strict).model_validate({"it": 3}).it == 3


@pytest.mark.parametrize(
    ("annotation", "fits", "does_not"),
    [
        ("Optional[int]", None, "1"),
        ("typing.Union[int, None]", 3, "1"),
        ("Annotated[float, Field(gt=0, le=1)]", 0.5, 0.0),
        ("Literal[-1, 'a']", -1, 1),
        ("dict[str, list[PositiveInt]]", {"a": [1]}, {"a": [0]}),
        ("tuple[int, ...] | None", None, 5),
    ],
)
def test_annotations_of_types_bounds_and_unions_are_understood(module, annotation, fits, does_not):
    name = module(f"class Net:\n    def __init__(self, length, it: {annotation}): ...\n")
    options = options_model(name, "Net", positional=1, base=Strict)
    assert options.model_validate({"it": fits})
    with pytest.raises(pydantic.ValidationError):
        options.model_validate({"it": does_not})


@pytest.mark.parametrize(
    "hostile",
    [
        "__import__('pathlib').Path({path!r}).touch()",
        "[open({path!r}, 'w') for _ in (1,)]",
        "(lambda: open({path!r}, 'w'))()",
        "int if open({path!r}, 'w') else float",
        "Literal[open({path!r}, 'w')]",
        "typing.get_type_hints(open({path!r}, 'w'))",
        *(
            form.format("\"__import__('pathlib').Path({path!r}).touch()\"")
            for form in ("{}", "list[{}]", "Optional[{}]", "dict[str, {}]", "ForwardRef({})")
        ),
    ],
)
def test_a_hostile_annotation_is_never_evaluated(module, tmp_path, hostile):
    annotation = hostile.format(path=str(tmp_path / "written"))
    name = module(f"class Net:\n    def __init__(self, length, it: {annotation} = None): ...\n")
    options = options_model(name, "Net", positional=1, base=Strict)
    assert options.model_validate({"it": "anything"})
    assert not (tmp_path / "written").exists()


def test_options_of_an_undefined_name_are_refused(module):
    with pytest.raises(RecallHorizonError, match="defines no Net"):
        options_model(module(""), "Net", positional=1, base=Strict)
