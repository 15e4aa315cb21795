import importlib
from importlib import metadata
from itertools import count

import pydantic
import pytest

from recall_horizon import source
from recall_horizon.errors import RecallHorizonError


class Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(strict=True, extra="forbid")


# What the step of a small package runs, and what it does not.
PANTRY = {
    "pantry/__init__.py": "",
    "pantry/step.py": (
        "import math\n"
        "from pantry.middle import work\n"
        "from pantry import named\n"
        "from . import sibling\n"
        "from .shelf.top import jam\n"
        "def main(x):\n"
        "    import pantry.late\n"
        "    return math.sqrt(x)\n"
    ),
    "pantry/middle.py": "import pantry.deep\ndef work():\n    return pantry.deep.LIMIT\n",
    "pantry/deep.py": "LIMIT = 3\nclass Box:\n    size: int = 1\n",
    "pantry/named.py": "NAMED = 1\n",
    "pantry/sibling.py": "SIBLING = 1\n",
    "pantry/late.py": "LATE = 1\n",
    "pantry/uncle.py": "UNCLE = 1\n",
    "pantry/shelf/__init__.py": "SHELF = 1\n",
    "pantry/shelf/top.py": "from ..uncle import UNCLE\njam = 1\n",
    "pantry/unrelated.py": "import pantry.step\nUNRELATED = 1\n",
}


@pytest.fixture
def forget():
    """Forget what was read before; asked for by name in a fresh folder, code is read anew."""

    def clear():
        importlib.invalidate_caches()
        for function in vars(source).values():
            if hasattr(function, "cache_clear"):
                function.cache_clear()

    yield clear
    clear()


@pytest.fixture
def digest(tmp_path, monkeypatch, forget):
    """The digest of pantry.step in a package of the given files."""
    folders = count()

    def of(files, *modules):
        folder = tmp_path / str(next(folders))
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        forget()
        with monkeypatch.context() as patch:
            patch.syspath_prepend(folder)
            return source.digest(*(modules or ["pantry.step"]))

    return of


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("deep", "LIMIT = 3\n", "LIMIT = 3  # three\n# and no more\n"),
        ("deep", "LIMIT = 3\n", '"""The limit."""\nLIMIT = 3\n'),
        ("deep", "LIMIT = 3\n", 'LIMIT = 3\n"""Not one more."""\n'),
        ("deep", "size: int = 1\n", 'size: int = 1\n    """In metres."""\n'),
        ("deep", "LIMIT = 3\n", "\n\nLIMIT   =   (3)\n\n\n"),
        ("middle", "work():\n", 'work():\n    """Works."""\n'),
        ("unrelated", "UNRELATED = 1", "UNRELATED = 2"),
    ],
    ids=[
        "a comment",
        "a docstring",
        "an attribute's docstring",
        "a field's docstring",
        "layout",
        "a function's docstring",
        "a module that is not imported",
    ],
)
def test_an_edit_that_changes_no_code_changes_no_digest(digest, file, old, new):
    path = f"pantry/{file}.py"
    edited = {**PANTRY, path: PANTRY[path].replace(old, new)}
    assert edited != PANTRY
    assert digest(edited) == digest(PANTRY)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("step", "sqrt", "exp"),
        ("deep", "LIMIT = 3", "LIMIT = 4"),
        ("deep", "LIMIT = 3", "LIMIT = 3.0"),
        ("named", "1", "2"),
        ("sibling", "1", "2"),
        ("late", "1", "2"),
        ("uncle", "1", "2"),
        ("shelf/__init__", "1", "2"),
        ("shelf/top", "jam = 1", "jam = 2"),
        ("middle", "return pantry.deep.LIMIT", "return (lambda: 'text')()"),
    ],
)
def test_a_change_of_code_that_a_step_reaches_changes_its_digest(digest, file, old, new):
    path = f"pantry/{file}.py"
    edited = {**PANTRY, path: PANTRY[path].replace(old, new, 1)}
    assert edited != PANTRY
    assert digest(edited) != digest(PANTRY)


def test_a_change_of_the_package_itself_changes_the_digest(digest):
    assert digest({**PANTRY, "pantry/__init__.py": "import os\n"}) != digest(PANTRY)


def test_code_named_beside_a_step_counts_with_what_it_imports(digest):
    outside = {**PANTRY, "garden/__init__.py": "", "garden/bed.py": "import garden.soil\n"}
    one = {**outside, "garden/soil.py": "PH = 6\n"}
    two = {**outside, "garden/soil.py": "PH = 7\n"}
    assert digest(one) == digest(two)
    assert digest(one, "pantry.step", "garden.bed") != digest(two, "pantry.step", "garden.bed")


def test_a_sibling_module_of_ones_own_counts_wherever_the_path_finds_it(digest):
    """A user's examples/net.py that imports my_layers.py beside it, which is no package."""
    files = {**PANTRY, "garden/net.py": "import my_layers\nimport json\n"}
    one = {**files, "my_layers.py": "WIDTH = 1\n"}
    two = {**files, "my_layers.py": "WIDTH = 2\n"}
    assert digest(one, "pantry.step", "garden.net") != digest(two, "pantry.step", "garden.net")


def test_installed_packages_count_by_their_version_and_the_standard_library_does_not():
    identity = source.identity("recall_horizon.cli.train")
    assert identity["torch"] == metadata.version("torch")
    assert identity["numpy"] == metadata.version("numpy")
    assert not {"json", "pydantic", "safetensors"} & identity.keys()
    assert not [name for name in identity if name.startswith(("torch.", "numpy."))]
    assert "torch" not in source.identity("recall_horizon.cli.summary")
    assert source.identity("recall_horizon.cli.report")["vl_convert"] == metadata.version(
        "vl-convert-python"
    )


def test_an_upgrade_changes_the_digest_of_what_it_decides(monkeypatch, forget):
    steps = ("recall_horizon.cli.train", "recall_horizon.cli.summary")
    before = [source.digest(step) for step in steps]
    real = metadata.version
    forget()
    monkeypatch.setattr(metadata, "version", lambda n: "9.9" if n == "torch" else real(n))
    after = [source.digest(step) for step in steps]
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_a_digest_is_the_same_in_every_process(python):
    program = "from recall_horizon import source; print(source.digest('recall_horizon.cli.train'))"
    first = python(program, PYTHONHASHSEED="1")
    assert first == python(program, PYTHONHASHSEED="2")
    assert first == source.digest("recall_horizon.cli.train")


def test_a_digest_of_nothing_that_exists_is_refused():
    with pytest.raises(RecallHorizonError, match=r"no module recall_horizon\.nowhere"):
        source.digest("recall_horizon.nowhere")


def test_a_syntax_error_is_reported_with_its_file_and_line(module):
    name = module("a = 1\ndef broken(:\n")
    with pytest.raises(RecallHorizonError, match=rf"{name}\.py, line 2"):
        source.digest(name)


def test_reading_code_does_not_run_it(module):
    name = module("OPEN = 1\ndef made(): pass\nraise SystemExit\n")
    assert source.constant(name, "OPEN") == 1
    assert [found.name for found in source.definitions(name)] == ["made"]
    assert source.digest(name)


def test_a_name_inside_a_module_is_not_taken_for_a_module():
    """`json` is imported in recall_horizon.files and is a module of its own elsewhere."""
    assert source.module_file("recall_horizon.files.json") is None


def test_a_constant_is_the_literal_at_the_top_level(module):
    name = module('TABLES = ("a", "b")\nSUM = len("ab")\ndef f():\n    INNER = 1\n')
    assert source.constant(name, "TABLES") == ("a", "b")
    for missing in ("SUM", "INNER", "ABSENT"):
        with pytest.raises(RecallHorizonError, match=f"must assign a literal to {missing}"):
            source.constant(name, missing)


def test_definitions_are_public_and_at_the_top_level(module):
    name = module(
        "class Net:\n    def forward(self): pass\n"
        "def made():\n    def inner(): pass\n"
        "def _private(): pass\nalias = made\n"
    )
    assert [found.name for found in source.definitions(name)] == ["Net", "made"]


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
    return source.options_model(module(CONSTRUCTOR), "Net", positional=1, base=Strict)


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
    options = source.options_model(name, "task", positional=3, base=Strict)
    assert options.model_validate({"noise": 0.5}).noise == 0.5
    with pytest.raises(pydantic.ValidationError):
        options.model_validate({"length": 5})


def test_keyword_arguments_allow_any_option(module):
    name = module("class Net:\n    def __init__(self, length, width: int = 1, **rest): ...\n")
    options = source.options_model(name, "Net", positional=1, base=Strict)
    assert options.model_validate({"anything": 1})
    with pytest.raises(pydantic.ValidationError):
        options.model_validate({"width": "wide"})


def test_a_class_without_a_constructor_takes_no_options(module):
    options = source.options_model(module("class Net: ...\n"), "Net", positional=1, base=Strict)
    assert options.model_validate({})
    with pytest.raises(pydantic.ValidationError):
        options.model_validate({"width": 1})


@pytest.mark.parametrize(
    "annotation", ["Unknown", "'Unknown'", "un.known", "list['Unknown']", "42"]
)
def test_an_annotation_that_means_nothing_here_accepts_anything(module, annotation):
    name = module(f"class Net:\n    def __init__(self, length, it: {annotation} = None): ...\n")
    assert (
        source.options_model(name, "Net", positional=1, base=Strict).model_validate({"it": 3}).it
        == 3
    )


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
    options = source.options_model(name, "Net", positional=1, base=Strict)
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
    ],
)
def test_a_hostile_annotation_is_only_ever_text(module, tmp_path, hostile):
    annotation = hostile.format(path=str(tmp_path / "written"))
    name = module(f"class Net:\n    def __init__(self, length, it: {annotation} = None): ...\n")
    options = source.options_model(name, "Net", positional=1, base=Strict)
    assert options.model_validate({"it": "anything"})
    assert not (tmp_path / "written").exists()


def test_options_of_what_is_not_there_are_refused(module):
    with pytest.raises(RecallHorizonError, match="defines no Net"):
        source.options_model(module(""), "Net", positional=1, base=Strict)
