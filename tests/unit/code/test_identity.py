import importlib
import json
import sys
from importlib import metadata
from importlib.util import spec_from_file_location
from itertools import count

import pytest

from recall_horizon.code import identity, syntax
from recall_horizon.errors import RecallHorizonError

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
def forget(tmp_path, monkeypatch):
    """Clears the caches, so that code of the same name in a new folder is read again.

    What was known of such code before the test does not count, nor does it stay known.
    """
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))

    def clear():
        importlib.invalidate_caches()
        for function in [*vars(identity).values(), *vars(syntax).values()]:
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
            patch.syspath_prepend(folder / "site-packages")
            patch.syspath_prepend(folder)
            return identity.digest(*(modules or ["pantry.step"]))

    return of


HARMLESS = {
    "a comment": ("deep", "LIMIT = 3\n", "LIMIT = 3  # three\n# and no more\n"),
    "a docstring": ("deep", "LIMIT = 3\n", '"""The limit."""\nLIMIT = 3\n'),
    "an attribute's docstring": ("deep", "LIMIT = 3\n", 'LIMIT = 3\n"""Not one more."""\n'),
    "a field's docstring": ("deep", "size: int = 1\n", 'size: int = 1\n    """In metres."""\n'),
    "layout": ("deep", "LIMIT = 3\n", "\n\nLIMIT   =   (3)\n\n\n"),
    "a function's docstring": ("middle", "work():\n", 'work():\n    """Works."""\n'),
    "a module that is not imported": ("unrelated", "UNRELATED = 1", "UNRELATED = 2"),
}


@pytest.mark.parametrize(("file", "old", "new"), HARMLESS.values(), ids=HARMLESS)
def test_an_edit_that_changes_no_code_changes_no_digest(digest, file, old, new):
    path = f"pantry/{file}.py"
    edited = {**PANTRY, path: PANTRY[path].replace(old, new)}
    assert edited != PANTRY
    assert digest(edited) == digest(PANTRY)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("__init__", "", "import os"),
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


def test_code_named_in_addition_to_a_step_counts_with_its_imports(digest):
    outside = {**PANTRY, "garden/__init__.py": "", "garden/bed.py": "import garden.soil\n"}
    one = {**outside, "garden/soil.py": "PH = 6\n"}
    two = {**outside, "garden/soil.py": "PH = 7\n"}
    assert digest(one) == digest(two)
    assert digest(one, "pantry.step", "garden.bed") != digest(two, "pantry.step", "garden.bed")


def test_a_users_sibling_module_counts_wherever_the_path_finds_it(digest):
    """A user's examples/net.py imports my_layers.py next to it; the folder is not a package."""
    files = {**PANTRY, "garden/net.py": "import my_layers\nimport json\n"}
    one = {**files, "my_layers.py": "WIDTH = 1\n"}
    two = {**files, "my_layers.py": "WIDTH = 2\n"}
    assert digest(one, "pantry.step", "garden.net") != digest(two, "pantry.step", "garden.net")


def test_a_users_module_in_a_namespace_package_with_installed_parts_is_read(digest):
    """An `examples` in site-packages and the user's own are one namespace package."""
    installed = {"site-packages/shared/tool.py": "TOOL = 1\n"}
    files = {**PANTRY, **installed, "shared/net.py": "import shared.layers\nimport shared.tool\n"}
    one, two = ({**files, "shared/layers.py": f"WIDTH = {width}\n"} for width in (1, 2))
    assert digest(one, "pantry.step", "shared.net") != digest(two, "pantry.step", "shared.net")


def test_a_package_installed_into_a_folder_of_any_name_is_not_read(tmp_path, monkeypatch, forget):
    """As with `pip install --target`: the package's version counts."""
    libs, mine = tmp_path / "libs", tmp_path / "mine"
    for folder in (libs / "library", libs / "library-2.0.dist-info", mine):
        folder.mkdir(parents=True)
    (libs / "library-2.0.dist-info" / "METADATA").write_text("Name: library\nVersion: 2.0\n")
    (libs / "library" / "__init__.py").write_text("LIBRARY = 1\n")
    (mine / "net_of_mine.py").write_text("from library import LIBRARY\n")
    monkeypatch.syspath_prepend(libs)
    monkeypatch.syspath_prepend(mine)
    forget()
    told = identity.identity("net_of_mine")
    assert set(told) == {"net_of_mine", "library"}
    assert told["library"] == "2.0"


def test_a_module_that_another_finder_knows_is_read(tmp_path, monkeypatch, forget):
    """As in an editable installation by setuptools, which is not on the path."""
    (tmp_path / "far_away.py").write_text("FAR = 1\n")

    class Finder:
        @staticmethod
        def find_spec(name, path=None, target=None):
            file = tmp_path / f"{name}.py"
            return spec_from_file_location(name, file) if file.exists() else None

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])
    forget()
    before = identity.digest("far_away")
    (tmp_path / "far_away.py").write_text("FAR = 2\n")
    forget()
    assert identity.digest("far_away") != before


def test_installed_packages_count_by_version_and_the_standard_library_does_not_count():
    told = identity.identity("recall_horizon.cli.train")
    assert told["torch"] == metadata.version("torch")
    assert told["numpy"] == metadata.version("numpy")
    assert not {"json", "pydantic", "safetensors"} & told.keys()
    assert not [name for name in told if name.startswith(("torch.", "numpy."))]
    assert "torch" not in identity.identity("recall_horizon.cli.tables")
    assert identity.identity("recall_horizon.cli.library")["vl_convert"] == metadata.version(
        "vl-convert-python"
    )


def test_an_upgrade_changes_the_digest_of_what_it_decides(monkeypatch, forget):
    steps = ("recall_horizon.cli.train", "recall_horizon.cli.tables")
    before = [identity.digest(step) for step in steps]
    real = metadata.version
    forget()
    monkeypatch.setattr(metadata, "version", lambda n: "9.9" if n == "torch" else real(n))
    after = [identity.digest(step) for step in steps]
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_a_digest_is_the_same_in_every_process(python):
    step = "recall_horizon.cli.train"
    program = f"from recall_horizon.code.identity import digest; print(digest({step!r}))"
    assert python(program, PYTHONHASHSEED="1") == identity.digest(step)


def test_a_digest_of_nothing_that_exists_is_refused():
    with pytest.raises(RecallHorizonError, match=r"no module recall_horizon\.nowhere"):
        identity.digest("recall_horizon.nowhere")


@pytest.mark.parametrize("damage", [None, "[]", "{", '{"key": 3}'])
def test_what_is_known_of_a_file_is_remembered_and_may_be_lost(digest, tmp_path, damage):
    """The same code has the same digest, whether its file is read or remembered."""
    files = {"pantry/__init__.py": "", "pantry/step.py": "import pantry.deep", "pantry/deep.py": ""}
    first = digest(files)
    (memory,) = (tmp_path / "caches").rglob("*.json")
    known = memory.read_text()
    if damage:
        memory.write_text(damage)
    assert digest(files) == first
    assert json.loads(memory.read_text()) == json.loads(known)
    assert digest({**files, "pantry/deep.py": "LIMIT = 3"}) != first


def test_what_other_code_has_found_is_not_remembered(digest, tmp_path, monkeypatch):
    files = {"pantry/__init__.py": "", "pantry/step.py": "import pantry.deep", "pantry/deep.py": ""}
    first = digest(files)
    (memory,) = (tmp_path / "caches").rglob("*.json")
    wrong = {key: ["0" * 64, []] for key in json.loads(memory.read_text())}
    memory.write_text(json.dumps(wrong))
    assert digest(files) != first  # it is remembered, or this test would show nothing
    monkeypatch.setattr(identity, "_finder", lambda: "that of another version")
    assert digest(files) == first


def test_a_home_that_cannot_be_written_to_is_no_error(digest, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert digest({"pantry/__init__.py": "", "pantry/step.py": ""})
