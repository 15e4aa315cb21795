"""The configuration's schema and its documentation, both generated from the types."""

import json
from collections.abc import Iterator
from typing import Any

from recall_horizon.config.meanings import meanings
from recall_horizon.config.section import Section, parts
from recall_horizon.config.study import Study

SCHEMA_URL = "https://json-schema.org/draft/2020-12/schema"
# How a reader writes the bounds of a number.
BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}


def schema() -> str:
    """The JSON schema that editors check a study or an overlay against.

    No key is required, since an overlay names only what it changes; what is missing after merging
    is refused when a run starts. Sections stand where they are used, without references, which
    the Snakemake workflow catalog does not follow.
    """
    generated = _generated()
    definitions = generated.pop("$defs")
    for section in [generated, *definitions.values()]:
        section.pop("required", None)
    generated = _inlined(generated, definitions)
    title = "A recall-horizon study, or an overlay of one"
    return json.dumps({"$schema": SCHEMA_URL, **generated, "title": title}, indent=2) + "\n"


def _generated() -> dict[str, Any]:
    """pydantic's schema of a study, with what is said of each key."""
    generated = Study.model_json_schema()
    for _, section in _sections(Study, ""):
        made = generated if section is Study else generated["$defs"][section.__name__]
        said = meanings(section)
        for key, field in made["properties"].items():
            made["properties"][key] = dict(sorted({**field, "description": said[key]}.items()))
    return generated


def _inlined(node: Any, definitions: dict[str, Any]) -> Any:
    """`node` with what each reference refers to in its place, where keys beside it override."""
    if isinstance(node, list):
        return [_inlined(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    referred = node.get("$ref", "").rpartition("/")[2]
    whole = {**definitions.get(referred, {}), **node} if referred else node
    return {key: _inlined(value, definitions) for key, value in whole.items() if key != "$ref"}


def markdown_tables() -> str:
    """A table of every key, section by section, in Markdown."""
    generated = _generated()
    tables = []
    for path, section in _sections(Study, ""):
        definition = generated if section is Study else generated["$defs"][section.__name__]
        heading = f"`{path}`" if path else "The study"
        tables.append(f"### {heading}\n\n{_one_line(section.__doc__)}\n\n| key | value | meaning |")
        tables.append("|---|---|---|")
        for key, field in definition["properties"].items():
            meaning = _one_line(field.get("description", ""))
            tables.append(f"| `{key}` | {_kind(field)} | {meaning} |")
        tables.append("")
    return "\n".join(tables)


def _sections(model: type[Section], path: str) -> Iterator[tuple[str, type[Section]]]:
    """`model` and the sections inside it, each with the dotted path that leads there."""
    yield path, model
    for key, field in model.model_fields.items():
        below = f"{path}.{key}" if path else key
        annotation: Any = field.annotation
        if getattr(annotation, "__origin__", None) is dict:
            annotation, below = annotation.__args__[1], f"{below}.<name>"
        for part in parts(annotation):  # a section that may be null is in a union
            if isinstance(part, type) and issubclass(part, Section):
                yield from _sections(part, below)


def _kind(field: dict[str, Any]) -> str:
    """A value's valid types and bounds as text, from its JSON schema."""
    if "anyOf" in field:
        return " or ".join(_kind(option) for option in field["anyOf"])
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "$ref" in field:
        return "a section"
    kind = field.get("type", "a section")
    if kind == "array":
        return f"list of {_kind(field['items'])}"
    words = {"object": "a section", "null": "`null`", "string": "text"}
    limits = [f"{sign} {field[bound]:g}" for bound, sign in BOUNDS.items() if bound in field]
    return " ".join([words.get(kind, kind), ", ".join(limits)]).strip()


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())
