import pytest

from recall_horizon.code import identity, syntax
from recall_horizon.errors import RecallHorizonError


def test_a_syntax_error_is_reported_with_its_file_and_line(module):
    name = module("a = 1\ndef broken(:\n")
    with pytest.raises(RecallHorizonError, match=rf"{name}\.py, line 2"):
        identity.digest(name)


def test_reading_code_does_not_run_it(module):
    name = module("OPEN = 1\ndef made(): pass\nraise SystemExit\n")
    assert syntax.constant(name, "OPEN") == 1
    assert [found.name for found in syntax.definitions(name)] == ["made"]
    assert identity.digest(name)


def test_a_name_inside_a_module_is_not_taken_for_a_module():
    """`json` is imported in recall_horizon.storage.files and is also the name of a module."""
    assert syntax.module_file("recall_horizon.storage.files.json") is None


def test_a_constant_is_the_literal_at_the_top_level(module):
    name = module('TABLES = ("a", "b")\nSUM = len("ab")\ndef f():\n    INNER = 1\n')
    assert syntax.constant(name, "TABLES") == ("a", "b")
    for missing in ("SUM", "INNER", "ABSENT"):
        with pytest.raises(RecallHorizonError, match=f"must assign a literal to {missing}"):
            syntax.constant(name, missing)


def test_definitions_are_public_and_at_the_top_level(module):
    name = module(
        "class Net:\n    def forward(self): pass\n"
        "def made():\n    def inner(): pass\n"
        "def _private(): pass\nalias = made\n"
    )
    assert [found.name for found in syntax.definitions(name)] == ["Net", "made"]


def test_what_is_said_below_an_attribute_is_its_text(module):
    name = module(
        'class Net:\n    """A net."""\n    a: int\n    """One,\n    of two."""\n    b: int = 2\n'
        '    c = 3\n    """No type."""\n'
    )
    assert syntax.attribute_docstrings(name, "Net") == {"a": "One,\nof two."}
    assert syntax.attribute_docstrings(name, "Other") == {}
    assert syntax.attribute_docstrings("no.such.module", "Net") == {}
