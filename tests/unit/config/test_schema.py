import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from recall_horizon.cli import schema as step
from recall_horizon.config import schema as generated

CONFIG = Path(__file__).parents[3] / "config"
OVERLAYS = sorted(str(path.relative_to(CONFIG)) for path in CONFIG.rglob("*.yaml"))


@pytest.fixture(scope="module")
def schema():
    return json.loads(generated.schema())


def problems(schema, raw):
    validator = jsonschema.Draft202012Validator(schema)
    return [".".join(map(str, error.path)) for error in validator.iter_errors(raw)]


def test_the_schema_in_the_repository_matches_the_types():
    """`make docs` brings it up to date."""
    assert (CONFIG / "schema.json").read_text(encoding="utf-8") == generated.schema()


def test_the_documentation_in_the_repository_matches_the_types():
    """`make docs` brings it up to date."""
    readme = (CONFIG / "README.md").read_text(encoding="utf-8")
    assert step.with_keys(readme) == readme


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


def test_every_key_is_explained(schema):
    for section in [schema, *schema["$defs"].values()]:
        for key, field in section["properties"].items():
            assert field.get("description"), key
            assert f"| `{key}` |" in generated.markdown_tables()
