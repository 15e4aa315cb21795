import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from recall_horizon.config import schema as generated

CONFIG = Path(__file__).parents[3] / "config"
OVERLAYS = sorted(str(path.relative_to(CONFIG)) for path in CONFIG.rglob("*.yaml"))


@pytest.fixture(scope="module")
def schema():
    return json.loads(generated.schema())


def problems(schema, raw):
    validator = jsonschema.Draft202012Validator(schema)
    return [".".join(map(str, error.path)) for error in validator.iter_errors(raw)]


def test_the_schema_is_a_valid_schema(schema):
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_schema_accepts_every_configuration_and_overlay(schema, name):
    assert problems(schema, yaml.safe_load((CONFIG / name).read_text())) == []


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        ({"lenghts": [5]}, ""),
        ({"lengths": []}, "lengths"),
        ({"lengths": [0]}, "lengths.0"),
        ({"training": {"device": "gpu"}}, "training.device"),
        ({"training": {"epoch": 1}}, "training"),
        ({"model_zoo": {"lstm": {"colour": "blue"}}}, "model_zoo.lstm.colour"),
        ({"study": "two words"}, "study"),
    ],
)
def test_the_schema_refuses_what_is_wrong_where_it_is(schema, raw, where):
    assert problems(schema, raw) == [where]


def sections(node):
    """Every part of a schema that has keys of its own."""
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            yield node
        for value in node.values():
            yield from sections(value)
    elif isinstance(node, list):
        for item in node:
            yield from sections(item)


def test_every_key_is_explained(schema):
    tables = generated.markdown_tables()
    found = list(sections(schema))
    assert len(found) > 8
    for section in found:
        for key, field in section["properties"].items():
            assert field.get("description"), key
            assert f"| `{key}` |" in tables


def test_every_section_stands_where_it_is_used(schema):
    """The workflow catalog renders nested properties, and follows no reference."""
    text = json.dumps(schema)
    assert "$ref" not in text
    assert "$defs" not in text
    keys = {key for section in sections(schema) for key in section["properties"]}
    assert {"learning_rate", "shuffled_length", "architecture", "parameters"} <= keys
