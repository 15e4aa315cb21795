import pkgutil
import shutil
from pathlib import Path

import pydantic
import pytest

import recall_horizon
from recall_horizon.code import catalogue
from recall_horizon.contract import Shape
from recall_horizon.errors import RecallHorizonError


@pytest.mark.parametrize("kind", catalogue.KINDS)
def test_every_offered_name_leads_to_something_callable(kind):
    names = catalogue.names(kind)
    assert names == sorted(set(names)) != []
    for name in names:
        assert callable(pkgutil.resolve_name(catalogue.locate(kind, name)))


def test_a_hyphen_means_an_underscore():
    assert catalogue.locate("task", "first-element") == catalogue.locate("task", "first_element")


def test_a_module_that_is_not_a_figure_is_not_offered():
    assert "style" not in catalogue.figures()


def test_adding_a_file_adds_its_name(tmp_path, python):
    home = tmp_path / "recall_horizon"
    shutil.copytree(Path(recall_horizon.__file__).parent, home)
    (home / "models" / "gated_echo.py").write_text(
        "from torch import nn\nclass Other: ...\n"
        "class GatedEcho(nn.Module):\n    def __init__(self, length, width: int = 1): ...\n"
    )
    (home / "models" / "no_architecture.py").write_text("class Something: ...\n")
    (home / "presentation" / "figures" / "gallery.py").write_text("def draw(tables, look): ...\n")
    program = """
import pydantic
from recall_horizon.code import catalogue
print(*catalogue.names("architecture"), *catalogue.figures())
print(catalogue.locate("architecture", "gated-echo"))
print(*catalogue.options("architecture", "gated-echo", pydantic.BaseModel).model_fields)
"""
    offered, place, options = python(program, PYTHONPATH=str(tmp_path)).splitlines()
    assert {"gated_echo", "gallery", "lstm", "degradation"} <= set(offered.split())
    assert "no_architecture" not in offered
    assert place == "recall_horizon.models.gated_echo:GatedEcho"
    assert options == "width"


def test_anything_importable_can_be_named(module):
    name = module("class Net:\n    def __init__(self, length, width: int): ...\n")
    assert catalogue.locate("architecture", f"{name}:Net") == f"{name}:Net"
    assert list(
        catalogue.options("architecture", f"{name}:Net", pydantic.BaseModel).model_fields
    ) == ["width"]


def test_every_architecture_of_the_project_has_a_width():
    widths = {name: catalogue.width(name) for name in catalogue.names("architecture")}
    assert widths.pop("tcn") == "channels"
    assert set(widths.values()) == {"hidden_size"}


@pytest.mark.parametrize(
    ("body", "width"),
    [
        ("def __init__(self, length, hidden_size=3): ...", "hidden_size"),
        ("def __init__(self, length, channels=3): ...", None),
        ("width_option = 'channels'\n    def __init__(self, length, channels=3): ...", "channels"),
        (
            "width_option: str = 'channels'\n    def __init__(self, length, channels): ...",
            "channels",
        ),
        ("width_option = 'channel'\n    def __init__(self, length, channels=3): ...", None),
        ("def __init__(self, length, **options): ...", "hidden_size"),
    ],
)
def test_a_class_may_call_its_width_otherwise(module, body, width):
    name = module(f"class Net:\n    {body}\n")
    assert catalogue.width(f"{name}:Net") == width


def test_the_example_names_its_width_and_its_state(monkeypatch):
    monkeypatch.syspath_prepend(Path(recall_horizon.__file__).parents[2])
    example = "examples.dilated_convolution:DilatedConvolution"
    assert catalogue.width(example) == "channels"
    assert pkgutil.resolve_name(example)(Shape(8), channels=3).state_size == 1 * 1 + 2 * 3 + 4 * 3


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("lsmt", "did you mean 'lstm'"),
        ("", "no architecture of that name"),
        ("../lstm", "no architecture of that name"),
        ("nowhere.at.all:Net", "no module nowhere.at.all"),
        ("recall_horizon.models.lstm:GRU", "defines no GRU"),
        ("recall_horizon.storage.files.json:loads", "no module recall_horizon.storage.files.json"),
        (":", "no module"),
    ],
)
def test_a_name_that_leads_nowhere_is_refused(name, message):
    with pytest.raises(RecallHorizonError, match=message):
        catalogue.locate("architecture", name)
