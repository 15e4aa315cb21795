"""The typed configuration: pydantic models that are the one source of schema, docs and checks."""
